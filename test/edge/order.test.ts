import { describe, expect, test } from 'vitest'
import { addedTo } from '../../src/edge/added.ts'
import { carryOver } from '../../src/edge/carry.ts'
import { foldEdge } from '../../src/edge/fold.ts'
import { expand } from '../../src/edge/follow/expand.ts'
import { follow } from '../../src/edge/follow/follow.ts'
import { pathsOf } from '../../src/edge/follow/probes.ts'
import type { EdgePart } from '../../src/edge/parts.ts'
import { renderCaddyfile } from '../../src/edge/render.ts'
import { parseCaddyfile } from '../../src/install/caddyfile/parse.ts'
import { modes, newest, signUp, site, stockLike } from './samples.ts'

const stock = stockLike()
const atTop = (lines: string) =>
  stock.replace('  bind {$ADDRESS}\n', `  bind {$ADDRESS}\n${lines}\n`)
const atEnd = (lines: string) => stockLike({ site: lines })
const between = (lines: string) => stock.replace('  handle /mcp* {', `${lines}\n  handle /mcp* {`)

const outside =
  '@outside not remote_ip 198.51.100.0/24 127.0.0.1\nhandle @outside {\nrespond 403\n}'
const nobody = '@nobody remote_ip 0.0.0.0/0\nhandle @nobody {\nrespond 403\n}'
const bots = '@bots expression `{query.debug} != ""`\nhandle @bots {\nrespond debug\n}'

function rendered(parts: readonly EdgePart[]): string {
  return renderCaddyfile(foldEdge([site(modes.automatic), ...newest, signUp(), ...parts]))
}

/** What becomes of requests to the first site, by path: an upstream, or Caddy's own answer. */
function answers(text: string, paths?: readonly string[]): ReadonlyMap<string, string> {
  const edge = expand(parseCaddyfile(text, 'Caddyfile'), (one) => one)
  const [first] = edge.sites
  if (first === undefined) throw new Error('there is a site')
  return new Map(
    (paths ?? pathsOf(first)).flatMap((path) =>
      [new Map<string, string[]>(), new Map([['debug', ['1']]])].map((query) => {
        const fates = follow(edge, first, { method: 'GET', path, query })
        const said = fates.map(({ host, request }) => `${host ?? 'answered'} ${request.path}`)
        return [`${path} ${[...query.keys()]}`, said.join()] as const
      }),
    ),
  )
}

const kinds: Readonly<Record<string, string>> = {
  'a guard before all routes': atTop(outside),
  'one that stops everybody': atTop(nobody),
  'one behind all routes': atEnd(nobody),
  'a rule behind all routes': atEnd(bots),
  'a rule between two routes': between(bots),
  'the same path as a stock route, behind it': atEnd('handle /api* {\nreverse_proxy second:9\n}'),
  'the same path as a stock route, before it': atTop('handle /api* {\nreverse_proxy second:9\n}'),
  'a longer path': atEnd('handle /api/hooks/* {\nreverse_proxy hooks:1\n}'),
  'a pattern': between('@old path_regexp ^/(mcp|api)/old\nhandle @old {\nrespond 410\n}'),
  'two paths': atEnd('@two path /mcp/x /token\nhandle @two {\nreverse_proxy other:2\n}'),
  'a guard in a snippet': `(guard) {\n${nobody}\n}\n${atTop('import guard')}`,
}

