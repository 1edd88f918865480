/** Tenants of Entra that admit accounts of any company, or private ones. The last is the id of `consumers`. */
const entraForAll = ['common', 'organizations', 'consumers', '9188040d-6c67-4c5b-b112-36a304b66dad']
const entraHost =
  /^(?:login\.microsoftonline\.(?:com|us)|login\.partner\.microsoftonline\.cn|sts\.windows\.net)$/

/** What is wrong with an OIDC issuer, or undefined. */
export function issuerProblem(text: string): string | undefined {
  const url = readUrl(text)
  if (url === undefined) return 'must be a URL such as https://example.okta.com'
  if (hasCredentials(url)) return noCredentials
  if (url.protocol !== 'https:' && !isLoopback(url)) return 'must begin with https://'
  if (/\/\.well-known(?:\/|$)/.test(url.pathname))
    return 'must end before /.well-known: Tracecat adds that'
  if (/[?#]/.test(text)) return 'must have no ? and no #: an issuer has neither'
  if (isEntraForAll(text))
    return `admits accounts from outside of your company ('${tenantOf(url)}'): put your tenant's id in its place`
  return undefined
}

/** Is it an issuer of Entra that speaks for more than one company, or for private accounts? */
export function isEntraForAll(issuer: string): boolean {
  const url = readUrl(issuer)
  return url !== undefined && entraHost.test(url.hostname) && entraForAll.includes(tenantOf(url))
}

function tenantOf(url: URL): string {
  return url.pathname.split('/')[1]?.toLowerCase() ?? ''
}

/** Is it Google's issuer, which every Google account belongs to? */
export function isGoogleIssuer(issuer: string): boolean {
  return issuer.replace(/\/$/, '') === 'https://accounts.google.com'
}

/** What is wrong with the address of SAML metadata, or undefined. */
export function metadataUrlProblem(text: string): string | undefined {
  const url = readUrl(text)
  if (url === undefined) return 'must be a URL such as https://idp.example.com/metadata'
  if (hasCredentials(url)) return noCredentials
  if (url.protocol !== 'https:')
    return 'must begin with https://: whoever can change the metadata can sign in as anybody'
  return undefined
}

/** What is wrong with the address of an HTTP proxy, or undefined. */
export function proxyProblem(text: string): string | undefined {
  const url = readUrl(text)
  if (url === undefined) return 'must be a URL such as http://proxy.example.com:3128'
  if (hasCredentials(url)) return noCredentials
  if (url.pathname !== '/' || /[?#]/.test(text)) return 'must be scheme, host and port alone'
  return undefined
}

/** What is wrong with OIDC scopes, or undefined. */
export function scopesProblem(text: string): string | undefined {
  if (text.includes(',')) return 'must be separated by blanks, not commas'
  const scopes = text.split(' ')
  if (!scopes.every((scope) => /^[!#-[\]-~]*$/.test(scope)))
    return 'must be ASCII words separated by blanks'
  const absent = ['openid', 'email'].filter((scope) => !scopes.includes(scope))
  return absent.length === 0
    ? undefined
    : `must contain ${absent.join(' and ')}: Tracecat knows people by their e-mail`
}

const noCredentials = 'must hold no user name and no password: this file is no place for secrets'

function readUrl(text: string): URL | undefined {
  return /^https?:\/\/[^/\\\s][^\\\s]*$/i.test(text) && URL.canParse(text)
    ? new URL(text)
    : undefined
}

function hasCredentials(url: URL): boolean {
  return url.username !== '' || url.password !== ''
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname)
}
