import { hostNameProblem } from './host-name.ts'

/** What is wrong with an e-mail address, or undefined. Its case is left as it is: Tracecat compares it so. */
export function mailProblem(text: string): string | undefined {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, at)
  const isLocal = /^[^\s@<>(),;:\\"[\]]{1,64}$/.test(local) && !/^\.|\.$|\.\./.test(local)
  if (at < 1 || !isLocal || text.length > 254)
    return 'must be an e-mail address such as admin@example.com'
  return mailDomainProblem(text.slice(at + 1))
}

/** What is wrong with the domain of e-mail addresses, or undefined. */
export function mailDomainProblem(text: string): string | undefined {
  if (/^\*?@/.test(text)) return `must be the domain alone: ${text.replace(/^\*?@/, '')}`
  if (text.includes('@')) return 'must be a domain such as example.com, not an e-mail address'
  if (text.includes('*')) return 'must be one domain: Tracecat knows no wildcards here'
  if (text.includes('://')) return 'must be the domain alone, without https://'
  if (/^localhost$/i.test(text)) return fullDomain
  const problem = hostNameProblem(text)
  if (problem !== undefined) return problem
  return /^[^.]+\.(?:.*[^.])$/.test(text) ? undefined : fullDomain
}

const fullDomain = 'must be a full domain such as example.com'

/** The part of an e-mail address behind the last @, as it stands there. */
export function mailDomain(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}

/**
 * Does Tracecat let this address in, by its domain? Passwords and OIDC look it up as it stands, case
 * included (auth/users.py at 1.0.0-beta.51); SAML alone in lower case.
 */
export function isDomainAllowed(
  address: string,
  domains: readonly string[],
  samlAlone: boolean,
): boolean {
  if (domains.length === 0) return true
  const domain = mailDomain(address)
  return samlAlone
    ? domains.some((one) => one.toLowerCase() === domain.toLowerCase())
    : domains.includes(domain)
}
