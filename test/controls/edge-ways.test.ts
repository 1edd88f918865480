import { describe, expect, test } from 'vitest'
import type { Case } from '../../src/controls/control.ts'
import { controls } from '../../src/controls/registry.ts'
import { caseOf, hardened, look, type Parts } from './case.ts'

/** Ways around a rule of ours, and rules of the admin's that are as good: judged by where a request goes. */

const path = 'caddy/Caddyfile'

function controlOf(id: string) {
  const found = controls.find(({ meta }) => meta.id === id)
  if (found === undefined) throw new Error(`there is no control ${id}`)
  return found
}

/** The hardened install with a change in its Caddyfile, which must hit. */
function changed(change: (text: string) => string, parts: Parts = {}): Case {
  const c = hardened(parts)
  const file = c.install.files.get(path)
  if (file === undefined) throw new Error('init wrote no Caddyfile')
  const text = change(file.text)
  if (text === file.text) throw new Error('the change does not hit')
  return {
    ...c,
    install: { ...c.install, files: new Map([...c.install.files, [path, { ...file, text }]]) },
  }
}

const instead = (from: string | RegExp, to: string) => (text: string) =>
  text.replace(from, () => to)
const inSite = (lines: string) => instead(/\n[^\s{}]+ \{\n/, `\ntracecat.example.com {\n${lines}\n`)
const site = (lines: string) => (text: string) => `${text}\nfiles.example.com {\n${lines}\n}\n`
const option = (lines: string) => instead('\temail', `${lines}\n\temail`)
const withoutStrip = instead(
  /\trequest_header -X-Tracecat-Role-\*\n\trequest_header -X-Tracecat-Service-Key\n/,
  '',
)
const strip = 'request_header -X-Tracecat-Role-*\nrequest_header -X-Tracecat-Service-Key'
const toApi = `${strip}\nreverse_proxy api:8000`
const byHand = `@no_sign_up path_regexp (?i)auth/register\nrespond @no_sign_up 403\n${toApi}`
const proxyWith = (header: string) =>
  `handle_path /foo/* {\nreverse_proxy api:8000 {\nheader_up ${header}\n}\n}`
const inApi = (header: string) =>
  instead(/(?<=header_up X-Forwarded-Host \{host\}\n)/, `header_up ${header}\n`)
const guard = /\thandle @harden_sign_up \{\n\t\trespond 403\n\t\}/
const guardMatcher = '@harden_sign_up {'

const open: readonly (readonly [string, string, (text: string) => string])[] = [
  ['minio-route', 'a site of its own', site('reverse_proxy minio:9000')],
  ['temporal-exposed', 'a site of its own', site('reverse_proxy temporal_ui:8080')],
  ['minio-route', 'its console', site('reverse_proxy minio:9001')],
  ['minio-route', 'the address in a block', site('reverse_proxy {\nto http://minio:9000\n}')],
  ['minio-route', 'any case', site('reverse_proxy HTTP://MINIO:9000')],
  ['minio-route', 'a variable', site('reverse_proxy {$STORE:minio:9000}')],
  ['minio-route', 'found by name', site('reverse_proxy {\ndynamic a minio 9000\n}')],
  [
    'minio-route',
    'a snippet with an argument',
    (text) => `(to) {\nreverse_proxy {args[0]}\n}\n${site('import to minio:9000')(text)}`,
  ],
  [
    'minio-route',
    'a route before ours',
    inSite('handle /s3/tracecat-registry/* {\nuri strip_prefix /s3\nreverse_proxy minio:9000\n}'),
  ],
  ['minio-route', 'rules turned around', site('@up not method GET\nreverse_proxy @up minio:9000')],
  ['minio-route', 'no signature', instead(/\t\texpression .*\n/, '')],
  ['minio-route', 'any bucket', instead(/\t\tpath \/s3\/tracecat-agent.*\n/, '\t\tpath /s3/*\n')],
  ['internal-headers', 'a site of its own', site('reverse_proxy api:8000')],
  [
    'internal-headers',
    'taken off elsewhere only',
    (text) => instead('handle /mcp* {', `handle /mcp* {\n${strip}`)(withoutStrip(text)),
  ],
  [
    'internal-headers',
    'taken off on some paths only',
    instead(
      'request_header -X-Tracecat-Service-Key',
      'request_header /ui* -X-Tracecat-Service-Key',
    ),
  ],
  [
    'internal-headers',
    'put on by Caddy',
    inSite(
      'handle /b* {\nreverse_proxy api:8000 {\nheader_up X-Tracecat-Service-Key {header.X}\n}\n}',
    ),
  ],
  ['open-sign-up', 'a site of its own', site(`${strip}\nreverse_proxy api:8000`)],
  ['open-sign-up', 'respond beside handle_path', instead(guard, '\trespond @harden_sign_up 403')],
  ['open-sign-up', 'another method only', instead(guardMatcher, `${guardMatcher}\n\t\tmethod GET`)],
  [
    'open-sign-up',
    'but for everybody',
    instead(guardMatcher, `${guardMatcher}\n\t\tnot remote_ip 0.0.0.0/0 ::/0`),
  ],
  [
    'open-sign-up',
    'a route before ours',
    inSite('handle /api/auth/* {\nuri strip_prefix /api\nreverse_proxy api:8000\n}'),
  ],
  [
    'open-sign-up',
    'directives in another order',
    (text) =>
      inSite('route /api/* {\nuri strip_prefix /api\nreverse_proxy api:8000\n}')(
        option('\torder route before handle')(text),
      ),
  ],
  ['open-sign-up', 'another prefix', inSite(`handle_path /foo/* {\n${toApi}\n}`)],
  ['open-sign-up', 'a prefix that ends in letters', inSite(`handle_path /foo* {\n${toApi}\n}`)],
  [
    'open-sign-up',
    'a prefix in a prefix',
    inSite(`handle_path /a/* {\nhandle_path /b/* {\n${toApi}\n}\n}`),
  ],
  [
    'open-sign-up',
    'a prefix that is cut by hand',
    inSite(`@foo path_regexp ^/foo\nhandle @foo {\nuri strip_prefix /foo\n${toApi}\n}`),
  ],
  [
    'open-sign-up',
    'a prefix that is replaced',
    inSite(`handle /foo/* {\nuri replace /foo ""\n${toApi}\n}`),
  ],
  ['open-sign-up', 'another prefix in another site', site(`handle_path /foo/* {\n${toApi}\n}`)],
  ['open-sign-up', 'another name', inSite(`handle /join {\nrewrite * /auth/register\n${toApi}\n}`)],
  ['open-sign-up', 'no matcher', inSite(`handle /join {\nrewrite /auth/register\n${toApi}\n}`)],
  [
    'open-sign-up',
    'another name, by the proxy',
    inSite('handle /join {\nreverse_proxy api:8000 {\nrewrite /auth/register\n}\n}'),
  ],
  [
    'open-sign-up',
    'the prefix of the api put before it',
    inSite(`handle /auth/* {\nrewrite * /api{uri}\n${toApi}\n}`),
  ],
  [
    'open-sign-up',
    'the first rewrite counts',
    inSite(`route /join {\nrewrite /join /auth/register\nrewrite * /x\n${toApi}\n}`),
  ],
  [
    'client-address',
    'everybody is a proxy',
    option('\tservers {\n\t\ttrusted_proxies static 0.0.0.0/0\n\t}'),
  ],
  [
    'client-address',
    'half of IPv6 is a proxy',
    option('\tservers {\n\t\ttrusted_proxies static fc00::/6\n\t}'),
  ],
  ['client-address', "the caller's own header", inApi('X-Forwarded-For {header.X-Forwarded-For}')],
  ['client-address', 'one more header', inSite(proxyWith('+X-Forwarded-For {header.X-Real-IP}'))],
  ['admin-endpoint', 'every address', option('\tadmin 0.0.0.0:2019')],
  ['admin-endpoint', 'every address, in short', option('\tadmin :2019')],
  [
    'tls',
    'a scheme in capitals',
    instead('tracecat.example.com {', 'HTTP://tracecat.example.com {'),
  ],
  [
    'tls',
    'a server that is looked up',
    (text) => `${text}\n:8081 {\nreverse_proxy {\ndynamic a {\nname api\nport 8000\n}\n}\n}\n`,
  ],
  [
    'tls',
    'another port for plain HTTP',
    (text) =>
      instead(
        'tracecat.example.com {',
        'tracecat.example.com:8080 {',
      )(option('\thttp_port 8080')(text)),
  ],
]

const closed: readonly (readonly [string, string, (text: string) => string])[] = [
  [
    'internal-headers',
    'one pattern for both',
    (text) => inSite('request_header -X-Tracecat-*')(withoutStrip(text)),
  ],
  [
    'internal-headers',
    'in a snippet',
    (text) => `(strip) {\n${strip}\n}\n${inSite('import strip')(withoutStrip(text))}`,
  ],
  [
    'internal-headers',
    'by the proxy',
    (text) =>
      instead(
        'reverse_proxy http://api:8000 {',
        'reverse_proxy http://api:8000 {\nheader_up -X-Tracecat-Role-*\nheader_up -X-Tracecat-Service-Key',
      )(withoutStrip(text)),
  ],
  [
    'temporal-exposed',
    'a password before it',
    site('basic_auth {\nbob x\n}\nreverse_proxy temporal_ui:8080'),
  ],
  ['open-sign-up', 'aborted', instead(guard, '\thandle @harden_sign_up {\n\t\tabort\n\t}')],
  ['open-sign-up', 'a password before all', site('basic_auth {\nbob x\n}\nreverse_proxy api:8000')],
  [
    'open-sign-up',
    'private networks only',
    instead(guardMatcher, `${guardMatcher}\n\t\tnot remote_ip private_ranges`),
  ],
  ['open-sign-up', 'as the remedy says', inSite(`handle_path /foo/* {\n${byHand}\n}`)],
  [
    'open-sign-up',
    'as the remedy says, by another name',
    inSite(`handle /join {\nrewrite * /auth/register\n${byHand}\n}`),
  ],
  ['open-sign-up', 'as the remedy says, in a site', site(byHand)],
  [
    'open-sign-up',
    'a webhook by another name',
    inSite(`handle /hook {\nrewrite * /webhooks/wf-1/key\n${toApi}\n}`),
  ],
  [
    'open-sign-up',
    'webhooks by another name',
    inSite(`handle /hooks/* {\nuri strip_prefix /hooks\nrewrite * /webhooks{uri}\n${toApi}\n}`),
  ],
  [
    'open-sign-up',
    'another prefix for who has a password',
    inSite(`handle_path /foo/* {\nbasic_auth {\nbob x\n}\n${toApi}\n}`),
  ],
  ['open-sign-up', 'reading alone', inSite(`handle_path /foo/* {\nmethod GET\n${toApi}\n}`)],
  ...['-utm_source', 'utm_source x', '+a b', 'a>b', '{\na b\n}'].map(
    (change) =>
      ['open-sign-up', `a changed query: ${change}`, inSite(`uri query ${change}`)] as const,
  ),
  ['minio-route', 'a server elsewhere', site('reverse_proxy 203.0.113.5:9000')],
  [
    'tls',
    'a server of your own network',
    (text) => `${text}\nhttp://:8081 {\nreverse_proxy 10.0.0.5:3000\n}\n`,
  ],
  ['minio-route', 'this container alone', site('bind 127.0.0.1\nreverse_proxy minio:9000')],
  ['minio-route', 'this container alone, by IPv6', site('bind ::1\nreverse_proxy minio:9000')],
  [
    'minio-route',
    'signed downloads of a bucket',
    site(
      '@get {\nmethod GET\npath /tracecat-registry/*\nquery X-Amz-Signature=*\n}\nreverse_proxy @get minio:9000',
    ),
  ],
  [
    'tls',
    'a redirect',
    (text) => `${text}\nhttp://old.example.com {\nredir https://example.com\n}\n`,
  ],
  ['tls', 'a fixed answer', (text) => `${text}\n:8081 {\n@up path /up\nrespond @up 200\n}\n`],
  [
    'client-address',
    'the address of the connection, set last',
    inSite(proxyWith('+X-Forwarded-For {header.X-Real-IP}\nheader_up X-Forwarded-For {remote}')),
  ],
  ['admin-endpoint', 'off', option('\tadmin off')],
  ['admin-endpoint', 'a socket', option('\tadmin unix//run/caddy.sock')],
  ['admin-endpoint', 'another port', option('\tadmin 127.0.0.1:2020')],
  ['admin-endpoint', 'other origins', option('\tadmin {\norigins localhost\n}')],
  [
    'client-address',
    'a private network',
    option('\tservers {\n\t\ttrusted_proxies static 10.0.0.0/8 fd00::/16\n\t}'),
  ],
  [
    'client-address',
    'all private networks',
    option('\tservers {\n\t\ttrusted_proxies static 10.0.0.0/8 fd00::/8 fc00::/7\n\t}'),
  ],
]

const undecided: readonly (readonly [string, string, (text: string) => string])[] = [
  ['minio-route', 'a file of sites', (text) => `${text}\nimport sites/*.caddy\n`],
  ['open-sign-up', 'a file of rules', site('import rules.caddy\nreverse_proxy api:8000')],
  ['tls', 'a file of sites', (text) => `${text}\nimport sites/*.caddy\n`],
  [
    'open-sign-up',
    'another program',
    site('forward_auth auth:9 {\nuri /\n}\nreverse_proxy api:8000'),
  ],
  ['minio-route', 'a placeholder', site('reverse_proxy {env.STORE}:9000')],
  ['internal-headers', 'a name without one', site('reverse_proxy {\ndynamic a\n}')],
  ['open-sign-up', 'an address that may be a container', site('reverse_proxy 172.18.0.5:9000')],
  ['minio-route', 'one of IPv6', site('reverse_proxy [fd00::5]:9000')],
  ['open-sign-up', 'a port of this host', site('reverse_proxy host.docker.internal:8000')],
  [
    'open-sign-up',
    'a path that is changed',
    inSite(`handle /foo/* {\nuri path_regexp ^/foo /bar\n${toApi}\n}`),
  ],
  [
    'open-sign-up',
    'a path of a placeholder',
    inSite(`handle /foo/* {\nrewrite * {vars.path}\n${toApi}\n}`),
  ],
  ['client-address', 'a variable', inSite(proxyWith('X-Forwarded-For {vars.caller}'))],
  ['admin-endpoint', 'a placeholder', option('\tadmin {env.ADMIN}')],
  ['admin-endpoint', 'a file of options', (text) => `${text}\nimport more.caddy\n`],
  ['open-sign-up', 'an expression', site('@in `remote_host() == "x"`\nreverse_proxy @in api:8000')],
]

describe('around a rule', () => {
  test.each(open)('%s: %s', (id, _, change) => {
    expect(look(controlOf(id), hardened()).open).toEqual([])
    const c = changed(change)
    const { open: found } = look(controlOf(id), c)
    expect(found.length).toBeGreaterThan(0)
    for (const { where } of found) {
      expect(where?.file).toBe(path)
      const line = c.install.files.get(path)?.text.split('\n')[(where?.line ?? 0) - 1]
      expect(line).toMatch(
        /reverse_proxy|import|trusted_proxies|header_up|admin |example\.com|^:8081/,
      )
    }
  })
})

describe('as good as a rule', () => {
  test.each(closed)('%s: %s', (id, _, change) => {
    const { open: found, kind } = look(controlOf(id), changed(change))
    expect(found).toEqual([])
    expect(kind).not.toBe('skipped')
  })
})

describe('not decided', () => {
  test.each(undecided)('%s: %s', (id, _, change) => {
    expect(look(controlOf(id), changed(change)).kind).toBe('skipped')
  })

  test('what an import outside of the sites cannot guard stays open', () => {
    const c = changed((text) => `${site('reverse_proxy minio:9000')(text)}\nimport sites/*.caddy\n`)
    expect(look(controlOf('minio-route'), c).kind).toBe('open')
  })

  test('caddy reads another file than the mounted one', () => {
    const override = 'services: { caddy: { command: [caddy, run, --config, /etc/other] } }\n'
    const verdict = controlOf('tls').inspect(caseOf({ override }))
    expect(verdict).toMatchObject({ kind: 'skipped', why: expect.stringContaining('/etc/other') })
  })
})

describe('how caddy is started', () => {
  const startedAs = (command: string) =>
    caseOf({ override: `services: { caddy: { command: "${command}" } }\n` })

  test.each([
    'caddy reverse-proxy --from :80 --to ui:3000',
    '/usr/bin/caddy file-server',
    'caddy respond x',
  ])('%s reads no Caddyfile', (command) => {
    for (const id of ['tls', 'open-sign-up', 'minio-route', 'internal-headers'])
      expect(controlOf(id).inspect(startedAs(command))).toMatchObject({
        kind: 'skipped',
        why: expect.stringContaining('reads no Caddyfile'),
      })
  })

  test('caddy run reads it', () => {
    const c = startedAs('caddy run --config /etc/caddy/Caddyfile --adapter caddyfile')
    expect(controlOf('tls').inspect(c).kind).toBe('open')
  })
})

test('a fixed address of a container is that service', () => {
  const override = 'services: { api: { networks: { core: { ipv4_address: 172.18.0.5 } } } }\n'
  const c = changed(site('reverse_proxy 172.18.0.5:8000'), { override })
  expect(look(controlOf('open-sign-up'), c).kind).toBe('open')
})

describe('the session cookie', () => {
  const parts = { release: '1.0.0-beta.50' }
  const ours = /\theader \{\n[\s\S]*?\n\t\}\n/
  const sessionCookie = controlOf('session-cookie')

  test('is Secure after init', () => {
    expect(look(sessionCookie, hardened(parts)).kind).toBe('pass')
  })

  test.each([
    ['not deferred', '\theader Set-Cookie (.*) "$1; Secure"\n'],
    ['on the way to the api alone', '\theader /api* >Set-Cookie (.*) "$1; Secure"\n'],
  ])('is not: %s', (_, rule) => {
    expect(look(sessionCookie, changed(instead(ours, rule), parts)).kind).toBe('open')
  })

  test('a > defers, too', () => {
    const rule = '\theader >Set-Cookie (.*) "$1; Secure"\n'
    expect(look(sessionCookie, changed(instead(ours, rule), parts)).kind).toBe('pass')
  })
})

describe('more than anybody writes is not decided, and soon', () => {
  const times = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index)).join('')

  test.each([
    ['directives', times(30_000, (index) => `handle /a${index} {\n}\n`)],
    ['blocks in blocks', `${times(9000, () => 'handle {\n')}${times(9000, () => '}\n')}`],
    [
      'rules that cannot be told',
      times(
        300,
        (index) => `@m${index} expression {x} == 1\nhandle @m${index} {\nuri replace a b\n}\n`,
      ),
    ],
    [
      'ways',
      times(
        12,
        (index) => `@m${index} expression {x} == 1\nroute @m${index} {\nuri replace a b\n}\n`,
      ),
    ],
  ])('%s', (_, lines) => {
    const start = performance.now()
    const c = changed(site(`${lines}reverse_proxy minio:9000`))
    expect(look(controlOf('minio-route'), c).kind).toBe('skipped')
    expect(performance.now() - start).toBeLessThan(5000)
  })
})
