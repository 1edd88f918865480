import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { carryOver } from '../../src/edge/carry.ts'
import type { EdgePart } from '../../src/edge/parts.ts'
import { newest, sessionCookie, signUp, site, stockLike, trusted } from '../edge/samples.ts'
import { hasCaddy, whyNot } from '../install/caddyfile/caddy.ts'
import { ask, open, type Question } from './edge/ask.ts'
import { type Running, runEdge } from './edge/run-caddy.ts'
import { freePort, startUpstreams, type Upstreams } from './edge/upstreams.ts'

const domain = 'tracecat.internal'
const near = '127.0.0.1'
const far = '127.0.0.9'
let upstreams: Upstreams

beforeAll(async () => {
  upstreams = await startUpstreams(['ui', 'api', 'mcp', 'minio'])
})
afterAll(() => upstreams.close())

/** Starts an edge for the tests of one block. */
function edge(parts: (port: number) => readonly EdgePart[]): {
  ask: typeof ask
  running(): Running
} {
  let running: Running | undefined
  const isRunning = (): Running => {
    if (running === undefined) throw new Error('The edge does not run')
    return running
  }
  beforeAll(async () => {
    running = await runEdge(parts, upstreams)
  })
  afterAll(() => running?.close())
  return { running: isRunning, ask: (question) => ask({ ...question, port: isRunning().http }) }
}

function plain(...more: EdgePart[]): (port: number) => readonly EdgePart[] {
  return (port) => [site({ mode: 'load-balancer', port }), ...newest, ...more]
}

describe.skipIf(!hasCaddy)(`the routes of the newest release${whyNot}`, () => {
  const { ask: get, running } = edge(plain())

  test.each([
    ['/', 'ui', '/'],
    ['/workspaces/x?y=1', 'ui', '/workspaces/x?y=1'],
    ['/auth/oauth/callback', 'ui', '/auth/oauth/callback'],
    ['/auth/saml/acs', 'ui', '/auth/saml/acs'],
    ['/sign-up', 'ui', '/sign-up'],
    ['/.well-known/security.txt', 'ui', '/.well-known/security.txt'],
    ['/registered', 'ui', '/registered'],
    ['/tokens', 'ui', '/tokens'],
    ['/s3-help', 'ui', '/s3-help'],
    ['/api', 'api', '/'],
    ['/api/health', 'api', '/health'],
    ['/api/a%2Fb/c%20d?e=f%2F', 'api', '/a%2Fb/c%20d?e=f%2F'],
    ['/mcp', 'mcp', '/mcp'],
    ['/mcp/x', 'mcp', '/mcp/x'],
    ['/.well-known/oauth-authorization-server', 'mcp', '/.well-known/oauth-authorization-server'],
    [
      '/.well-known/oauth-protected-resource/mcp',
      'mcp',
      '/.well-known/oauth-protected-resource/mcp',
    ],
    ['/authorize?a=b', 'mcp', '/authorize?a=b'],
    ['/token', 'mcp', '/token'],
    ['/register', 'mcp', '/register'],
    ['/consent/x', 'mcp', '/consent/x'],
    ['/auth/callback?code=x', 'mcp', '/auth/callback?code=x'],
  ])('%s goes to %s', async (path, upstream, seenPath) => {
    const { status, seen } = await get({ port: 0, path })
    expect([status, seen?.upstream, seen?.path]).toEqual([200, upstream, seenPath])
  })

  test('a POST of a webhook arrives whole', async () => {
    const path = '/api/webhooks/wf-1/secret'
    const { seen } = await get({ port: 0, path, method: 'POST', body: '{"alert":1}' })
    expect(seen).toMatchObject({
      upstream: 'api',
      method: 'POST',
      path: '/webhooks/wf-1/secret',
      body: '{"alert":1}',
    })
  })

  test('an answer of MCP comes in pieces, as they are sent', async () => {
    const response = await open({ port: running().http, path: '/mcp/stream' })
    const pieces: string[] = []
    for await (const chunk of response) {
      pieces.push(String(chunk))
      upstreams.release()
    }
    expect(pieces).toEqual(['first', 'second'])
  })

  test("upstream's security headers are there once", async () => {
    for (const path of ['/', '/api/x'])
      expect((await get({ port: 0, path })).headers['strict-transport-security']).toBe(
        'max-age=7776000',
      )
  })
})

