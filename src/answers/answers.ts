export type TlsAnswer = 'automatic' | 'certificate' | 'internal' | 'load-balancer'
export type Tenancy = 'single' | 'multi' | 'trusted'
export type Privileges = 'confined' | 'capabilities' | 'privileged'

export type SignIn =
  | {
      readonly type: 'oidc'
      readonly provider: string | undefined
      readonly issuer: string
      readonly clientId: string
      readonly scopes: string
    }
  | { readonly type: 'saml'; readonly provider: string | undefined; readonly metadataUrl: string }
  | { readonly type: 'basic' }

export interface AcceptedRisk {
  readonly control: string
  readonly reason: string
}

/** What the admin decided. Never a secret. The file `tracecat-harden.yaml`, checked and with defaults filled in. */
export interface Answers {
  /** ASCII (punycode), lower case, without scheme, port or path. */
  readonly domain: string
  readonly tls: TlsAnswer
  readonly acmeEmail: string | undefined
  /** Path of the certificate, relative to the install or absolute. */
  readonly certificate: string | undefined
  readonly certificateKey: string | undefined
  /** CIDRs. */
  readonly trustedProxies: readonly string[]
  readonly tenancy: Tenancy
  readonly executorPrivileges: Privileges | 'auto'
  readonly sso: SignIn
  readonly keepPasswords: boolean
  /** Lower case. */
  readonly allowedDomains: readonly string[]
  readonly superadminEmail: string
  readonly signUpNetworks: readonly string[]
  readonly caBundle: string | undefined
  readonly proxy: string | undefined
  readonly privateNetworks: readonly string[]
  readonly payloadEncryption: boolean
  readonly accept: readonly AcceptedRisk[]
  readonly tracecatVersion: string | undefined
}
