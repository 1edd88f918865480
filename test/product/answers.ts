import { stringify } from 'yaml'

export type AnswersObject = Readonly<Record<string, unknown>>

export function asYaml(answers: AnswersObject): string {
  return stringify(answers)
}

const common: AnswersObject = {
  domain: 'tracecat.example.com',
  superadminEmail: 'admin@example.com',
  allowedDomains: ['example.com'],
}

export const tlsChoices = {
  automatic: { tls: 'automatic', acmeEmail: 'ops@example.com' },
  certificate: {
    tls: 'certificate',
    certificate: 'certs/tls.crt',
    certificateKey: 'certs/tls.key',
  },
  internal: { tls: 'internal' },
  'load-balancer': { tls: 'load-balancer', trustedProxies: ['10.0.0.0/8', '192.168.4.0/24'] },
} as const satisfies Record<string, AnswersObject>

export const ssoChoices = {
  basic: { sso: { type: 'basic' } },
  oidc: {
    sso: { type: 'oidc', provider: 'okta', issuer: 'https://example.okta.com', clientId: 'abc' },
  },
  'oidc with passwords': {
    sso: { type: 'oidc', provider: 'okta', issuer: 'https://example.okta.com', clientId: 'abc' },
    keepPasswords: true,
  },
  saml: {
    sso: { type: 'saml', provider: 'entra', metadataUrl: 'https://login.example.com/metadata.xml' },
  },
  'saml with passwords': {
    sso: { type: 'saml', provider: 'entra', metadataUrl: 'https://login.example.com/metadata.xml' },
    keepPasswords: true,
  },
} as const satisfies Record<string, AnswersObject>

export const googleSso: AnswersObject = {
  sso: { type: 'oidc', provider: 'google', issuer: 'https://accounts.google.com', clientId: 'abc' },
}

export const tenancies = ['single', 'multi', 'trusted'] as const
export const privilegeLevels = ['auto', 'confined', 'capabilities', 'privileged'] as const

/** Full answers: what is not named is the simplest that works everywhere. */
export function answers(...parts: readonly AnswersObject[]): AnswersObject {
  return Object.assign(
    {},
    common,
    { executorPrivileges: 'auto' },
    ssoChoices.basic,
    tlsChoices.internal,
    ...parts,
  )
}
