import { describe, expect, test } from 'vitest'
import { metadataProblem } from '../../../src/wizard/provider/metadata.ts'
import { readTags } from '../../../src/wizard/provider/xml.ts'
import { cpuMs } from '../../fuzz/cpu.ts'

/** Self-signed, for idp.example.org, until November 2036. */
const certificate =
  'MIIBiDCCAS+gAwIBAgIUaqJmx/j03WhpGMNwazuvcGtKvqswCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPaWRwLmV4YW1wbGUub3JnMB4XDTI2MTEyMzE3MzEzNVoXDTM2MTEyMDE3MzEzNVowGjEYMBYGA1UEAwwPaWRwLmV4YW1wbGUub3JnMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZmg7x3tARI8LFjf4bgnzE5w2IYaC8K4c/0LsY1qThI0kJP8y6ghKpLWXujkROhXyE3x6AP6zckz0T24AmObAsKNTMFEwHQYDVR0OBBYEFPTTJn0hBB2P8b2geHhwbaT9/HhBMB8GA1UdIwQYMBaAFPTTJn0hBB2P8b2geHhwbaT9/HhBMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgdEq7jnfAgnAizfCA7Ec7rDSoAgQqoXKsNyTgj2UKTsgCIGB1A0Dz+5MN1UFJmWt+UWo9OOhxFiTWffTo4KvWiTLy'
const now = new Date('2026-11-23T16:00:00Z')

const key = (use: string, content = certificate) =>
  `<md:KeyDescriptor${use}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>
  ${content}
  </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`

const service = (location: string) =>
  `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${location}"/>`

function metadata(parts: string, role = 'IDPSSODescriptor'): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- made by a test -->
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.org/">
<md:${role} protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${parts}</md:${role}>
</md:EntityDescriptor>
`
}

const good = metadata(key(' use="signing"') + service('https://idp.example.org/sso?a=1&amp;b=2'))

describe('SAML metadata', () => {
  test.each([
    ['a key for signing', good],
    ['a key for everything', metadata(key('') + service('https://idp.example.org/sso'))],
    [
      'a default namespace',
      good.replaceAll('md:', '').replace('xmlns:md', 'xmlns').replace('xmlns:="', 'xmlns="'),
    ],
    [
      'several entities',
      good
        .replace(
          '<md:EntityDescriptor',
          '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"><md:EntityDescriptor',
        )
        .replace('</md:EntityDescriptor>', '</md:EntityDescriptor></md:EntitiesDescriptor>'),
    ],
  ])('with %s are right', (_, text) => {
    expect(metadataProblem(text, now)).toBeUndefined()
  })

  test.each([
    ['a web page', '<html><body>Sign in</body></html>', 'begins with <html>'],
    ['a page that is no XML', '<!doctype html><p>Sign in<br>', 'DOCTYPE'],
    [
      'a DOCTYPE with an entity',
      good.replace(
        '<md:Entity',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><md:Entity',
      ),
      'DOCTYPE',
    ],
    ['JSON', '{}', 'well-formed'],
    ['nothing', '', 'not XML'],
    ['an unclosed element', good.replace('</md:EntityDescriptor>', ''), 'not closed'],
    [
      'an application',
      metadata(key('') + service('https://idp.example.org/sso'), 'SPSSODescriptor'),
      'identity provider',
    ],
    ['no address', metadata(key('')), 'SingleSignOnService'],
    [
      'an address without TLS',
      metadata(key('') + service('http://idp.example.org/sso')),
      'not https',
    ],
    ['no certificate', metadata(service('https://idp.example.org/sso')), 'no signing certificate'],
    [
      'a key for encryption alone',
      metadata(key(' use="encryption"') + service('https://idp.example.org/sso')),
      'no signing certificate',
    ],
    [
      'a certificate that is none',
      metadata(key('', 'AAAA') + service('https://idp.example.org/sso')),
      'cannot be read',
    ],
    [
      'a certificate only in a comment',
      metadata(`<!-- ${key('')} -->${service('https://idp.example.org/sso')}`),
      'no signing certificate',
    ],
    [
      'another namespace',
      good.replace('urn:oasis:names:tc:SAML:2.0:metadata', 'urn:other'),
      'not with <EntityDescriptor>',
    ],
    ['no entityID', good.replace(/ entityID="[^"]*"/, ''), 'entityID'],
  ])('with %s are refused', (_, text, reason) => {
    expect(metadataProblem(text, now)).toContain(reason)
  })

  test('with an expired certificate are refused', () => {
    expect(metadataProblem(good, new Date('2040-01-01T00:00:00Z'))).toContain('expired on')
  })
})

describe('the reader of XML', () => {
  test('takes references of XML apart, and no others', () => {
    const tags = readTags('<a b="&lt;&amp;&quot;&x;"/>')
    expect(typeof tags === 'string' ? tags : tags[0]?.attributes.get('b')).toBe('<&"&x;')
  })

  test.each([
    '<a></b>',
    '<a/><b/>',
    '<a',
    'text',
    '<a b=c/>',
    '<a>]]></a',
    '</a>',
  ])('refuses %s', (text) => {
    expect(readTags(text)).toBeTypeOf('string')
  })

  test.each([
    ['nested too deep', '<a>'.repeat(16_000), 'nested'],
    ['too many elements', `<r>${'<a/>'.repeat(1_000_000)}</r>`, 'elements'],
    [
      'too many namespaces',
      `<r ${[...Array(300).keys()].map((n) => `xmlns:a${n}="b"`).join(' ')}/>`,
      'namespaces',
    ],
  ])('refuses what is %s, in little memory', (_, text, reason) => {
    const before = process.memoryUsage().heapUsed
    expect(readTags(text)).toContain(reason)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 2 ** 20)
  })

  test('reads many comments in one pass', () => {
    const text = `<r>${'<!-- --> '.repeat(100_000)}</r>`
    const began = cpuMs()
    expect(readTags(text)).toHaveLength(1)
    expect(cpuMs() - began).toBeLessThan(1000)
  })

  test('stays fast on what was made to be slow', () => {
    const started = performance.now()
    readTags(`<a ${'b="" '.repeat(50_000)}`)
    readTags('<'.repeat(200_000))
    readTags(`<a>${'<!--'.repeat(50_000)}`)
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
