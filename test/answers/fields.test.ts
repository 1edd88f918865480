import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { domainProblem, normalDomain } from '../../src/answers/host-name.ts'
import { mailDomainProblem, mailProblem } from '../../src/answers/mail.ts'
import { networkProblem, trustedProxyProblem } from '../../src/answers/network.ts'
import {
  issuerProblem,
  metadataUrlProblem,
  proxyProblem,
  scopesProblem,
} from '../../src/answers/url.ts'

type Case = readonly [string, RegExp | undefined]

function check(problem: (text: string) => string | undefined, cases: readonly Case[]) {
  it.each(cases)('%j', (text, expected) => {
    if (expected === undefined) expect(problem(text)).toBeUndefined()
    else expect(problem(text)).toMatch(expected)
  })
}

describe('domain', () => {
  check(domainProblem, [
    ['tracecat.example.com', undefined],
    ['Tracecat.Example.COM', undefined],
    ['tracecat.example.com.', undefined],
    ['müller.example.com', undefined],
    ['xn--mller-kva.example.com', undefined],
    ['例え.jp', undefined],
    ['tracecat', undefined],
    ['https://tracecat.example.com', /without https/],
    ['tracecat.example.com/app', /path/],
    ['tracecat.example.com:8443', /port/],
    ['admin@example.com', /e-mail/],
    ['*.example.com', /wildcard/],
    ['my_host.example.com', /underscore/],
    ['localhost', /localhost/],
    ['app.localhost', /localhost/],
    ['LOCALHOST.', /localhost/],
    ['10.0.0.1', /address/],
    ['0.0.0.0', /address/],
    ['127.1', /address/],
    ['0x7f000001', /address/],
    ['1.2.3.4.', /address/],
    ['::1', /address/],
    ['[fd00::1]', /address/],
    ['-a.example.com', /not a domain/],
    ['a-.example.com', /not a domain/],
    ['a..example.com', /not a domain/],
    ['.example.com', /not a domain/],
    ['example.com..', /not a domain/],
    ['exa mple.com', /not a domain/],
    [' example.com', /not a domain name: there is a blank in it$/],
    ['10.0.0.1', /not an address: certificates/],
    ['ex%61mple.com', /not a domain/],
    ['exa\u00admple.com', /not a domain/],
    ['$(reboot).example.com', /not a domain/],
    [`${'a'.repeat(64)}.example.com`, /not a domain/],
    [`${'a.'.repeat(127)}com`, /253/],
    ['', /not a domain/],
  ])

  it('is written in ASCII, lower case, without a last dot', () => {
    expect(normalDomain('Müller.Example.COM.')).toBe('xn--mller-kva.example.com')
  })

  it('what passes is only ever letters, digits, hyphens and dots', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.string({ unit: 'grapheme' })), (text) => {
        if (domainProblem(text) === undefined)
          expect(normalDomain(text)).toMatch(/^[a-z0-9.-]{1,253}$/)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('networks', () => {
  check(networkProblem, [
    ['10.0.0.0/8', undefined],
    ['10.1.2.3/32', undefined],
    ['0.0.0.0/0', undefined],
    ['fd00::/8', undefined],
    ['2001:db8::1/128', undefined],
    ['::ffff:10.0.0.0/104', undefined],
    ['::/0', undefined],
    ['10.0.0.1/8', /the network is 10\.0\.0\.0\/8$/],
    ['192.168.1.77/26', /192\.168\.1\.64\/26/],
    ['2001:db8::1/64', /the network is 2001:db8::\/64$/],
    ['10.0.0.1', /write 10\.0\.0\.1\/32/],
    ['2001:db8::1', /2001:db8::1\/128/],
    ['10.0.0.0/33', /longer than 32/],
    ['fd00::/129', /longer than 128/],
    ['10.0.0.0/08', /must be a network/],
    ['010.0.0.0/8', /must be a network/],
    ['10.0.0/8', /must be a network/],
    ['10.0.0.0/', /must be a network/],
    ['10.0.0.0/8 ', /must be a network/],
    ['fe80::1%eth0/64', /must be a network/],
    ['example.com/24', /must be a network/],
    ['10.0.0.0/255.0.0.0', /must be a network/],
    ['', /must be a network/],
  ])

  it('the network that is named is right: it passes, for any address', () => {
    const address = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
      fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
    )
    fc.assert(
      fc.property(address, ([ip, prefix]) => {
        const problem = networkProblem(`${ip}/${prefix}`)
        const named = /the network is (.*)$/.exec(problem ?? '')?.[1]
        expect(named === undefined ? problem : networkProblem(named)).toBeUndefined()
        if (named !== undefined) expect(named.endsWith(`/${prefix}`)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  describe('of proxies', () => {
    check(trustedProxyProblem, [
      ['10.0.0.0/8', undefined],
      ['10.0.0.0/9', undefined],
      ['10.0.0.0/7', /most of the Internet/],
      ['fc00::/7', undefined],
      ['fc00::/6', /most of the Internet/],
      ['0.0.0.0/0', /most of the Internet/],
      ['128.0.0.0/1', /most of the Internet/],
      ['::/0', /most of the Internet/],
      ['10.0.0.1/8', /the network is/],
    ])
  })
})

describe('e-mail', () => {
  check(mailProblem, [
    ['admin@example.com', undefined],
    ["Seán.O'Brien+tracecat@Example.com", undefined],
    ['admin', /e-mail address/],
    ['@example.com', /e-mail address/],
    ['admin @example.com', /e-mail address/],
    ['a@b@example.com', /e-mail address/],
    ['Admin <admin@example.com>', /e-mail address/],
    ['a..b@example.com', /e-mail address/],
    ['a,b@example.com', /e-mail address/],
    ['admin@example', /full domain/],
    ['admin@10.0.0.1', /name, not an address/],
    [`${'a'.repeat(65)}@example.com`, /e-mail address/],
  ])
  describe('domains', () => {
    check(mailDomainProblem, [
      ['example.com', undefined],
      ['Example.COM', undefined],
      ['@example.com', /alone: example\.com$/],
      ['*@example.com', /alone: example\.com$/],
      ['admin@example.com', /not an e-mail address/],
      ['*.example.com', /no wildcards/],
      ['example', /full domain/],
      ['example.com ', /not a domain/],
      ['https://example.com', /without https/],
      ['localhost', /full domain/],
      ['10.0.0.1', /name, not an address$/],
      ['a.com,b.com', /not a domain/],
    ])
  })
})

describe('issuer', () => {
  check(issuerProblem, [
    ['https://example.okta.com', undefined],
    ['https://example.auth0.com/', undefined],
    ['https://id.example.com:8443/realms/main', undefined],
    ['https://login.microsoftonline.com/6b5f1f6e-0000-4000-8000-000000000000/v2.0', undefined],
    ['http://localhost:9000', undefined],
    ['http://127.0.0.1:9000', undefined],
    ['http://id.example.com', /https/],
    ['http://127.0.0.1.example.com', /https/],
    ['id.example.com', /must be a URL/],
    ['ftp://id.example.com', /must be a URL/],
    ['https:id.example.com', /must be a URL/],
    ['https://', /must be a URL/],
    ['https://id.example.com /x', /must be a URL/],
    ['https://id.example.com/.well-known/openid-configuration', /before \/\.well-known/],
    ['https://id.example.com/?a=b', /no \?/],
    ['https://id.example.com/#', /no #/],
    ['https://login.microsoftonline.com/common/v2.0', /outside of your company/],
    ['https://login.microsoftonline.com/Organizations/v2.0', /outside of your company/],
    ['https://login.microsoftonline.com/consumers/v2.0', /outside of your company/],
    ['https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0', /outside/],
    ['https://user:hunter2@id.example.com', /no password/],
  ])
  it('does not repeat a password', () => {
    for (const problem of [issuerProblem, metadataUrlProblem, proxyProblem])
      expect(problem('https://user:hunter2@id.example.com')).not.toContain('hunter2')
  })
})

describe('SAML metadata', () => {
  check(metadataUrlProblem, [
    ['https://login.microsoftonline.com/t/federationmetadata.xml?appid=1', undefined],
    ['http://idp.example.com/metadata', /https/],
    ['/etc/metadata.xml', /must be a URL/],
  ])
})

describe('proxy', () => {
  check(proxyProblem, [
    ['http://proxy.example.com:3128', undefined],
    ['https://10.0.0.5:3129/', undefined],
    ['proxy.example.com:3128', /must be a URL/],
    ['socks5://proxy:1080', /must be a URL/],
    ['http://proxy:3128/path', /alone/],
    ['http://user:pw@proxy:3128', /no password/],
  ])
})

describe('scopes', () => {
  check(scopesProblem, [
    ['openid profile email', undefined],
    ['email openid', undefined],
    ['openid profile', /contain email/],
    ['profile', /openid and email/],
    ['openid,email', /blanks/],
    ['openid "email" email', /ASCII/],
  ])
})
