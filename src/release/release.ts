export type Backend = 'pool' | 'ephemeral' | 'direct' | 'test' | 'auto'
export type AuthType = 'basic' | 'google_oauth' | 'oidc' | 'saml'

/** What a release can do, and where it goes wrong: made from the table of facts. */
export interface Abilities {
  /** nsjail is in the image (0.53.0 on). */
  readonly nsjail: boolean
  /** Valid values of TRACECAT__EXECUTOR_BACKEND; empty where there is no such variable. */
  readonly backends: readonly Backend[]
  /** Sign-in types that do not stop the api. */
  readonly authTypes: readonly AuthType[]
  /** Generic OIDC by OIDC_ISSUER (beta.5 on). */
  readonly genericOidc: boolean
  /** A service mcp exists that signs people in with OIDC_* of its own (beta.20 to beta.38). */
  readonly mcpUsesOidc: boolean
  /** MCP's routes are in the stock Caddyfile (beta.28 on). */
  readonly mcpRoutes: boolean
  /** The mcp service publishes a port of its own (beta.20 to beta.27). */
  readonly mcpPublished: boolean
  /** The session cookie is `Secure` by itself (beta.51 on). */
  readonly secureCookie: boolean
  /** Blank TRACECAT__ALLOW_ORIGINS means every origin, with credentials (beta.40 on). */
  readonly blankOriginsMeanAll: boolean
  /** TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING (beta.42 on). */
  readonly payloadKeyring: boolean
  /** The jail's egress is filtered (beta.52-rc.3 on). */
  readonly egressFilter: boolean
  /** `mount` in the image has file capabilities (beta.48 on). */
  readonly mountCapabilities: boolean
  /** Some jail mounts a fresh procfs: needs systempaths=unconfined (beta.0 on). */
  readonly freshProc: boolean
  /** Some jail needs /dev/net/tun (pasta or NSTUN). */
  readonly tunDevice: boolean
  /** REDIS_URL with its password is logged (0.40.0 to 0.53.25). */
  readonly logsRedisUrl: boolean
  /** Blob storage accepts AWS_* credentials instead of MinIO's root (beta.0 on). */
  readonly blobAwsCredentials: boolean
  /** A database setting for allowed domains beats the environment (up to beta.4). */
  readonly databaseDecidesDomains: boolean
  /** A database setting for SAML's metadata URL beats the environment (0.53). */
  readonly databaseDecidesSaml: boolean
  /** SAML variables that the stock Compose file passes to the api. */
  readonly samlPassed: readonly string[]
  /** The name of the base of presigned URLs and whether the route /s3 is used (0.41.0 on). */
  readonly presignedUrls: boolean
}

export interface Release {
  /** As in the image tag, without a leading v. */
  readonly tag: string
  /** Newer than the table: treated as the newest known. */
  readonly newerThanKnown: boolean
  readonly abilities: Abilities
}
