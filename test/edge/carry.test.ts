import { describe, expect, test } from 'vitest'
import { carryOver } from '../../src/edge/carry.ts'
import { describeStock, releases, stock } from '../stock.ts'
import { stockLike } from './samples.ts'

function carry(text: string) {
  return carryOver(text, 'Caddyfile')
}

function texts(text: string): readonly string[] {
  return carry(text).parts.map((part) => part.text)
}

describeStock('the stock files', () => {
  test.each(releases)('of %s hold nothing to carry', (release) => {
    const text = stock(release, 'Caddyfile')
    for (const variant of [text, text.replaceAll('\n', '\r\n'), text.replaceAll('http://', '')])
      expect(carry(variant)).toEqual({ parts: [], notCarried: [] })
  })
})

test('a file like the stock one holds nothing to carry, without some of its routes neither', () => {
  expect(carry(stockLike())).toEqual({ parts: [], notCarried: [] })
  const without = stockLike().replace(/ {2}handle \/register \{[^}]*\}\n/, '')
  expect(without).not.toContain('/register')
  expect(carry(without)).toEqual({ parts: [], notCarried: [] })
})

describe("the admin's directives", () => {
  test('are kept as text, with their comments, in their order', () => {
    const own = ['  # ours, ask Ada', '  handle /custom* {', '    respond `a', '   b`', '  } # end']
    const parts = carry(stockLike({ site: [...own, '', '  respond /health 200'].join('\n') })).parts
    expect(parts).toMatchObject([
      { place: 'site', text: own.join('\n') },
      { place: 'site', text: '  respond /health 200' },
    ])
    expect(parts[0]?.order).toBeLessThan(parts[1]?.order ?? 0)
  })

  test('outside of the site and in the global options as well', () => {
    const before =
      '(common) {\n  encode gzip\n}\n{\n  debug\n  servers {\n    protocols h1 h2\n  }\n}\n'
    const after = 'other.example.com {\n  import common\n}\nimport sites/*\n'
    const { parts, notCarried } = carry(stockLike({ before, after, site: '  import common' }))
    expect(notCarried).toEqual([])
    expect(parts.map(({ place, text }) => [place, text])).toEqual([
      ['outside', '(common) {\n  encode gzip\n}'],
      ['global', '  debug'],
      ['global', '\tservers {\n    protocols h1 h2\n\t}'],
      ['site', '  import common'],
      ['outside', 'other.example.com {\n  import common\n}'],
      ['outside', 'import sites/*'],
    ])
  })

  test('the same one twice is two parts', () => {
    const { parts } = carry(stockLike({ site: '  header +X a\n  header +X a' }))
    expect(parts.map(({ copy }) => copy)).toEqual([undefined, 1])
  })
})

describe('additions inside a stock route', () => {
  test('go inside ours', () => {
    const text = stockLike()
      .replace('flush_interval -1', 'flush_interval -1\n      header_up X-A b')
      .replace(
        'handle_path /api* {',
        'handle_path /api* {\n    request_body {\n      max_size 9MB\n    }',
      )
      .replace('http://ui:3000', 'http://ui:3000 {\n    header_down -Via\n  }')
    expect(carry(text)).toMatchObject({
      notCarried: [],
      parts: [
        { within: { route: 'handle_path /api*', inside: 'route' } },
        { within: { route: 'handle /mcp*', inside: 'proxy' }, text: '      header_up X-A b' },
        { within: { route: 'reverse_proxy', inside: 'proxy' }, text: '    header_down -Via' },
      ],
    })
  })

  test('what is more than an addition is reported with its line', () => {
    const text = stockLike().replace('http://api:8000', 'http://api-blue:8000')
    expect(carry(text)).toMatchObject({
      parts: [],
      notCarried: [
        {
          where: { file: 'Caddyfile', line: 9 },
          text: expect.stringContaining('api-blue'),
          why: expect.stringContaining('stock route'),
        },
      ],
    })
  })

  test('the route to the object store is not opened again', () => {
    const inside = stockLike().replace(
      'header_up -Server',
      'header_up -Server\n      header_up X-A b',
    )
    expect(carry(inside)).toMatchObject({ parts: [], notCarried: [{ where: { line: 3 } }] })
    const beside = stockLike({ site: '  handle /s3/backup/* {\n    reverse_proxy minio:9000\n  }' })
    expect(carry(beside)).toMatchObject({
      parts: [],
      notCarried: [{ why: expect.stringContaining('signed downloads') }],
    })
  })
})

