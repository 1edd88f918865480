import { describe, expect, it } from 'vitest'
import type { PartialAnswers } from '../../src/answers/schema.ts'
import { applySet } from '../../src/answers/set.ts'
import { failureOf } from './failure-of.ts'

const oidc: PartialAnswers = {
  domain: 'a.example.com',
  tls: 'load-balancer',
  trustedProxies: ['10.0.0.0/8'],
  sso: { type: 'oidc', provider: 'okta', issuer: 'https://example.okta.com', clientId: 'abc' },
  keepPasswords: true,
}

describe('applySet', () => {
  it.each<[PartialAnswers, string[], PartialAnswers]>([
    [{}, ['tls=internal'], { tls: 'internal' }],
    [
      { tls: 'internal' },
      ['tls=automatic', 'domain=b.example.com'],
      { tls: 'automatic', domain: 'b.example.com' },
    ],
    [
      {},
      ['sso.type=saml', 'sso.metadataUrl=https://idp.example.com/m?a=b'],
      { sso: { type: 'saml', metadataUrl: 'https://idp.example.com/m?a=b' } },
    ],
    [
      {},
      ['allowedDomains=example.com, example.org'],
      { allowedDomains: ['example.com', 'example.org'] },
    ],
    [{ allowedDomains: ['a.com'] }, ['allowedDomains='], { allowedDomains: [] }],
    [
      {},
      ['payloadEncryption=true', 'keepPasswords=false'],
      { payloadEncryption: true, keepPasswords: false },
    ],
    [{ proxy: 'http://proxy:3128' }, ['proxy='], {}],
    [{}, ['tracecatVersion=1.0.0-beta.51'], { tracecatVersion: '1.0.0-beta.51' }],
    [{}, ['sso.scopes=openid email'], { sso: { scopes: 'openid email' } }],
    [
      {},
      ['accept.image-pins=mirrored = internally'],
      { accept: [{ control: 'image-pins', reason: 'mirrored = internally' }] },
    ],
    [
      { accept: [{ control: 'image-pins', reason: 'old' }] },
      ['accept.image-pins=new'],
      { accept: [{ control: 'image-pins', reason: 'new' }] },
    ],
    [
      { accept: [{ control: 'image-pins', reason: 'old' }] },
      ['accept.image-pins='],
      { accept: [] },
    ],
    [{}, ['tls=internal', 'tls=automatic'], { tls: 'automatic' }],
  ])('%j with %j', (before, set, after) => {
    const copy = structuredClone(before)
    expect(applySet(before, set)).toEqual(after)
    expect(before).toEqual(copy)
  })

  it('drops what only the old mode had when the mode changes', () => {
    expect(applySet(oidc, ['tls=automatic'])).toEqual({
      domain: oidc.domain,
      tls: 'automatic',
      sso: oidc.sso,
      keepPasswords: true,
    })
    const saml = applySet(oidc, ['sso.type=saml', 'sso.metadataUrl=https://idp.example.com/m'])
    expect(saml.sso).toEqual({
      type: 'saml',
      provider: 'okta',
      metadataUrl: 'https://idp.example.com/m',
    })
    expect(saml.keepPasswords).toBe(true)
    const basic = applySet(oidc, ['sso.type=basic'])
    expect(basic.sso).toEqual({ type: 'basic', provider: 'okta' })
    expect(basic).not.toHaveProperty('keepPasswords')
    expect(
      applySet({ sso: { type: 'basic' }, signUpNetworks: ['10.0.0.0/8'] }, ['sso.type=saml']),
    ).toEqual({ sso: { type: 'saml' } })
  })

  it('keeps what is set beside the change, for the contradiction to be named', () => {
    expect(applySet(oidc, ['tls=automatic', 'trustedProxies=10.0.0.0/8']).trustedProxies).toEqual([
      '10.0.0.0/8',
    ])
  })

  it.each([
    ['tls', '--set needs key=value.'],
    ['=internal', '--set needs key=value.'],
    ['tls=none', 'tls must be one of'],
    ['tsl=internal', 'tsl is no answer (did you mean tls?).'],
    ['sso.isuer=x', 'sso.isuer is no answer (did you mean issuer?).'],
    ['sso=oidc', 'sso is set part by part: sso.type=...'],
    ['accept=image-pins', 'accept is set part by part: accept.<control>=<reason>'],
    ['accept.0.reason=x', 'accept.0 is no answer.'],
    ['tls.mode=x', 'tls.mode is no answer.'],
    ['__proto__.a=b', '__proto__ is no answer'],
    ['sso.__proto__=b', 'sso.__proto__ is no answer'],
    ['keepPasswords=yes', 'keepPasswords must be true or false.'],
    [
      'trustedProxies=10.0.0.1/8',
      'trustedProxies[0] is an address inside a network: the network is 10.0.0.0/8.',
    ],
    ['caBundle=a\nB=c', 'caBundle must be one line of text'],
  ])('refuses %j', (assignment, message) => {
    const failure = failureOf(() => applySet({}, [assignment]))
    expect(failure.message).toContain(message)
    expect(failure.kind).toBe('badInput')
    expect(failure.remedy).toContain('--set')
  })

  it('names all that is wrong, and repeats no secret', () => {
    const { message } = failureOf(() =>
      applySet({}, ['sso.clientSecret=hunter2', 'tls=none', 'password=hunter2']),
    )
    expect(message).toMatch(/^3 answers/)
    expect(message).not.toContain('hunter2')
    expect(message).toContain('OIDC_CLIENT_SECRET')
  })
})
