import type { EdgePart } from './parts.ts'

type Site = Pick<Extract<EdgePart, { part: 'site' }>, 'domain' | 'tls'>

/** The address of our site, as Caddy reads it. */
export function siteAddress({ domain, tls }: Site): string {
  return tls.mode === 'load-balancer' ? `http://:${tls.port}` : domain
}

/** Is this one of a site's addresses the domain over TLS: the same to Caddy as our site? */
export function isAddressOf(address: string, domain: string | undefined): boolean {
  const name = address.replace(/^https:\/\//i, '').replace(/:443$/, '')
  return domain !== undefined && name.toLowerCase() === domain
}
