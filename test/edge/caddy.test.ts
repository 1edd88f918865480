import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { carryOver } from '../../src/edge/carry.ts'
import { foldEdge } from '../../src/edge/fold.ts'
import type { EdgePart, TlsMode } from '../../src/edge/parts.ts'
import { renderCaddyfile } from '../../src/edge/render.ts'
import { signUpPath } from '../../src/edge/sign-up-path.ts'
import { adapt, complaints, hasCaddy, whyNot } from '../install/caddyfile/caddy.ts'
import { modes, newest, sessionCookie, signUp, site, stockLike, trusted } from './samples.ts'

const folder = hasCaddy ? mkdtempSync(join(tmpdir(), 'edge-')) : ''
const certificate = join(folder, 'tls.crt')
const key = join(folder, 'tls.key')

beforeAll(() => {
  if (!hasCaddy) return
  const subject = '/CN=tracecat.example.com'
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  execFileSync('openssl', [...words, '-subj', subject, '-keyout', key, '-out', certificate], {
    stdio: 'pipe',
  })
})
afterAll(() => rmSync(folder || join(tmpdir(), 'edge-none'), { recursive: true, force: true }))

const options: Readonly<Record<string, readonly EdgePart[]>> = {
  'an old release': [{ part: 'routes', upstreams: ['ui', 'api'] }],
  'the newest': newest,
  'every rule': [...newest, sessionCookie, signUp('192.0.2.0/24', '2001:db8::/32')],
  'every rule, closed, behind proxies': [
    ...newest,
    sessionCookie,
    signUp(),
    trusted('10.0.0.0/8', 'fd00::/8'),
  ],
  'the networks of sign-up behind proxies': [
    ...newest,
    signUp('10.0.0.0/8'),
    trusted('10.1.0.0/16'),
  ],
}

describe.skipIf(!hasCaddy)(`caddy validate${whyNot}`, () => {
  for (const [mode, sample] of Object.entries(modes)) {
    const tls: TlsMode = mode === 'certificate' ? { mode, certificate, key } : sample
    test.each(Object.entries(options))(`${mode}, %s`, (_what, parts) => {
      expect(complaints(renderCaddyfile(foldEdge([site(tls), ...parts])))).toBe('')
    })
  }

  test.each(['tracecat', 'tracecat.internal', 'soc.local'])('internal: %s', (name) => {
    expect(complaints(renderCaddyfile(foldEdge([site(modes.internal, name), ...newest])))).toBe('')
  })
})

const files: Readonly<Record<string, string>> = {
  'a handle, a named matcher': stockLike({
    site: '  @office remote_ip 192.0.2.0/24\n  handle @office {\n    respond office\n  }\n  handle /custom* {\n    reverse_proxy custom:1\n  }',
  }),
  'route, with order that counts': stockLike({
    site: '  route /r* {\n    header X-A a\n    respond /r/one one\n    header X-A b\n    reverse_proxy /r/two two:2\n  }',
  }),
  heredocs: stockLike({
    site: '  respond /robots.txt <<TXT\n    User-agent: *\n      Disallow: /\n    TXT 200\n  handle /h* {\n    header X-B <<B\n      {handle}\n      B\n    respond <<HTML\n<p># no comment "{"</p>\nHTML\n  }',
  }),
  'proxies, redirects and answers beside the routes': stockLike({
    site: '  reverse_proxy /x other:1\n  redir /old /new 301\n  respond /health 200\n  rewrite /a /b\n  header /c X-C "d e"\n  encode gzip',
  }),
  'handle_path, handle_errors and files': stockLike({
    site: '  handle_path /docs/* {\n    root * /srv/docs\n    file_server browse\n  }\n  handle_errors {\n    respond "{err.status_code} {err.message}"\n  }',
  }),
  'snippets with arguments, imports, an extra site': stockLike({
    before:
      '(guard) {\n  @{args[0]} path {args[1]}\n  handle @{args[0]} {\n    respond 403\n  }\n}\n',
    site: '  import guard secret /secret*\n  import guard other "/other *"',
    after:
      'status.example.com, http://status.example.net {\n  import guard x /x\n  respond ok\n}\n',
  }),
  'a snippet in the global options': stockLike({
    before: '(options) {\n  debug\n}\n{\n  import options\n  grace_period 5s\n}\n',
    site: '  respond /g g',
  }),
  'named routes': stockLike({
    before: '&(shared) {\n  header X-S s\n  respond shared\n}\n',
    site: '  invoke /shared* shared',
  }),
  'global options': stockLike({
    before:
      '{\n  admin off\n  servers {\n    protocols h1 h2\n    timeouts {\n      idle 2m\n    }\n  }\n  servers {\n    max_header_size 16KB\n  }\n  log {\n    output discard\n  }\n}\n',
  }).replace('  servers {\n    max_header_size 16KB\n  }\n', ''),
  'CRLF, escapes, quotes': stockLike({
    site: '  header X-Long `a "b` \\\n    "c \\" \\d"\n  handle "/q*" {\n    respond "x\ny" # with \\ in it\n  }\n\n  handle /z* {\n    respond z\n  }',
  }).replaceAll('\n', '\r\n'),
  'additions in the routes': stockLike()
    .replace('flush_interval -1', 'flush_interval -1\n      header_up X-A b')
    .replace(
      'handle_path /api* {',
      'handle_path /api* {\n    request_body {\n      max_size 9MB\n    }',
    )
    .replace('http://ui:3000', 'http://ui:3000 {\n    header_down -Via\n  }'),
  'without braces':
    '{$BASE_DOMAIN}\nbind {$ADDRESS}\nhandle /only* {\n\trespond "only {path}"\n}\nreverse_proxy http://ui:3000\n',
  'everything inside route':
    '{$BASE_DOMAIN} {\n\troute {\n\t\thandle_path /api* {\n\t\t\treverse_proxy other:1\n\t\t}\n\t\trespond rest\n\t}\n}\n',
  'basic authentication and forward_auth': stockLike({
    site: '  forward_auth /grafana* auth:9 {\n    uri /check\n    copy_headers X-User\n  }\n  handle /grafana* {\n    reverse_proxy grafana:3000 {\n      lb_policy first\n      transport http {\n        dial_timeout 2s\n      }\n    }\n  }\n  log {\n    output stderr\n  }\n  vars /v x {env.HOME}\n  map {host} {backend} {\n    a b\n    default c\n  }',
  }),
}