describe.skipIf(!hasCaddy)(`headers between services${whyNot}`, () => {
  const { ask: get } = edge(plain())

  test.each(['/', '/api/x', '/mcp'])('are taken from outside requests (%s)', async (path) => {
    const headers = {
      'X-Tracecat-Service-Key': 'stolen',
      'x-tracecat-ROLE-user-id': 'x',
      'X-Tracecat-Role-Type': 'service',
      'X-Tracecat-Other': 'kept',
    }
    const names = Object.keys((await get({ port: 0, path, headers })).seen?.headers ?? {})
    expect(names.filter((name) => name.startsWith('x-tracecat'))).toEqual(['x-tracecat-other'])
  })
})

// Every spelling by which Caddy and the api together reach the route of sign-up.
const signUpSpellings = [
  '/api/auth/register',
  '/api/auth/register/',
  '/api/auth/register//',
  '/api/auth/register?a=b',
  '//api/auth/register',
  '/api//auth///register',
  '/api/auth/%72egister',
  '/%61pi/auth/register',
  '/api%2Fauth%2fregister',
  '/api/auth/register%2F',
  '/api/auth/register%0A',
  '/api/auth/register%0a?a=b',
  '/api/auth/register%00',
  '/api/auth/register%20',
  '/api/auth/register;a',
  '/API/Auth/REGISTER',
  '/api/./auth/register',
  '/api/x/../auth/register',
  '/api/x/%2e%2e/auth/register',
  '/x/../api/auth/register',
  '/apiauth/register',
  '/api/api/auth/register',
  '/apiapi/auth/register',
  '/api%2Fapi/auth/register',
]

describe.skipIf(!hasCaddy)(`sign-up closed${whyNot}`, () => {
  const { ask: get } = edge(plain(signUp()))

  test.each(signUpSpellings)('POST %s is refused', async (path) => {
    const { status, seen } = await get({ port: 0, path, method: 'POST', body: '{}' })
    expect([status, seen]).toEqual([403, undefined])
  })

  test.each([
    ['/api/auth/login', 'api', '/auth/login'],
    ['/api/auth/registered', 'api', '/auth/registered'],
    ['/api/auth/register-more', 'api', '/auth/register-more'],
    ['/api/oauth/mcp/register', 'api', '/oauth/mcp/register'],
    ['/register', 'mcp', '/register'],
    ['/auth/register', 'ui', '/auth/register'],
    // Decoded once more by nobody.
    ['/api/auth/%2572egister', 'api', '/auth/%2572egister'],
  ])('POST %s goes on', async (path, upstream, seenPath) => {
    const { seen } = await get({ port: 0, path, method: 'POST', body: '{}' })
    expect([seen?.upstream, seen?.path]).toEqual([upstream, seenPath])
  })

  test('whatever the method is called', async () => {
    for (const method of ['PUT', 'POST', 'GET'])
      expect((await get({ port: 0, path: '/api/auth/register', method })).status).toBe(403)
  })
})

describe.skipIf(!hasCaddy)(`sign-up from some networks${whyNot}`, () => {
  const direct = edge(plain(signUp(`${far}/32`)))
  const behind = edge(plain(signUp('192.0.2.0/24'), trusted(`${near}/32`)))
  const post = { port: 0, path: '/api/auth/register', method: 'POST', body: '{}' }

  test('counts the address of the connection', async () => {
    expect((await direct.ask({ ...post, from: far })).status).toBe(200)
    expect((await direct.ask({ ...post, from: near })).status).toBe(403)
    const headers = { 'X-Forwarded-For': far, 'X-Real-IP': far }
    expect((await direct.ask({ ...post, from: near, headers })).status).toBe(403)
  })

  test.each([
    [near, '192.0.2.7', 200],
    [near, '198.51.100.7', 403],
    // What stands further left, the client may have written itself.
    [near, '192.0.2.7, 198.51.100.7', 403],
    [near, '198.51.100.7, 192.0.2.7', 200],
    [near, undefined, 403],
    [far, '192.0.2.7', 403],
  ])('behind a proxy, from %s for %s: %i', async (from, forwarded, expected) => {
    const headers = forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded }
    expect((await behind.ask({ ...post, from, headers })).status).toBe(expected)
  })
})

