import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expand } from '../../src/edge/follow/expand.ts'
import { type Fate, follow } from '../../src/edge/follow/follow.ts'
import { parseCaddyfile } from '../../src/install/caddyfile/parse.ts'
import { hasCaddy, whyNot } from '../install/caddyfile/caddy.ts'
import { ask } from './edge/ask.ts'
import { freePort, startUpstreams, type Upstreams } from './edge/upstreams.ts'

/** What we say of a request, against what Caddy does with it: many sites, many requests. */

const names = ['alpha', 'beta', 'gamma'] as const
const paths = ['/', '/a', '/a/b', '/A/x', '/ab', '/s3/a/b', '/b//c', '/a/b/c?k=v', '/?k=v', '/b?q=']
const methods = ['GET', 'POST']

const pathPattern = fc.constantFrom(
  '/a',
  '/a*',
  '/a/*',
  '/a/b*',
  '/s3/*',
  '/b*',
  '*b',
  '*a*',
  '/A/x',
  '/*',
)
const upstream = fc.constantFrom(...names).map((name) => `{$${name.toUpperCase()}}`)

const matcherPart = fc.oneof(
  fc.array(pathPattern, { minLength: 1, maxLength: 2 }).map((all) => `path ${all.join(' ')}`),
  fc.constantFrom('method GET', 'method POST PUT', 'method GET HEAD'),
  fc.constantFrom(
    'query k=v',
    'query q=*',
    'header X-None yes',
    'header !X-None',
    'not method GET',
  ),
  fc.constantFrom('path_regexp ^/a', 'path_regexp (?i)^/a/', 'path_regexp n b$'),
  fc.constant('expression `{query.k} != "" || {query.q} != ""`'),
  pathPattern.map((pattern) => `not path ${pattern}`),
)
const definition = fc
  .uniqueArray(matcherPart, {
    minLength: 1,
    maxLength: 2,
    // Caddy takes one pattern and one expression in a matcher, and one of two rules for a header.
    selector: (part) => (/^(?:path_regexp|expression|header)/.exec(part) ?? [part])[0],
  })
  .map((parts) => (parts.length === 1 ? (parts[0] ?? '') : `{\n${parts.join('\n')}\n}`))

const matcher = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 3, arbitrary: pathPattern.filter((one) => one.startsWith('/')) },
  { weight: 3, arbitrary: fc.constantFrom('@one', '@two', '@three') },
)

const target = fc.constantFrom('/a', '/a/b', '/b{uri}', '/s3{path}')

const { directives } = fc.letrec<{ directives: readonly string[] }>((tie) => ({
  directives: fc.array(
    fc.oneof(
      { maxDepth: 2, depthSize: 'small' },
      fc.tuple(matcher, upstream).map(([m, to]) => `reverse_proxy ${m} ${to}`),
      fc
        .tuple(matcher, upstream)
        .map(([m, to]) => `reverse_proxy ${m} {\nto ${to}\nheader_up -X-Two*\n}`),
      fc.tuple(matcher, fc.constantFrom(403, 404)).map(([m, code]) => `respond ${m} ${code}`),
      matcher.map((m) => `error ${m} 410`),
      matcher.map((m) => `request_header ${m} -X-One`),
      fc.tuple(matcher, target).map(([m, to]) => `rewrite ${m} ${to}`),
      fc.constantFrom('uri strip_prefix /a', 'uri strip_prefix /s3', 'import common'),
      fc.constantFrom('uri strip_suffix b', 'uri strip_suffix /b', 'uri replace /a /c'),
      fc.constantFrom('uri replace b x 1', 'uri replace / // 2', 'uri replace k q'),
      fc.constantFrom('uri query -k', 'uri query k v', 'uri query +q x', 'uri query k>q'),
      fc.constantFrom('uri query k v w', 'uri query {\nk w\n-q\n}', 'uri /a* query q ""'),
      fc.constantFrom('uri path_regexp ^/z /a', 'uri path_regexp ^/a /c'),
      fc
        .tuple(matcher, tie('directives'))
        .map(([m, inner]) => `handle ${m} {\n${inner.join('\n')}\n}`),
      fc
        .tuple(
          pathPattern.filter((one) => /^\/.*\*$/.test(one)),
          tie('directives'),
        )
        .map(([path, inner]) => `handle_path ${path} {\n${inner.join('\n')}\n}`),
      fc
        .tuple(matcher, tie('directives'))
        .map(([m, inner]) => `route ${m} {\n${inner.join('\n')}\n}`),
    ),
    { minLength: 1, maxLength: 4 },
  ),
}))

const siteBody = fc
  .tuple(definition, definition, definition, directives)
  .map(([one, two, three, rest]) => `@one ${one}\n@two ${two}\n@three ${three}\n${rest.join('\n')}`)

const snippet = '(common) {\nhandle /b* {\nrespond 409\n}\nrequest_header -X-Two\n}\n'
function queryOf(text: string | undefined): ReadonlyMap<string, readonly string[]> {
  const [name = '', value = ''] = text?.split('=') ?? []
  return new Map(text === undefined ? [] : [[name, [value]]])
}

