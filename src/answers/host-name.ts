import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const privateEnding =
  /(?:^|\.)(?:local|internal|intranet|private|corp|home|lan|localdomain|home\.arpa|test|example|invalid|onion)$/

/** A domain as it goes into files: ASCII (punycode), lower case, without the dot of the root. */
export function normalDomain(text: string): string {
  return domainToASCII(text.replace(/\.$/, '')).toLowerCase()
}

/** What is wrong with the domain under which people reach Tracecat, or undefined. */
export function domainProblem(text: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'must be the name alone, without https://'
  if (text.includes('@')) return 'must be a domain, not an e-mail address'
  if (/[/?#\\]/.test(text)) return 'must be the name alone, without a path'
  if (text.includes('*')) return 'must be one name, not a wildcard'
  if (isIP(text.replace(/^\[(.*)\]$/, '$1')) !== 0) return needsName
  if (text.includes(':')) return 'must be the name alone, without a port'
  if (text.includes('_')) return 'must be a host name: an underscore is not allowed in one'
  const problem = hostNameProblem(text)
  return problem === notAnAddress ? needsName : problem
}

const notAnAddress = 'must be a name, not an address'
const needsName = `${notAnAddress}: certificates and sign-in need a name`

/** What keeps this text from being a host name, or undefined. International names are fine. */
export function hostNameProblem(text: string): string | undefined {
  const ascii = normalDomain(text)
  if (/\s/.test(text)) return 'is not a domain name: there is a blank in it'
  if (/[^\p{L}\p{M}\p{N}.-]/u.test(text) || ascii === '') return 'is not a domain name'
  if (isIP(ascii) !== 0 || /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/.test(ascii)) return notAnAddress
  if (/(?:^|\.)localhost$/.test(ascii))
    return 'must be a name that other machines can reach, not localhost'
  if (ascii.length > 253) return 'is longer than the 253 characters of a domain name'
  if (!ascii.split('.').every((part) => label.test(part))) return 'is not a domain name'
  return undefined
}

/** Why no public authority gives this name (as from `normalDomain`) a certificate, or undefined. */
export function publicCertificateProblem(domain: string): string | undefined {
  if (!domain.includes('.'))
    return 'is a single word, and no public authority certifies such a name'
  if (privateEnding.test(domain))
    return 'ends in a name for private use, which no public authority certifies'
  return undefined
}