describe.skipIf(!hasCaddy)(`who the client is${whyNot}`, () => {
  const direct = edge(plain())
  const behind = edge(plain(trusted(`${near}/32`)))
  const lies = {
    'X-Forwarded-For': '192.0.2.7',
    'X-Real-IP': '203.0.113.1',
    'X-Forwarded-Proto': 'gopher',
    'X-Forwarded-Host': 'evil.example.com',
  }

  test('without trusted proxies, the connection says', async () => {
    for (const path of ['/api/x', '/', '/mcp']) {
      const { seen } = await direct.ask({ port: 0, path, headers: lies, from: far })
      expect(seen?.headers).toMatchObject({
        'x-forwarded-for': far,
        'x-forwarded-proto': 'https',
        'x-forwarded-host': domain,
      })
    }
  })

  test('a trusted proxy is believed, others are not', async () => {
    const { seen } = await behind.ask({ port: 0, path: '/api/x', headers: lies, from: near })
    expect(seen?.headers).toMatchObject({
      'x-forwarded-for': '192.0.2.7',
      'x-real-ip': '192.0.2.7',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': domain,
    })
    for (const path of ['/api/x', '/', '/mcp']) {
      const other = await behind.ask({ port: 0, path, headers: lies, from: far })
      expect(other.seen?.headers).toMatchObject({
        'x-forwarded-for': far,
        'x-forwarded-host': domain,
      })
    }
  })
})

describe.skipIf(!hasCaddy)(`downloads${whyNot}`, () => {
  const { ask: get } = edge(plain())
  const file = '/s3/tracecat-workflow/a/b%20c.txt'

  test.each([
    [`${file}?Signature=x&Expires=1`, '/tracecat-workflow/a/b%20c.txt?Signature=x&Expires=1'],
    [`${file}?X-Amz-Signature=x`, '/tracecat-workflow/a/b%20c.txt?X-Amz-Signature=x'],
    [`/${file}?Signature=x`, '/tracecat-workflow/a/b%20c.txt?Signature=x'],
  ])('GET and HEAD of %s', async (path, seenPath) => {
    const { status, seen, headers } = await get({ port: 0, path })
    expect([status, seen?.upstream, seen?.path]).toEqual([200, 'minio', seenPath])
    expect(headers.server).toBeUndefined()
    expect((await get({ port: 0, path, method: 'HEAD' })).headers['x-upstream']).toBe('minio')
  })

  test('have the name that was signed, and no other sign-in', async () => {
    const headers = {
      Authorization: 'AWS4-HMAC-SHA256 x',
      'X-Amz-Date': 'x',
      'x-amz-content-sha256': 'x',
      'X-Amz-Security-Token': 'x',
    }
    const { seen } = await get({ port: 0, path: `${file}?Signature=x`, headers })
    expect(seen?.headers.host).toBe('minio:9000')
    const names = Object.keys(seen?.headers ?? {})
    expect(names.filter((name) => /^(authorization|x-amz-)/.test(name))).toEqual([])
  })

  const refused: readonly (Partial<Question> & { readonly path: string })[] = [
    { path: file },
    { path: `${file}?Signature=` },
    { path: `${file}?signature=x` },
    ...['PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'].map((method) => ({
      path: `${file}?Signature=x`,
      method,
      ...(method === 'OPTIONS' ? {} : { body: 'x' }),
    })),
    {
      path: `${file}?Signature=x`,
      headers: { 'X-Amz-Content-Sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' },
    },
    { path: '/s3' },
    { path: '/s3/' },
    { path: '/s3?Signature=x' },
    { path: '/s3/?Signature=x' },
    { path: '//s3/?Signature=x' },
    { path: '/%73%33/minio/admin/v3/info?Signature=x' },
    { path: '/s3%2Fminio/health/live?Signature=x' },
    { path: '/S3/minio/admin/v3/info?Signature=x' },
    { path: '/s3/minio/admin/v3/info?Signature=x' },
    { path: '/s3/other-bucket/x?Signature=x' },
    { path: '/s3/tracecat-workflow?Signature=x' },
    { path: '/s3/tracecat-workflow-other/x?Signature=x' },
    { path: '/s3/tracecat-workflow/../minio/admin?Signature=x' },
    { path: '/s3/tracecat-workflow/%2e%2e/minio/admin?Signature=x' },
    { path: '/s3/tracecat-workflow/..%2fminio/admin?Signature=x' },
    { path: '/s3/./minio/admin?Signature=x' },
    { path: '/x/../s3/minio/admin?Signature=x' },
  ]
  test.each(refused)('nothing for %j', async (question) => {
    const { status, headers } = await get({ port: 0, ...question })
    expect([status, headers['x-upstream']]).toEqual([404, undefined])
  })

  test('no path out of /s3 reaches the store', async () => {
    const path = '/s3/tracecat-workflow/../../minio/admin?Signature=x'
    expect((await get({ port: 0, path })).headers['x-upstream']).not.toBe('minio')
  })
})

