import { describe, expect, it } from 'vitest'
import { parseAnswers } from '../../src/answers/parse.ts'
import { failureOf } from './failure-of.ts'

const everything = `
domain: tracecat.example.com
tls: automatic
acmeEmail: ops@example.com
certificate: certs/tls.crt
certificateKey: certs/tls.key
trustedProxies: [10.0.0.0/8]
tenancy: single
executorPrivileges: auto
sso: { type: oidc, provider: okta, issuer: https://example.okta.com, clientId: abc, scopes: openid profile email }
keepPasswords: false
allowedDomains: [example.com]
superadminEmail: admin@example.com
signUpNetworks: []
caBundle: certs/company.crt
proxy: http://proxy.example.com:3128
privateNetworks: []
payloadEncryption: false
accept: [{ control: image-pins, reason: mirrored internally }]
tracecatVersion: 1.0.0-beta.51
`

function failure(text: string) {
  return failureOf(() => parseAnswers(text, 'tracecat-harden.yaml'))
}

describe('parseAnswers', () => {
  it('reads every key', () => {
    const { answers, locate } = parseAnswers(everything, 'a.yaml')
    expect(Object.keys(answers)).toHaveLength(19)
    expect(answers.sso?.issuer).toBe('https://example.okta.com')
    expect(locate(['tls'])).toEqual({ file: 'a.yaml', line: 3 })
    expect(locate(['sso', 'issuer'])).toEqual({ file: 'a.yaml', line: 10 })
    expect(locate(['nothing'])).toEqual({ file: 'a.yaml' })
  })

  it.each(['', '# nothing yet\n', '\ufeff', '---\n'])('reads %j as no answers', (text) => {
    expect(parseAnswers(text, 'a').answers).toEqual({})
  })

  it('reads a BOM, CRLF and no last newline', () => {
    const { answers, locate } = parseAnswers('\ufeffdomain: a.example.com\r\ntls: internal', 'a')
    expect(answers).toEqual({ domain: 'a.example.com', tls: 'internal' })
    expect(locate(['tls'])).toEqual({ file: 'a', line: 2 })
  })

  it.each([
    ['tls: automatic\ndomian: a.example.com', 2, 'domian is no answer (did you mean domain?).'],
    ['trusted_proxies: []', 1, 'did you mean trustedProxies?'],
    ['AcmeEmail: a@example.com', 1, 'did you mean acmeEmail?'],
    ['zebra: 1', 1, 'zebra is no answer (known are domain, tls,'],
    ['sso:\n  type: oidc\n  isuer: x', 3, 'sso.isuer is no answer (did you mean issuer?).'],
    ['__proto__: { domain: a }', 1, '__proto__ is no answer'],
    ['tls: none', 1, 'tls must be one of automatic, certificate, internal, load-balancer.'],
    ['tls: loadbalancer', 1, '(did you mean load-balancer?)'],
    ['keepPasswords: yes', 1, 'keepPasswords must be true or false.'],
    ['allowedDomains: example.com', 1, 'allowedDomains must be a list: [example.com].'],
    [
      'allowedDomains:\n  - example.com\n  - "@example.org"',
      3,
      'allowedDomains[1] must be the domain alone: example.org.',
    ],
    ['sso: { type: oidc, clientId: 12345 }', 1, 'sso.clientId must be text: put it in quotes.'],
    ['sso: oidc', 1, 'sso must have keys of its own'],
    ['domain:', 1, 'domain is empty: give a value or take the key out.'],
    ['domain: ""', 1, 'domain must not be empty.'],
    ['domain: https://a.example.com', 1, 'domain must be the name alone, without https://.'],
    [`caBundle: ${'x'.repeat(2000)}`, 1, 'caBundle must not be longer than 1024 characters.'],
    ['caBundle: "a\\nB=c"', 1, 'caBundle must be one line of text'],
    ['certificate: "a\\0b"', 1, 'certificate must be one line of text'],
    ['caBundle: "a\\u2028b"', 1, 'caBundle must be one line of text'],
    ['caBundle: "a\\u202eb"', 1, 'caBundle must be one line of text'],
    [
      `allowedDomains: [${'a.com,'.repeat(65)}]`,
      1,
      'allowedDomains must not have more than 64 items.',
    ],
    ['caBundle: " a"', 1, 'caBundle must not begin or end with a blank.'],
    ['accept:\n  - control: image-pins', 2, 'accept[0].reason is missing.'],
    [
      'accept: [{ control: Image Pins, reason: x }]',
      1,
      'accept[0].control must be the id of a control',
    ],
    ['accept: [{ control: image-pins, reason: " " }]', 1, 'accept[0].reason must say why.'],
    ['tracecatVersion: latest', 1, 'tracecatVersion must be a Tracecat release'],
    ['tracecatVersion: 0.39.2', 1, 'tracecatVersion must be a Tracecat release'],
    ['tracecatVersion: 1.0', 1, 'tracecatVersion must be text: put it in quotes.'],
    ['sso: { provider: My Okta }', 1, 'sso.provider must be a word'],
    ['- domain', undefined, "The answers must be lines of the form 'key: value'."],
    ['just text', undefined, "The answers must be lines of the form 'key: value'."],
    ['domain: a.example.com\ndomain: b.example.com', 2, 'Map keys must be unique'],
    ['sso:\n\ttype: oidc', 2, 'not valid YAML'],
    ['domain: "a', 1, 'not valid YAML'],
    ['domain: a\n---\ndomain: b', 2, 'not valid YAML: it is one document, so remove the line ---'],
    ['domain: !!binary aGVsbG8=', 1, 'domain must be text.'],
    ['domain: !secret abc', 1, 'not valid YAML'],
    ['a: &a [x]\ndomain: *a', 2, 'Aliases'],
  ])('%j is refused at line %s', (text, line, message) => {
    const { kind, message: said, where } = failure(text)
    expect(said).toContain(message)
    expect(kind).toBe('badInput')
    expect(where).toEqual(
      line === undefined
        ? { file: 'tracecat-harden.yaml' }
        : { file: 'tracecat-harden.yaml', line },
    )
  })

  it('names all that is wrong, each with its line', () => {
    const { message, where } = failure('domian: x\ntls: none\n\nproxy: here')
    expect(where).toEqual({ file: 'tracecat-harden.yaml' })
    expect(message.split('\n').sort()).toEqual([
      '  line 1: domian is no answer (did you mean domain?).',
      '  line 2: tls must be one of automatic, certificate, internal, load-balancer.',
      '  line 4: proxy must be a URL such as http://proxy.example.com:3128.',
      '3 answers are not right:',
    ])
  })

  it.each([
    'clientSecret',
    'oidcClientSecret',
    'password',
    'apiKey',
    'token',
  ])('refuses the secret %s without repeating it', (key) => {
    for (const text of [`${key}: hunter2hunter2`, `sso:\n  ${key}: hunter2hunter2`]) {
      const { message } = failure(text)
      expect(message).toContain('set OIDC_CLIENT_SECRET in the environment')
      expect(message).not.toContain('hunter2')
    }
  })

  it('survives bombs: aliases, deep nesting, many keys', () => {
    const aliases = ['a0: &a0 [x, x]']
    for (let i = 1; i < 40; i += 1) aliases.push(`a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`)
    expect(failure(aliases.join('\n')).message).toContain('Aliases')
    for (const depth of [30, 1000, 3000]) {
      const deep = failure(`domain: ${'{a: '.repeat(depth)}${'}'.repeat(depth)}`)
      expect(deep.message, String(depth)).toBe('This is nested too deeply.')
    }
    expect(failure(`domain: ${'['.repeat(20_000)}`).kind).toBe('badInput')
    expect(failure(`caBundle: ${'x'.repeat(70_000)}`).message).toContain('too long')
    const keys = Array.from({ length: 500 }, (_, i) => `key${i}: 1`).join('\n')
    const { message } = failure(keys)
    expect(message).toContain('key29 is no answer')
    expect(message).toContain('and 470 more.')
  })
})
