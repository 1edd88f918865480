import type { Abilities, AuthType, Backend } from './release.ts'

/** The releases in which something holds, first and last included; without `last` it still does. */
export interface Span {
  readonly first: string
  readonly last?: string
}

/** The oldest release that this program hardens: Redis came with it, and the files lie as they do now. */
export const oldestSupported = '0.40.0'

/** A fact that a release has or has not. */
export type Flag = {
  [Name in keyof Abilities]: Abilities[Name] extends boolean ? Name : never
}[keyof Abilities]

/**
 * Yes-or-no facts, each with the releases in which it is true. Read from Tracecat's code, release by
 * release. Where the release candidates before a change may or may not have it, the side is taken on
 * which hardening does more.
 */
export const flags: { readonly [Name in Flag]: readonly Span[] } = {
  // nsjail is in the image.
  nsjail: [{ first: '0.53.0' }],
  // OIDC_ISSUER, OIDC_CLIENT_ID and so on are read.
  genericOidc: [{ first: '1.0.0-beta.5' }],
  // The service mcp signs people in with OIDC_* of its own; later it asks the api.
  mcpUsesOidc: [{ first: '1.0.0-beta.20', last: '1.0.0-beta.38' }],
  // The stock Caddyfile routes /mcp and its OAuth paths.
  mcpRoutes: [{ first: '1.0.0-beta.28' }],
  // The service mcp publishes port 8099 past Caddy.
  mcpPublished: [{ first: '1.0.0-beta.20', last: '1.0.0-beta.27' }],
  // The session cookie's `Secure` follows the public URL; before, the internal http:// one.
  secureCookie: [{ first: '1.0.0-beta.51' }],
  // A blank TRACECAT__ALLOW_ORIGINS is every origin with credentials; before, it was none.
  blankOriginsMeanAll: [{ first: '1.0.0-beta.40-rc.1' }],
  // TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING is read.
  payloadKeyring: [{ first: '1.0.0-beta.42' }],
  // TRACECAT__SANDBOX_*_EGRESS_* are read, and what they don't allow is rejected.
  egressFilter: [{ first: '1.0.0-beta.52-rc.3' }],
  // `mount` and `umount` have file capabilities: root in a container that keeps SYS_ADMIN.
  mountCapabilities: [{ first: '1.0.0-beta.48-rc.1' }],
  // Jailed actions mount a fresh procfs (scripts and agents too from beta.43): systempaths=unconfined.
  freshProc: [{ first: '1.0.0-beta.0' }],
  // pasta or NSTUN gives the jail its network; between them jails shared the container's.
  tunDevice: [{ first: '1.0.0-beta.0', last: '1.0.0-beta.6' }, { first: '1.0.0-beta.43' }],
  // The Redis client writes REDIS_URL, password included, to the log at INFO.
  logsRedisUrl: [{ first: '0.40.0', last: '0.53.25' }],
  // Blob storage prefers AWS_ACCESS_KEY_ID and its secret to MINIO_ROOT_*.
  blobAwsCredentials: [{ first: '1.0.0-beta.0' }],
  // The organization's setting for allowed domains beats TRACECAT__AUTH_ALLOWED_DOMAINS.
  databaseDecidesDomains: [{ first: '0.40.0', last: '1.0.0-beta.4' }],
  // The organization's setting beats SAML_IDP_METADATA_URL.
  databaseDecidesSaml: [{ first: '0.53.0', last: '0.53.25' }],
  // Presigned URLs are rewritten to <public URL>/s3.
  presignedUrls: [{ first: '0.41.0' }],
}

/** Valid values of TRACECAT__EXECUTOR_BACKEND. `pool` stops the executor from 51-rc.12 on. */
export const backends: { readonly [Name in Backend]: readonly Span[] } = {
  pool: [{ first: '1.0.0-beta.0', last: '1.0.0-beta.51-rc.11' }],
  ephemeral: [{ first: '1.0.0-beta.0' }],
  direct: [{ first: '1.0.0-beta.0' }],
  test: [{ first: '1.0.0-beta.8' }],
  auto: [{ first: '1.0.0-beta.0' }],
}

/** Members of the enumeration behind TRACECAT__AUTH_TYPES; others stop the api, or are skipped. */
export const authTypes: { readonly [Name in AuthType]: readonly Span[] } = {
  basic: [{ first: '0.40.0' }],
  google_oauth: [{ first: '0.40.0', last: '1.0.0-beta.30' }],
  oidc: [{ first: '0.40.0' }],
  saml: [{ first: '0.40.0' }],
}

/** SAML variables that the stock Compose file hands to the api; the rest need an override. */
export const samlPassed: { readonly [variable: string]: readonly Span[] } = {
  SAML_IDP_METADATA_URL: [{ first: '0.40.0' }],
  SAML_ACCEPTED_TIME_DIFF: [{ first: '0.40.0', last: '0.53.25' }],
  SAML_ALLOW_UNSOLICITED: [{ first: '0.40.0', last: '1.0.0-beta.48' }],
  SAML_AUTHN_REQUESTS_SIGNED: [{ first: '0.40.0', last: '1.0.0-beta.48' }],
  SAML_CA_CERTS: [{ first: '0.40.0', last: '1.0.0-beta.48' }],
  SAML_METADATA_CERT: [{ first: '0.40.0', last: '1.0.0-beta.48' }],
  SAML_SIGNED_ASSERTIONS: [{ first: '0.40.0', last: '1.0.0-beta.48' }],
  SAML_SIGNED_RESPONSES: [{ first: '0.40.0', last: '1.0.0-beta.48' }],
  SAML_VERIFY_SSL_ENTITY: [{ first: '0.40.0', last: '1.0.0-beta.48' }],
  SAML_VERIFY_SSL_METADATA: [{ first: '0.40.0', last: '1.0.0-beta.48' }],
}