describe.skipIf(!hasCaddy)(`the session cookie${whyNot}`, () => {
  const { ask: get } = edge(plain(sessionCookie))
  const session = 'fastapiusersauth=t0ken; HttpOnly; Max-Age=604800; Path=/; SameSite=lax'
  const cookies = [
    [session, `${session}; Secure`],
    [`${session}; Secure`, `${session}; Secure`],
    ['fastapiusersauth=x; secure; Path=/', 'fastapiusersauth=x; secure; Path=/'],
    ['fastapiusersauth=x;Path=/;SECURE', 'fastapiusersauth=x;Path=/;SECURE'],
    ['fastapiusersauth=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0', undefined],
    ['fastapiusersauth=x', undefined],
    ['other=fastapiusersauth=x; Path=/', 'other=fastapiusersauth=x; Path=/'],
    ['fastapiusersauthother=x; Path=/', 'fastapiusersauthother=x; Path=/'],
  ] as const

  test.each([
    '/api/auth/login',
    '/auth/saml/acs',
  ])('is Secure once, from either side (%s)', async (path) => {
    const headers = { 'X-Want-Cookies': JSON.stringify(cookies.map(([sent]) => sent)) }
    const answer = await get({ port: 0, path, headers, method: 'POST', body: '{}' })
    expect(answer.headers['set-cookie']).toEqual(
      cookies.map(([sent, expected]) => expected ?? `${sent}; Secure`),
    )
  })
})

describe.skipIf(!hasCaddy)(`TLS${whyNot}`, () => {
  const internal = edge(() => [site({ mode: 'internal' }, domain), ...newest])
  const single = edge(() => [site({ mode: 'internal' }, 'tracecat'), ...newest])
  let folder: string
  const own = edge(() => {
    folder = internal.running().data
    const tls = {
      mode: 'certificate',
      certificate: join(folder, 'a b.crt'),
      key: join(folder, 'a.key'),
    } as const
    makeCertificate(tls.certificate, tls.key)
    return [site(tls, domain), ...newest]
  })
  const authorityOf = (running: Running) =>
    readFileSync(join(running.data, 'caddy/pki/authorities/local/root.crt'), 'utf8')

  test.each([
    ['internal', internal, domain],
    ['internal, a single label', single, 'tracecat'],
  ] as const)('%s: answers with a certificate of its own authority', async (_what, {
    running,
  }, host) => {
    const question = {
      port: running().https,
      host,
      authority: authorityOf(running()),
      path: '/api/x',
    }
    const { status, seen } = await ask(question)
    expect(status).toBe(200)
    expect(seen?.headers).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-host': host })
  })

  test('certificate: answers with the given one', async () => {
    const authority = readFileSync(join(folder, 'a b.crt'), 'utf8')
    const { seen } = await ask({ port: own.running().https, host: domain, authority, path: '/mcp' })
    expect(seen?.upstream).toBe('mcp')
  })

  test.each([
    ['internal', internal],
    ['certificate', own],
  ] as const)('%s: HTTP is redirected, and reaches no upstream', async (_what, { running }) => {
    const { status, headers } = await ask({ port: running().http, host: domain, path: '/a?b=c' })
    expect(status).toBe(308)
    expect(headers.location).toBe(`https://${domain}/a?b=c`)
    expect(headers['x-upstream']).toBeUndefined()
  })
})

