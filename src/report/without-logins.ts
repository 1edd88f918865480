/**
 * Text without what stands before the host in an address, which is a password more often than not,
 * whatever the variable is called. A reference to a variable tells nothing, and stays.
 */
export function withoutLogins(text: string): string {
  return text.replace(/([a-z]:\/\/)([^\s/'"<>]*)@/gi, (whole, scheme: string, login: string) =>
    /^(?:\$\{\w+\})?(?::(?:\$\{\w+\})?)?$/.test(login) ? whole : `${scheme}***@`,
  )
}
