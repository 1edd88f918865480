/**
 * Text without what stands before the host in an address, which is a password more often than not,
 * whatever the variable is called. A reference to a variable tells nothing, and stays, as does the name of
 * a user whose password is masked already.
 */
export function withoutLogins(text: string): string {
  return text.replace(/([a-z]:\/\/)([^\s/'"<>]*)@/gi, (whole, scheme: string, login: string) =>
    /^(?:\$\{\w+\})?(?::(?:\$\{\w+\})?)?$|^[^:*]*:\*{8}$/.test(login) ? whole : `${scheme}***@`,
  )
}