describe.skipIf(!hasCaddy)(`the admin's own directives still act${whyNot}`, () => {
  let extra = 0
  beforeAll(async () => {
    extra = await freePort()
  })
  const { ask: get } = edge((port) => [
    site({ mode: 'load-balancer', port }),
    ...newest,
    sessionCookie,
    signUp(),
    ...carryOver(
      stockLike({
        before:
          '(maintenance) {\n  respond /down* "{args[0]}" 503\n}\n&(shared) {\n  respond "shared {path}"\n}\n',
        site: [
          '  import maintenance "back soon"',
          '  handle /custom* {\n    respond custom\n  }',
          '  handle /api/custom* {\n    respond "before the api"\n  }',
          '  handle_path /docs/* {\n    respond "docs {path}"\n  }',
          `  reverse_proxy /x/* ${upstreams.addresses.mcp}`,
          '  respond /health healthy',
          '  redir /old /new 301',
          '  route /r/* {\n    respond /r/one one\n    respond other\n  }',
          '  @beta header X-Beta 1\n  handle @beta {\n    respond beta\n  }',
          '  invoke /shared* shared',
          '  header /api/* X-Own yes',
          '  handle /text {\n    respond <<TXT\n      a {b}\n        c\n      TXT\n  }',
          // Neither may go around what we close.
          '  handle /api/auth/register* {\n    reverse_proxy http://api:8000\n  }',
          '  handle /s3* {\n    respond opened\n  }',
        ].join('\n'),
        after: `http://:${extra} {\n  respond "an extra site"\n}\n`,
      }),
      'Caddyfile',
    ).parts,
  ])

  test.each([
    ['/down/x', 503, 'back soon'],
    ['/custom/x', 200, 'custom'],
    ['/api/custom', 200, 'before the api'],
    ['/docs/a', 200, 'docs /a'],
    ['/health', 200, 'healthy'],
    ['/r/one', 200, 'one'],
    ['/r/two', 200, 'other'],
    ['/shared/x', 200, 'shared /shared/x'],
    ['/text', 200, 'a {b}\n  c'],
  ])('%s', async (path, status, body) => {
    const answer = await get({ port: 0, path })
    expect([answer.status, answer.body]).toEqual([status, body])
  })

  test('matchers, proxies, redirects and headers', async () => {
    expect((await get({ port: 0, path: '/y', headers: { 'X-Beta': '1' } })).body).toBe('beta')
    expect((await get({ port: 0, path: '/x/y' })).seen).toMatchObject({
      upstream: 'mcp',
      path: '/x/y',
    })
    expect(await get({ port: 0, path: '/old' })).toMatchObject({
      status: 301,
      headers: { location: '/new' },
    })
    const api = await get({ port: 0, path: '/api/y' })
    expect([api.seen?.upstream, api.headers['x-own']]).toEqual(['api', 'yes'])
    expect((await get({ port: 0, path: '/' })).seen?.upstream).toBe('ui')
  })

  test('an extra site', async () => {
    expect((await ask({ port: extra, path: '/' })).body).toBe('an extra site')
  })

  test('and none goes around what is closed', async () => {
    expect((await get({ port: 0, path: '/api/auth/register', method: 'POST' })).status).toBe(403)
    expect((await get({ port: 0, path: '/s3/x' })).status).toBe(404)
  })
})

describe.skipIf(!hasCaddy)(`the admin's own ways to the api${whyNot}`, () => {
  const byHand = '@no_sign_up path_regexp (?i)auth/register\nrespond @no_sign_up 403\n'
  const own = (guard: string) => () => {
    const proxy = `${guard}reverse_proxy ${upstreams.addresses.api}\n`
    return carryOver(
      stockLike({
        site: [
          `handle_path /foo/* {\n${proxy}}`,
          `handle /join {\nrewrite * /auth/register\n${proxy}}`,
          `handle /short {\nrewrite /auth/register\n${proxy}}`,
          `handle /auth/* {\nuri strip_prefix /auth\nrewrite * /auth{uri}\n${proxy}}`,
          `handle /proxy {\n${guard}reverse_proxy ${upstreams.addresses.api} {\nrewrite /auth/register\n}\n}`,
        ].join('\n'),
      }),
      'Caddyfile',
    ).parts
  }
  const edgeWith = (guard: string) =>
    edge((port) => [site({ mode: 'load-balancer', port }), ...newest, signUp(), ...own(guard)()])
  const open = edgeWith('')
  const guarded = edgeWith(byHand)
  const paths = ['/foo/auth/register', '/join', '/short', '/auth/register?a=b', '/proxy']

  test.each(paths)('POST %s is sign-up', async (path) => {
    const { seen } = await open.ask({ port: 0, path, method: 'POST', body: '{}' })
    expect([seen?.upstream, seen?.path.split('?')[0]]).toEqual(['api', '/auth/register'])
  })

  test.each(paths.slice(0, -1))('POST %s is refused with the lines that we tell', async (path) => {
    const { status, seen } = await guarded.ask({ port: 0, path, method: 'POST', body: '{}' })
    expect([status, seen]).toEqual([403, undefined])
    const other = await guarded.ask({
      port: 0,
      path: '/foo/webhooks/x',
      method: 'POST',
      body: '{}',
    })
    expect(other.seen?.path).toBe('/webhooks/x')
  })
})

function makeCertificate(certificate: string, key: string): void {
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const name = ['-subj', `/CN=${domain}`, '-addext', `subjectAltName=DNS:${domain}`]
  execFileSync('openssl', [...words, ...name, '-keyout', key, '-out', certificate], {
    stdio: 'pipe',
  })
}
