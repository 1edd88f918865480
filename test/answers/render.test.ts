import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAnswers } from '../../src/answers/parse.ts'
import { renderAnswers, updateAnswers } from '../../src/answers/render.ts'
import type { PartialAnswers } from '../../src/answers/schema.ts'
import { failureOf } from './failure-of.ts'

const read = (text: string) => parseAnswers(text, 'a').answers

describe('renderAnswers', () => {
  it('writes the given answers in order, below the line that editors read', () => {
    const text = renderAnswers({
      sso: { type: 'basic' },
      domain: 'a.example.com',
      allowedDomains: ['example.com'],
    })
    expect(
      text,
    ).toBe(`# yaml-language-server: $schema=https://unpkg.com/tracecat-harden/dist/answers.schema.json
# What tracecat-harden was told. Safe to commit, since no secret is in it.

domain: a.example.com
sso:
  type: basic
allowedDomains:
  - example.com
`)
  })
})

const own = `# ours
domain: a.example.com   # the public name
tls: load-balancer
trustedProxies:
  - 10.0.0.0/8 # front

# who
sso:
  type: oidc
  # the tenant
  issuer: https://example.okta.com
  clientId: abc
superadminEmail: admin@example.com # Ann
`

describe('updateAnswers', () => {
  it('gives the text back where nothing differs, byte for byte', () => {
    const odd = '\ufeffsso:   {type:  oidc}\r\n\r\n# x\r\ndomain: "a.example.com"'
    expect(updateAnswers(odd, read(odd))).toBe(odd)
    expect(updateAnswers('', {})).toBe('')
  })

  it('keeps comments and order around what changes', () => {
    const wanted: PartialAnswers = {
      ...read(own),
      tls: 'internal',
      sso: { ...read(own).sso, clientId: 'xyz' },
      tenancy: 'multi',
    }
    delete wanted.trustedProxies
    const text = updateAnswers(own, wanted)
    expect(text).toBe(`# ours
domain: a.example.com # the public name
tls: internal
tenancy: multi

# who
sso:
  type: oidc
  # the tenant
  issuer: https://example.okta.com
  clientId: xyz
superadminEmail: admin@example.com # Ann
`)
  })

  it('puts an answer that comes back to its place: there and back, the same bytes', () => {
    const first: PartialAnswers = {
      domain: 'a.example.com',
      tls: 'automatic',
      acmeEmail: 'ops@example.com',
      tenancy: 'single',
      sso: { type: 'saml', metadataUrl: 'https://example.com/m' },
      keepPasswords: true,
      superadminEmail: 'admin@example.com',
    }
    const other: PartialAnswers = {
      domain: 'a.example.com',
      tls: 'load-balancer',
      trustedProxies: ['10.0.0.0/8'],
      sso: { type: 'oidc', issuer: 'https://example.com', clientId: 'x' },
      allowedDomains: ['example.com'],
      superadminEmail: 'admin@example.com',
    }
    const text = renderAnswers(first)
    const there = updateAnswers(text, other)
    expect(there).toBe(renderAnswers(other))
    expect(updateAnswers(there, first)).toBe(text)
  })

  it('adds to a file that has comments only, and keeps CRLF', () => {
    expect(updateAnswers('# mine\n', { tls: 'internal' })).toBe('# mine\ntls: internal\n')
    expect(updateAnswers('# mine\r\ntls: internal\r\n', { tls: 'automatic' })).toBe(
      '# mine\r\ntls: automatic\r\n',
    )
  })

  it('refuses a file that is none of ours', () => {
    expect(failureOf(() => updateAnswers('- a', {})).kind).toBe('badInput')
  })

  it('what is written is what is read: any answers over any others', () => {
    const name = fc.stringMatching(/^[a-z]{1,8}\.example\.com$/)
    const plain = fc.stringMatching(/^[ -~]{1,30}$/).filter((text) => text.trim() === text)
    const answers: fc.Arbitrary<PartialAnswers> = fc.record(
      {
        domain: name,
        tls: fc.constantFrom('automatic', 'internal'),
        caBundle: plain,
        keepPasswords: fc.boolean(),
        allowedDomains: fc.array(name, { maxLength: 3 }),
        sso: fc.record(
          { type: fc.constantFrom('oidc', 'saml'), clientId: fc.constant('0123') },
          { requiredKeys: [] },
        ),
        accept: fc.array(fc.record({ control: fc.constant('image-pins'), reason: plain }), {
          maxLength: 2,
        }),
        tracecatVersion: fc.constantFrom('0.53.25', '1.0.0-beta.51'),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(answers, answers, (before, wanted) => {
        expect(read(renderAnswers(before))).toEqual(before)
        expect(read(updateAnswers(renderAnswers(before), wanted))).toEqual(wanted)
      }),
      { numRuns: 100 },
    )
  })
})