describe.skipIf(!hasCaddy)(`caddy adapt, before and after${whyNot}`, () => {
  const known = new Set(nodes(adapt(stockLike(), environment()).json))

  test.each(Object.entries(files))('%s', (_what, text) => {
    const before = adapt(text, environment())
    expect(before.error).not.toMatch(/^Error/m)
    const { parts, notCarried } = carryOver(text, 'Caddyfile')
    expect(notCarried).toEqual([])
    const rendered = renderCaddyfile(
      foldEdge([site(modes.automatic), ...newest, signUp('192.0.2.0/24'), ...parts]),
    )
    const after = adapt(rendered, environment())
    expect(after.error).not.toMatch(/^Error/m)
    const unknown = nodes(before.json).filter((node) => !known.has(node))
    expect(unknown.length).toBeGreaterThan(0)
    expect(missing(unknown, nodes(after.json))).toEqual([])
  })

  test('the comparison sees a changed handler and a lost one', () => {
    const text = files['a handle, a named matcher'] ?? ''
    const changed = text.replace('respond office', 'respond home')
    const unknown = nodes(adapt(text, environment()).json).filter((node) => !known.has(node))
    expect(missing(unknown, nodes(adapt(changed, environment()).json))).not.toEqual([])
    expect(missing(unknown, [...known])).not.toEqual([])
  })
})

describe.skipIf(!hasCaddy)(`among many routes of the admin's${whyNot}`, () => {
  test('the guards come before every other handle', () => {
    const many = Array.from({ length: 60 }, (_, index) => {
      const path = `/${'api/auth/register/'.repeat(index % 4)}${'x'.repeat((index * 7) % 23)}*`
      const matcher = index % 3 === 0 ? `@m${index}` : path
      const define = index % 3 === 0 ? `  @m${index} remote_ip 10.0.0.${index}\n` : ''
      return `${define}  handle ${matcher} {\n    respond ${index}\n  }`
    })
    const { parts } = carryOver(stockLike({ site: many.join('\n') }), 'Caddyfile')
    const { json } = adapt(
      renderCaddyfile(foldEdge([site(modes['load-balancer']), ...newest, signUp(), ...parts])),
    )
    const handles = nodes(json).filter((node) => node.endsWith(' holds'))
    expect(handles.length).toBeGreaterThan(60)
    expect(handles[0]).toContain(signUpPath)
    expect(handles[1]).toContain('/s3/tracecat-attachments/*')
    expect(handles[2]).toContain('"/s3","/s3/*"')
  })
})

describe.skipIf(!hasCaddy)(`a file of ours that nobody remembers${whyNot}`, () => {
  test.each(['load-balancer', 'internal'] as const)('is read as any other (%s)', (mode) => {
    const ours = [site(modes[mode]), ...newest, sessionCookie, signUp(), trusted('10.0.0.0/8')]
    const own: EdgePart = { part: 'carried', place: 'site', text: '\trespond /health 200' }
    const { parts } = carryOver(renderCaddyfile(foldEdge([...ours, own])), 'caddy/Caddyfile')
    expect(parts.map(({ text }) => text)).toContain(own.text)
    expect(complaints(renderCaddyfile(foldEdge([...ours, ...parts])))).toBe('')
  })
})

function environment(): Record<string, string> {
  return { BASE_DOMAIN: 'tracecat.example.com', ADDRESS: '0.0.0.0' }
}

/**
 * Every route (matchers and handlers, but for the group's number) and every setting of a server or
 * of the whole, as text. A route that holds others stands for itself and for each of them.
 */
function nodes(json: unknown, path = ''): readonly string[] {
  if (Array.isArray(json)) return json.flatMap((one) => nodes(one, path))
  if (typeof json !== 'object' || json === null) return []
  const own: string[] = []
  for (const [name, value] of Object.entries(json)) {
    if (name === 'routes' && Array.isArray(value)) own.push(...value.flatMap(routeNodes))
    else if (name === 'servers' || name === 'apps' || name === 'http' || /^srv\d/.test(name))
      own.push(...nodes(value, name))
    else if (name !== 'listen')
      own.push(`${/^srv/.test(path) ? 'server' : path} ${name} ${JSON.stringify(value)}`)
  }
  return own
}

function routeNodes(route: {
  match?: unknown
  handle?: { handler: string; routes?: unknown[] }[]
}): readonly string[] {
  return (route.handle ?? []).flatMap((handler) =>
    handler.handler === 'subroute'
      ? [`${JSON.stringify(route.match)} holds`, ...nodes(handler)]
      : [`${JSON.stringify(route.match)} ${JSON.stringify(handler)}`],
  )
}

/** What is not there as often as it was. */
function missing(wanted: readonly string[], there: readonly string[]): readonly string[] {
  const left = [...there]
  return wanted.filter((node) => {
    const index = left.indexOf(node)
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
}
