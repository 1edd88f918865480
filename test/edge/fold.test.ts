import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldEdge } from '../../src/edge/fold.ts'
import type { CarriedPart, EdgePart } from '../../src/edge/parts.ts'
import { renderCaddyfile } from '../../src/edge/render.ts'
import { modes, newest, sessionCookie, signUp, site, trusted } from './samples.ts'

function carried(place: CarriedPart['place'], text: string, order = 0): CarriedPart {
  return { part: 'carried', place, text, order }
}

describe('folding', () => {
  const parts: readonly EdgePart[] = [
    site(modes['load-balancer']),
    ...newest,
    { part: 'routes', upstreams: ['api'] },
    { part: 'strip-headers', names: ['X-Other'] },
    sessionCookie,
    signUp('192.0.2.0/24', '10.1.0.0/16'),
    trusted('10.0.0.0/8'),
    trusted('172.16.0.0/12', '10.0.0.0/8'),
    carried('global', '\tdebug', 3),
    carried('global', '\tservers {\n\t\tprotocols h1 h2\n\t}', 2),
    carried('outside', '(snippet) {\n\trespond a\n}', 1),
    carried('outside', 'other.example.com {\n\timport snippet\n}', 2),
    carried('site', '\thandle /a* {\n\t\trespond a\n\t}', 7),
    carried('site', '\thandle /b* {\n\t\trespond b\n\t}', 4),
    carried('site', '\trespond /c c', 4),
    {
      ...carried('site', '\t\t\theader_up X-A b'),
      within: { route: 'handle_path /api*', inside: 'proxy' },
    },
  ]

  test('gives the same bytes in every order of the parts, and for doubled parts', () => {
    const bytes = renderCaddyfile(foldEdge(parts))
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...parts], { minLength: parts.length }),
        fc.subarray([...parts]),
        (shuffled, again) => {
          expect(renderCaddyfile(foldEdge([...shuffled, ...again]))).toBe(bytes)
        },
      ),
    )
  })

  test('refuses two sites, and none', () => {
    expect(() => foldEdge([site(modes.internal), site(modes.automatic)])).toThrow(/two different/)
    expect(() => foldEdge(newest)).toThrow(/no site/)
  })

  test('the same text from two files counts once; twice in one file, twice', () => {
    const text = '\theader +X-A b'
    const { site: once } = foldEdge([
      site(modes.internal),
      carried('site', text, 5),
      carried('site', text, -3),
    ]).carried
    expect(once.map((part) => part.text)).toEqual([text])
    const twice = foldEdge([
      site(modes.internal),
      carried('site', text, 5),
      { ...carried('site', text, 9), copy: 1 },
    ]).carried
    expect(twice.site.map((part) => part.text)).toEqual([text, text])
  })
})

describe('global options of the admin', () => {
  function fold(mode: keyof typeof modes, text: string, ...more: EdgePart[]) {
    return foldEdge([site(modes[mode]), carried('global', text), ...more])
  }

  test.each([
    ['automatic', '\temail other@example.com', 'acmeEmail'],
    ['automatic', '\tlocal_certs', 'tls'],
    ['certificate', '\tauto_https off', 'tls'],
    ['internal', '\tskip_install_trust', 'already'],
    ['internal', '\thttp_port 8080', 'publishes'],
    ['load-balancer', '\tadmin :2019', 'without a password'],
    ['load-balancer', '\tadmin 0.0.0.0:2019', 'without a password'],
  ] as const)('%s: %s gives way', (mode, text, why) => {
    const model = fold(mode, text)
    expect(model.carried.global).toEqual([])
    expect(model.leftOut).toEqual([{ text, why: expect.stringContaining(why) }])
  })

  test.each([
    ['certificate', '\temail other@example.com'],
    ['load-balancer', '\tauto_https off'],
    ['automatic', '\tadmin off'],
    ['automatic', '\tadmin localhost:2020'],
    ['automatic', '\torder cache before rewrite'],
  ] as const)('%s: %s is kept', (mode, text) => {
    const model = fold(mode, text)
    expect(model.carried.global).toEqual([text])
    expect(model.leftOut).toEqual([])
  })

  test('"servers" becomes one block with ours, the trust stays ours', () => {
    const model = fold(
      'load-balancer',
      '\tservers {\n\t\tprotocols h1 h2\n\t}',
      carried('global', '\tservers {\n\t\ttrusted_proxies static 0.0.0.0/0\n\t}', 1),
      trusted('10.0.0.0/8'),
    )
    const text = renderCaddyfile(model)
    expect(text.match(/servers \{/g)).toHaveLength(1)
    expect(text).toContain('\t\tprotocols h1 h2')
    expect(text).not.toContain('0.0.0.0/0')
    expect(model.leftOut).toHaveLength(1)
  })

  test('"servers" with an address would hide the trusted proxies', () => {
    const text = '\tservers :80 {\n\t\tprotocols h1\n\t}'
    expect(() => fold('load-balancer', text, trusted('10.0.0.0/8'))).toThrow(/servers :80/)
    expect(fold('load-balancer', text).carried.global).toEqual([text])
  })
})

describe('the site of the admin', () => {
  test('whose certificate it is, the answers say; a tls block is kept where we end TLS', () => {
    const block = carried('site', '\ttls {\n\t\tprotocols tls1.3\n\t}')
    const pair = carried('site', '\ttls /a.crt /a.key', 1)
    const model = foldEdge([site(modes.automatic), block, pair])
    expect(model.carried.site.map((part) => part.text)).toEqual([block.text])
    expect(model.leftOut).toMatchObject([{ text: pair.text }])
    expect(() => foldEdge([site(modes['load-balancer']), block])).toThrow(/load balancer ends TLS/)
  })

  test('an addition to a route that the release has not got is reported', () => {
    const part: CarriedPart = {
      ...carried('site', '\t\trequest_body {\n\t\t\tmax_size 1MB\n\t\t}'),
      within: { route: 'handle /mcp*', inside: 'route' },
    }
    const old = foldEdge([site(modes.internal), { part: 'routes', upstreams: ['ui', 'api'] }, part])
    expect(old.leftOut).toMatchObject([{ text: part.text }])
    expect(renderCaddyfile(old)).not.toContain('max_size')
    expect(renderCaddyfile(foldEdge([site(modes.internal), ...newest, part]))).toContain('max_size')
  })
})

test("a carried site with our site's own name is refused: Caddy would not start", () => {
  const carried = (text: string): EdgePart => ({ part: 'carried', place: 'outside', text })
  const other = carried('a.example.com, tracecat.example.com {\n  respond hi\n}')
  const spelled = carried('https://Tracecat.example.com:443 {\n  respond hi\n}')
  for (const one of [other, spelled])
    expect(() => foldEdge([...newest, site(modes.internal), one])).toThrow(
      expect.objectContaining({
        kind: 'badInput',
        message: expect.stringContaining('tracecat.example.com is the answer "domain"'),
      }),
    )
  expect(() => foldEdge([...newest, site(modes['load-balancer']), other])).not.toThrow()
})
