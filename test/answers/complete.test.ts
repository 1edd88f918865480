import { describe, expect, it } from 'vitest'
import type { Answers } from '../../src/answers/answers.ts'
import { completeAnswers } from '../../src/answers/complete.ts'
import { parseAnswers } from '../../src/answers/parse.ts'
import type { PartialAnswers } from '../../src/answers/schema.ts'
import { signInFor } from '../../src/answers/sign-in.ts'
import { releaseOf } from '../../src/release/release-of.ts'
import { failureOf } from './failure-of.ts'

const oidc = {
  domain: 'tracecat.example.com',
  sso: { type: 'oidc', issuer: 'https://example.okta.com', clientId: 'abc' },
  allowedDomains: ['example.com'],
  superadminEmail: 'Admin@example.com',
} satisfies PartialAnswers
const basic = {
  domain: 'tracecat.example.com',
  sso: { type: 'basic' },
  superadminEmail: 'admin@example.com',
} satisfies PartialAnswers

const saml = {
  ...oidc,
  sso: { type: 'saml', metadataUrl: 'https://id.example.com/metadata' },
} satisfies PartialAnswers

describe('completeAnswers', () => {
  it('fills the defaults in', () => {
    expect(completeAnswers(oidc)).toEqual({
      domain: 'tracecat.example.com',
      tls: 'automatic',
      acmeEmail: undefined,
      certificate: undefined,
      certificateKey: undefined,
      trustedProxies: [],
      tenancy: 'single',
      executorPrivileges: 'auto',
      sso: { ...oidc.sso, provider: undefined, scopes: 'openid profile email' },
      keepPasswords: false,
      allowedDomains: ['example.com'],
      superadminEmail: 'Admin@example.com',
      signUpNetworks: [],
      caBundle: undefined,
      proxy: undefined,
      privateNetworks: [],
      payloadEncryption: false,
      accept: [],
      tracecatVersion: undefined,
    } satisfies Answers)
  })

  it('brings values into their normal form, and leaves the superadmin alone', () => {
    const answers = completeAnswers({
      ...oidc,
      domain: 'Müller.Example.com.',
      allowedDomains: ['Example.com', 'example.com', 'EXAMPLE.org'],
      privateNetworks: ['10.0.0.0/8', '10.0.0.0/8'],
      sso: { ...oidc.sso, scopes: 'openid  email ' },
      tracecatVersion: 'v1.0.0-beta.51',
    })
    expect(answers.domain).toBe('xn--mller-kva.example.com')
    expect(answers.allowedDomains).toEqual(['example.com', 'example.org'])
    expect(answers.privateNetworks).toEqual(['10.0.0.0/8'])
    expect(answers.sso).toMatchObject({ scopes: 'openid email' })
    expect(answers.superadminEmail).toBe('Admin@example.com')
    expect(answers.tracecatVersion).toBe('1.0.0-beta.51')
  })

  it.each<[PartialAnswers, string[]]>([
    [{}, ['domain', 'sso.type', 'superadminEmail']],
    [
      { sso: { type: 'oidc' } },
      ['domain', 'sso.issuer', 'sso.clientId', 'allowedDomains', 'superadminEmail'],
    ],
    [{ ...oidc, allowedDomains: [] }, ['allowedDomains']],
    [
      { ...oidc, sso: { ...oidc.sso, issuer: 'https://accounts.google.com' }, allowedDomains: [] },
      ['allowedDomains'],
    ],
    [{ ...basic, sso: { type: 'saml' } }, ['sso.metadataUrl']],
    [{ ...basic, tls: 'certificate' }, ['certificate', 'certificateKey']],
    [{ ...basic, tls: 'certificate', certificate: 'a' }, ['certificateKey']],
    [{ ...basic, tls: 'load-balancer' }, ['trustedProxies']],
    [{ ...basic, tls: 'load-balancer', trustedProxies: [] }, ['trustedProxies']],
  ])('%j misses %j', (given, missing) => {
    const { message, kind, remedy } = failureOf(() => completeAnswers(given))
    const named = [...message.matchAll(/(\S+) is missing/g)].map(([, key]) => key)
    expect(named).toEqual(missing)
    expect(kind).toBe('badInput')
    expect(remedy).toContain('--set')
  })

  it.each<[PartialAnswers, string]>([
    [
      { ...basic, certificate: 'a' },
      'certificate belongs to tls: certificate, but tls is automatic.',
    ],
    [{ ...basic, trustedProxies: ['10.0.0.0/8'] }, 'trustedProxies belongs to tls: load-balancer'],
    [
      { ...basic, sso: { type: 'basic', issuer: 'https://example.okta.com' } },
      'sso.issuer belongs to sso type oidc, but the type is basic.',
    ],
    [
      { ...oidc, sso: { ...oidc.sso, metadataUrl: 'https://a.example.com' } },
      'sso.metadataUrl belongs to sso type saml',
    ],
    [{ ...basic, domain: 'tracecat' }, 'domain is a single word'],
    [
      { ...basic, domain: 'tracecat', tls: 'certificate', certificate: 'a', certificateKey: 'b' },
      'domain is a single word',
    ],
    [{ ...basic, domain: 'tracecat.corp.internal' }, 'domain ends in a name for private use'],
    [{ ...basic, keepPasswords: true }, 'keepPasswords belongs to SSO'],
    [{ ...oidc, signUpNetworks: ['10.0.0.0/8'] }, 'signUpNetworks belongs to passwords'],
    [
      { ...basic, tenancy: 'trusted', executorPrivileges: 'confined' },
      'executorPrivileges belongs to the sandbox',
    ],
    [{ ...oidc, superadminEmail: 'admin@other.com' }, 'other.com is not among allowedDomains'],
    [
      { ...oidc, superadminEmail: 'admin@Example.com' },
      'superadminEmail has capitals in its domain',
    ],
    [
      {
        ...basic,
        accept: [
          { control: 'tls', reason: 'a' },
          { control: 'tls', reason: 'b' },
        ],
      },
      'accept[1] accepts tls a second time.',
    ],
    [
      { ...saml, superadminEmail: 'admin@Example.com', keepPasswords: true },
      'superadminEmail has capitals in its domain',
    ],
    [{ ...saml, superadminEmail: 'admin@other.com' }, 'other.com is not among allowedDomains'],
  ])('%j does not hold together', (given, text) => {
    expect(failureOf(() => completeAnswers(given)).message).toContain(text)
  })

  it.each<[PartialAnswers]>([
    [{ ...saml, superadminEmail: 'Admin@Example.com' }],
    [{ ...basic, domain: 'tracecat', tls: 'internal' }],
    [{ ...basic, domain: 'tracecat', tls: 'load-balancer', trustedProxies: ['10.0.0.0/8'] }],
    [
      {
        ...basic,
        domain: 'tracecat.corp.internal',
        tls: 'certificate',
        certificate: 'a',
        certificateKey: 'b',
      },
    ],
    [{ ...basic, acmeEmail: 'ops@example.com', tls: 'internal' }],
    [{ ...basic, signUpNetworks: ['10.0.0.0/8'] }],
    [{ ...oidc, keepPasswords: true, signUpNetworks: ['10.0.0.0/8'] }],
    [{ ...basic, tenancy: 'trusted', executorPrivileges: 'auto' }],
    [{ ...oidc, allowedDomains: ['EXAMPLE.COM'] }],
  ])('%j does', (given) => {
    expect(() => completeAnswers(given)).not.toThrow()
  })

  it('says where each contradiction stands', () => {
    const { answers, locate } = parseAnswers(
      'tls: internal\n\ncertificate: a\ndomain: b.example.com\n',
      'answers.yaml',
    )
    const { message, where } = failureOf(() => completeAnswers(answers, { locate }))
    expect(where).toEqual({ file: 'answers.yaml' })
    expect(message).toContain('line 3: certificate belongs to')
  })

  it('refuses payload encryption where the release has none', () => {
    const given = { ...basic, payloadEncryption: true }
    const old = failureOf(() => completeAnswers(given, { release: releaseOf('1.0.0-beta.41') }))
    expect(old.message).toContain('payloadEncryption is not in Tracecat 1.0.0-beta.41')
    expect(completeAnswers(given, { release: releaseOf('1.0.0-beta.42') }).payloadEncryption).toBe(
      true,
    )
  })
})