const sites = fc.sample(siteBody, { numRuns: 400, seed: 20 })

describe.skipIf(!hasCaddy)(`requests as Caddy takes them${whyNot}`, () => {
  let upstreams: Upstreams
  let port = 0
  let stop: () => Promise<void>
  let text = ''

  beforeAll(async () => {
    upstreams = await startUpstreams(names)
    port = await freePort()
    text = `{\nadmin off\n}\n${snippet}${sites
      .map((body, index) => `http://site${index}.test:${port} {\n${body}\n}\n`)
      .join('')}${cookieRules
      .map(
        ([rule], index) =>
          `http://cookie${index}.test:${port} {\n${rule}\nreverse_proxy {$ALPHA}\n}\n`,
      )
      .join('')}`
    const folder = mkdtempSync(join(tmpdir(), 'follow-'))
    writeFileSync(join(folder, 'Caddyfile'), text)
    const caddy = spawn(
      'caddy',
      ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: {
          PATH: process.env.PATH ?? '',
          HOME: folder,
          ...Object.fromEntries(
            names.map((name) => [name.toUpperCase(), upstreams.addresses[name]]),
          ),
        },
      },
    )
    let log = ''
    caddy.stderr.on('data', (chunk) => {
      log += String(chunk)
    })
    for (let attempt = 0; ; attempt += 1) {
      if (caddy.exitCode !== null || attempt > 200) throw new Error(log.slice(-3000))
      const answered = await ask({ port, path: '/', host: 'none.test' }).then(
        () => true,
        () => false,
      )
      if (answered) break
      await wait(50)
    }
    stop = async () => {
      const ended = once(caddy, 'exit')
      caddy.kill()
      await ended
      rmSync(folder, { recursive: true, force: true })
    }
  }, 60_000)
  afterAll(async () => {
    await stop?.()
    await upstreams?.close()
  })

  test('every one goes where we say, and carries the headers that we say', async () => {
    let certain = 0
    for (const [index, body] of sites.entries()) {
      const edge = expand(
        parseCaddyfile(`${snippet}site.test {\n${body}\n}\n`, 'Caddyfile'),
        (word) => word.replace(/\{\$([A-Z]+)\}/g, (_, name: string) => name.toLowerCase()),
      )
      const [site] = edge.sites
      if (site === undefined) throw new Error('there is a site')
      expect([...edge.unread, ...site.unread]).toEqual([])
      for (const path of paths) {
        for (const method of methods) {
          const [bare = '', query] = path.split('?')
          const fates = follow(edge, site, {
            method,
            path: bare,
            query: queryOf(query),
          })
          const answer = await ask({
            port,
            path,
            method,
            host: `site${index}.test`,
            headers: { 'X-One': '1', 'X-Two': '2', 'X-Twofold': '3' },
          })
          const seen = answer.seen
          const real = seen === undefined ? 'answered' : `${seen.upstream} ${kept(seen.headers)}`
          const said = new Set(fates.map(textOf))
          // A path that lost its slash is no request to the server behind: it may refuse it.
          const whole = fates.every((fate) => fate.request.path?.startsWith('/') !== false)
          if (fates.length === 0) said.add('answered')
          const story = `${method} ${path} of\n${body}\n`
          if (whole && fates.every((fate) => fate.certain)) {
            certain += 1
            expect([...said], story).toEqual([real])
          } else expect([...said, 'answered'], story).toContain(real)
        }
      }
    }
    // Where nothing is certain, nothing is proved.
    expect(certain).toBeGreaterThan(sites.length * paths.length)
  }, 120_000)

  test.each(cookieRules)('a cookie: %s', async (rule, secured) => {
    const index = cookieRules.findIndex(([one]) => one === rule)
    const { headers } = await ask({
      port,
      path: '/',
      host: `cookie${index}.test`,
      headers: { 'X-Want-Cookies': '["a=b"]' },
    })
    expect(headers['set-cookie']).toEqual([secured ? 'a=b; Secure' : 'a=b'])
    const edge = expand(parseCaddyfile(`a {\n${rule}\nreverse_proxy x\n}\n`, 'C'), (word) => word)
    const [site] = edge.sites
    const fates = site && follow(edge, site, { method: 'GET', path: '/', query: new Map() })
    expect(fates?.map(({ securesCookies }) => securesCookies)).toEqual([secured])
  })
})

/** A rule for Set-Cookie, and whether it is seen in what comes back. */
const cookieRules = [
  ['header >Set-Cookie (.*) "$1; Secure"', true],
  ['header {\nSet-Cookie (.*) "$1; Secure"\ndefer\n}', true],
  ['header Set-Cookie (.*) "$1; Secure"', false],
] as const

const sent = ['x-one', 'x-two', 'x-twofold']

function kept(headers: Readonly<Record<string, unknown>>): string {
  return sent.filter((name) => headers[name] !== undefined).join()
}

function textOf({ host, removed }: Fate): string {
  if (host === undefined) return 'answered'
  const isRemoved = (name: string) =>
    removed.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name))
  return `${host} ${sent.filter((name) => !isRemoved(name)).join()}`
}