describe('the site of the domain', () => {
  test('is the one with the stock routes, whatever it is called', () => {
    const renamed = stockLike({ site: '  encode gzip' }).replace('{$BASE_DOMAIN}', 'a.example.com')
    expect(carry(renamed)).toMatchObject({
      parts: [{ place: 'site', text: '  encode gzip' }],
      notCarried: [{ text: 'a.example.com', where: { line: 1 } }],
    })
    const listed = stockLike().replace('{$BASE_DOMAIN}', '{$BASE_DOMAIN}, www.example.com')
    expect(carry(listed)).toMatchObject({ notCarried: [{ text: 'www.example.com' }] })
    expect(
      texts(stockLike().replace('{$BASE_DOMAIN}', 'https://{$BASE_DOMAIN:localhost}')),
    ).toEqual([])
  })

  test('may stand without braces', () => {
    expect(
      texts('{$BASE_DOMAIN}\nbind {$ADDRESS}\nencode gzip\nreverse_proxy http://ui:3000\n'),
    ).toEqual(['encode gzip'])
  })

  test("an admin's own redirect to HTTPS would loop, and Caddy has one", () => {
    const after = 'http://{$BASE_DOMAIN} {\n  redir https://{host}{uri}\n}\n'
    expect(carry(stockLike({ after }))).toMatchObject({
      parts: [],
      notCarried: [{ why: expect.stringContaining('redirects') }],
    })
  })
})

describe('a second site with the name of the domain, which Caddy takes once', () => {
  const own = [
    '  encode gzip',
    '  handle /custom* {',
    '    respond 200',
    '  }',
    '  tls me@example.com',
  ]
  const all = ['  reverse_proxy localhost:80', '  respond * 404', '  redir https://example.org']
  const named = (address: string, lines: readonly string[]) =>
    carryOver(stockLike({ after: `${address} {\n${lines.join('\n')}\n}\n` }), 'Caddyfile', {
      domain: 'tracecat.example.com',
    })

  test.each([
    'tracecat.example.com',
    'https://tracecat.example.com',
    'Tracecat.example.com:443',
  ])('%s: what it says goes into ours', (address) => {
    const { parts, notCarried } = named(address, own)
    expect(parts.map(({ place }) => place)).toEqual(['site', 'site', 'site'])
    expect(parts.map(({ text }) => text).join('\n')).toBe(own.join('\n'))
    expect(notCarried).toEqual([])
  })

  test('but what answers every request there would stand in the way of Tracecat', () => {
    const { parts, notCarried } = named('tracecat.example.com, www.example.com', all)
    expect(parts).toEqual([])
    expect(notCarried.map(({ text }) => text.trim())).toEqual([
      'www.example.com',
      ...all.map((line) => line.trim()),
    ])
  })

  test('sites of other names and ports stay sites', () => {
    for (const address of ['tracecat.example.com:8443', 'other.example.com'])
      expect(named(address, all).parts).toMatchObject([{ place: 'outside' }])
  })
})

test("a file that cannot be read is the admin's mistake, with its line", () => {
  const text = `${stockLike()}\nb.example.com {\n`
  const line = text.split('\n').indexOf('b.example.com {') + 1
  expect(() => carry(text)).toThrow(
    expect.objectContaining({ kind: 'badInput', where: { file: 'Caddyfile', line } }),
  )
})
