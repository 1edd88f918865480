import type { CarriedPart, TlsMode, Upstream } from './parts.ts'

/** Something of the admin's that the rendered file does without, and why. */
export interface LeftOut {
  readonly text: string
  readonly why: string
}

/** The edge, folded from all parts: what the Caddyfile is rendered from. */
export interface EdgeModel {
  readonly domain: string
  readonly tls: TlsMode
  /** Networks (CIDR), sorted. */
  readonly trustedProxies: readonly string[]
  readonly upstreams: readonly Upstream[]
  readonly stripHeaders: readonly string[]
  /** Buckets behind /s3; undefined: there is no such route. */
  readonly buckets: readonly string[] | undefined
  /** Who may reach sign-up; undefined: everybody. */
  readonly signUpNetworks: readonly string[] | undefined
  readonly secureCookies: boolean
  readonly carried: {
    /** Options of the global block, without `servers`. */
    readonly global: readonly string[]
    /** What stands inside the one global `servers` block. */
    readonly servers: readonly string[]
    /** Snippets, named routes and imports: before what uses them. */
    readonly definitions: readonly string[]
    readonly sites: readonly string[]
    readonly site: readonly CarriedPart[]
    readonly within: readonly CarriedPart[]
  }
  readonly leftOut: readonly LeftOut[]
}