describe('signInFor', () => {
  const google = { ...oidc, sso: { ...oidc.sso, issuer: 'https://accounts.google.com' } }
  const saml = {
    ...basic,
    sso: { type: 'saml', metadataUrl: 'https://idp.example.com/m' },
  } satisfies PartialAnswers

  it.each<[string, PartialAnswers, string, string]>([
    ['0.40.0', basic, 'basic', 'basic'],
    ['0.40.0', saml, 'saml', 'saml'],
    ['0.40.0', { ...saml, keepPasswords: true }, 'basic,saml', 'saml'],
    ['0.53.25', google, 'google_oauth', 'google_oauth'],
    ['1.0.0-beta.4', { ...google, keepPasswords: true }, 'basic,google_oauth', 'google_oauth'],
    ['1.0.0-beta.5', google, 'oidc', 'oidc'],
    ['1.0.0-beta.5', oidc, 'oidc', 'oidc'],
    ['1.0.0-beta.51', { ...oidc, keepPasswords: true }, 'basic,oidc', 'oidc'],
  ])('%s with %j', (tag, given, authTypes, mode) => {
    expect(signInFor(releaseOf(tag), completeAnswers(given))).toEqual({ authTypes, mode })
  })

  it('refuses OIDC before beta.5 and says what the release can do instead', () => {
    const { message, remedy, kind } = failureOf(() =>
      signInFor(releaseOf('1.0.0-beta.4'), completeAnswers(oidc)),
    )
    expect(message).toContain('1.0.0-beta.4 cannot sign people in with OIDC')
    expect(remedy).toMatch(/SAML.*Google.*1\.0\.0-beta\.5/)
    expect(kind).toBe('badInput')
  })
})
