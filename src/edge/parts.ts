/** How TLS ends. Paths are those inside the Caddy container. */
export type TlsMode =
  | { readonly mode: 'automatic'; readonly acmeEmail: string | undefined }
  | { readonly mode: 'certificate'; readonly certificate: string; readonly key: string }
  | { readonly mode: 'internal' }
  | { readonly mode: 'load-balancer'; readonly port: number }

// MinIO's service: edge/ is below servers/, and cannot ask there.
export const store = 'minio'

export type Upstream = 'api' | 'ui' | 'mcp' | typeof store

/**
 * A control's contribution to the edge. Equal parts meet; two different ones of a kind that may
 * stand only once (`site`, `s3`) are a programming error. The model is rendered once.
 */
export type EdgePart =
  /** The one site: name (ASCII, or an address such as `:80` behind a load balancer) and TLS. */
  | { readonly part: 'site'; readonly domain: string; readonly tls: TlsMode }
  /** Networks (CIDR) of the proxies before us whose X-Forwarded-For counts. */
  | { readonly part: 'trusted-proxies'; readonly networks: readonly string[] }
  /** Which of the release's upstreams exist: decides the routes. `ui` and `api` always do. */
  | { readonly part: 'routes'; readonly upstreams: readonly Upstream[] }
  /** Request headers that only services may send to each other; `*` at the end is a wildcard. */
  | { readonly part: 'strip-headers'; readonly names: readonly string[] }
  /** `/s3/*` answers only signed GET and HEAD on these buckets. */
  | { readonly part: 's3'; readonly buckets: readonly string[] }
  /** POST of the sign-up route only from these networks (CIDR); empty: from nowhere outside. */
  | { readonly part: 'sign-up-guard'; readonly networks: readonly string[] }
  /** Adds `Secure` to the session cookie where the release forgets it. */
  | { readonly part: 'secure-cookies' }
  /**
   * A directive of the admin's, as text (with its own indentation), kept where it was: in the site,
   * the global options or outside of all sites.
   */
  | CarriedPart

export interface CarriedPart {
  readonly part: 'carried'
  readonly place: 'site' | 'global' | 'outside'
  readonly text: string
  /** Where it stands among the carried ones of its place: the lower, the earlier. Without: 0. */
  readonly order?: number
  /** Tells equal texts of one file apart: the second is copy 1. Without: 0. */
  readonly copy?: number
  /** With place `site`: behind which stock route it stands (slots.ts). Without: before all of them. */
  readonly behind?: string
  /** With place `site`: inside one of our routes, or inside that route's reverse_proxy. */
  readonly within?: { readonly route: string; readonly inside: 'route' | 'proxy' }
}