describe('each request gets the answer that it had', () => {
  test.each(Object.entries(kinds))('%s', (_, text) => {
    const { parts, notCarried } = carryOver(text, 'Caddyfile')
    expect(notCarried).toEqual([])
    const before = answers(text)
    const own = [...before].filter(([path]) => !path.startsWith('/s3'))
    const after = answers(rendered(parts), [
      ...new Set(own.map(([path]) => path.split(' ')[0] ?? '')),
    ])
    expect([...after]).toEqual(own)
  })

  test('a guard of the whole site guards signed downloads, too', () => {
    const { parts } = carryOver(atTop(nobody), 'Caddyfile')
    const edge = expand(parseCaddyfile(rendered(parts), 'Caddyfile'), (one) => one)
    const request = {
      method: 'GET',
      path: '/s3/tracecat-workflow/x',
      query: new Map([['X-Amz-Signature', ['x']]]),
    }
    const [first] = edge.sites
    expect(first && follow(edge, first, request).map(({ host }) => host)).toEqual([undefined])
    const [open] = expand(parseCaddyfile(rendered([]), 'Caddyfile'), (one) => one).sites
    expect(open && follow(edge, open, request).map(({ host }) => host)).toEqual(['minio'])
  })

  test("nothing of the admin's comes before the guard of sign-up", () => {
    const way = 'handle /api/auth/* {\nuri strip_prefix /api\nreverse_proxy api:8000\n}'
    const { parts } = carryOver(atTop(way), 'Caddyfile')
    const said = answers(rendered(parts), ['/api/auth/register'])
    expect([...said.values()].every((one) => one.startsWith('answered'))).toBe(true)
  })

  test('nor one that leads to the object store before the rules for it', () => {
    const way = '@store path /s3/* /files/*\nhandle @store {\nreverse_proxy minio:9000\n}'
    for (const text of [atTop(way), `(store) {\n${way}\n}\n${atTop('import store')}`]) {
      const { parts } = carryOver(text, 'Caddyfile')
      const said = answers(rendered(parts), ['/s3/x', '/files/x'])
      expect([...said.values()].map((one) => one.split(' ')[0])).toEqual([
        ...['answered', 'answered'],
        ...['minio', 'minio'],
      ])
    }
  })
})

describe('a second run', () => {
  test.each(Object.entries(kinds))('writes the same: %s', (_, text) => {
    const first = rendered(carryOver(text, 'Caddyfile').parts)
    const { additions, ourPartsChanged } = addedTo(first, first)
    expect(ourPartsChanged).toBe(false)
    expect(rendered(additions)).toBe(first)
  })

  test('keeps places of routes that the release has no more', () => {
    const parts = carryOver(between(bots), 'Caddyfile').parts
    const old: readonly EdgePart[] = [
      site(modes.automatic),
      { part: 'routes', upstreams: ['ui', 'api'] },
    ]
    const behindMcp = carryOver(
      stock.replace('  handle /token {', `${bots}\n  handle /token {`),
      'f',
    )
    for (const some of [parts, behindMcp.parts]) {
      const first = renderCaddyfile(foldEdge([...old, ...some]))
      const again = renderCaddyfile(foldEdge([...old, ...addedTo(first, first).additions]))
      expect(again).toBe(first)
      expect(first).toContain('@bots')
    }
  })
})

describe('whose a site is', () => {
  const foreign = [
    'other.example.net {\n  handle_path /api* {\n    reverse_proxy backend:5000\n  }\n  file_server\n}',
    ':8088 {\n  handle_path /api* {\n    reverse_proxy localapi:1\n  }\n  respond x\n}',
    'hooks.example.org {\n  handle_path /api* {\n    reverse_proxy api:8000\n  }\n}',
    'grafana.example.org {\n  reverse_proxy grafana:3000\n}',
    'two.example.org {\n  handle_path /api* {\n    reverse_proxy api.example.net:8000\n  }\n  reverse_proxy ui:3001 ui.example.net\n}',
  ]
  const serviceOf = (host: string) => (host.includes('example') ? undefined : host)

  test.each([...foreign.slice(0, 4)])('another one stays whole: %s', (text) => {
    for (const file of [stockLike({ after: text }), stockLike({ before: `${text}\n` })]) {
      const { parts, notCarried } = carryOver(file, 'Caddyfile', { serviceOf })
      expect(notCarried).toEqual([])
      expect(parts.map(({ place, text }) => [place, text])).toEqual([['outside', text]])
    }
  })

  test('a host that is no service of this stack is not its api', () => {
    const { parts } = carryOver(stockLike({ after: foreign[4] ?? '' }), 'Caddyfile', { serviceOf })
    expect(parts.map(({ place }) => place)).toEqual(['outside'])
  })

  test('one that serves the whole of Tracecat under another name is Tracecat', () => {
    const text = 'old.example.org {\n  import app\n}\n'
    const snippet =
      '(app) {\n  handle_path /api* {\n    reverse_proxy api:8000\n  }\n  reverse_proxy ui:3000\n}\n'
    const { notCarried } = carryOver(snippet + text, 'Caddyfile', { domain: 'new.example.org' })
    expect(notCarried.map(({ why }) => why)).toEqual(['the answer "domain" names the site'])
  })
})
