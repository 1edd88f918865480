import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { build } from 'esbuild'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { proxyFor } from '../../src/world/proxy.ts'
import { realNetwork } from '../../src/world/real-network.ts'
import { runNode } from '../apply/program.ts'
import { temporaryFolder } from './fake.ts'

// Many syncs and processes: a loaded machine needs longer than usual.
vi.setConfig({ testTimeout: 30_000 })

const limits = { maxBytes: 1000, timeoutMs: 5_000 }

async function listen(server: Server & { closeAllConnections?(): void }): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections?.()
  })
  const address = server.address() as AddressInfo
  return address.port
}

async function serve(answer: http.RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(http.createServer(answer))}`
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

async function failureOf(url: string, parts: Partial<typeof limits> = {}): Promise<unknown> {
  return await realNetwork({})
    .download(url, { ...limits, ...parts })
    .catch((error: unknown) => error)
}

describe('a download', () => {
  test('gives the bytes, and follows redirects on its own host', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/old') response.writeHead(302, { location: '/new' })
      response.end('content')
    })
    expect(textOf(await realNetwork({}).download(`${url}/old`, limits))).toBe('content')
  })

  test('follows no redirect without TLS to another host', async () => {
    const other = await serve((_, response) => response.end('evil'))
    const url = await serve((_, response) => {
      response.writeHead(302, { location: other }).end()
    })
    expect(await failureOf(url)).toMatchObject({
      kind: 'surroundings',
      message: `Could not download ${url}/: it redirects to an address without TLS`,
    })
  })

  test.each([
    ['before its length', 'content-length: 100\r\n\r\nservices:\n', /aborted|ECONNRESET/],
    [
      'before its last chunk',
      'transfer-encoding: chunked\r\n\r\n5\r\nservi\r\n',
      /aborted|ECONNRESET/,
    ],
    ['where nobody can tell', '\r\nservices:\n', /does not say how long it is/],
  ])('that is cut off %s is not taken for whole', async (_, rest, reason) => {
    const server = createServer((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n${rest}`))
    })
    const failure = await failureOf(`http://127.0.0.1:${await listen(server)}/docker-compose.yml`)
    expect(failure).toMatchObject({ kind: 'surroundings' })
    expect(String(failure)).toMatch(reason)
  })

  test('ends with a clear failure', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/large') response.end('x'.repeat(1001))
      if (request.url === '/missing') response.writeHead(404).end()
      if (request.url === '/loop') response.writeHead(301, { location: '/loop' }).end()
    })
    const messages = [
      await failureOf(`${url}/large`),
      await failureOf(`${url}/missing`),
      await failureOf(`${url}/loop`),
      await failureOf(`${url}/never?token=secret`, { timeoutMs: 200 }),
      await failureOf('http://127.0.0.1:1/closed'),
      await failureOf('file:///etc/passwd'),
    ].map(String)
    expect(messages).toEqual([
      `Failure: Could not download ${url}/large: it is larger than 1000 bytes`,
      `Failure: Could not download ${url}/missing: the server answered 404`,
      `Failure: Could not download ${url}/loop: it redirects too often`,
      `Failure: Could not download ${url}/never: no answer within 0.2 seconds`,
      'Failure: Could not download http://127.0.0.1:1/closed: ECONNREFUSED',
      'Failure: The address to download from is not an http or https URL',
    ])
  })
})

describe('a proxy', () => {
  test('is asked for http addresses, with its password', async () => {
    const seen: unknown[] = []
    const proxy = await serve((request, response) => {
      seen.push(request.url, request.headers.host, request.headers['proxy-authorization'])
      response.end('through the proxy')
    })
    const env = { http_proxy: proxy.replace('//', '//user:p%40ss@') }
    const bytes = await realNetwork(env).download('http://mirror.test/file?a=b', limits)
    expect(textOf(bytes)).toBe('through the proxy')
    const basic = `Basic ${Buffer.from('user:p@ss').toString('base64')}`
    expect(seen).toEqual(['http://mirror.test/file?a=b', 'mirror.test', basic])
  })

  test('that refuses is named', async () => {
    const proxy = http.createServer()
    proxy.on('connect', (_, socket) => {
      socket.on('error', () => undefined)
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    })
    const env = { HTTPS_PROXY: `http://127.0.0.1:${await listen(proxy)}` }
    await expect(realNetwork(env).download('https://mirror.test/x', limits)).rejects.toThrow(
      'Could not download https://mirror.test/x: the proxy answered 407',
    )
  })

  test('carries TLS to the host that was asked for, and a wrong certificate is refused', async (context) => {
    const folder = temporaryFolder()
    try {
      const subject = ['-subj', '/CN=mirror.test', '-addext', 'subjectAltName=DNS:mirror.test']
      const files = ['-keyout', 'key.pem', '-out', 'certificate.pem', '-days', '2', '-nodes']
      const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
      const args = ['req', '-x509', ...key, ...files, ...subject]
      execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
    } catch {
      context.skip('openssl is not installed')
    }
    const certificate = join(folder, 'certificate.pem')
    const tls = { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(certificate) }
    const port = await listen(https.createServer(tls, (_, response) => response.end('tunneled')))
    const asked: unknown[] = []
    const proxy = http.createServer()
    proxy.on('connect', (request, socket) => {
      asked.push(request.url)
      const upstream = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        // Either side may be gone while the other still writes.
        pipeline(socket, upstream, socket, () => undefined)
      })
    })
    const outfile = join(folder, 'download.mjs')
    await build({
      stdin: {
        contents: `
          import { realNetwork } from './src/world/real-network.ts'
          const limits = { maxBytes: 1000, timeoutMs: 5000 }
          const answer = await realNetwork(process.env).download(process.argv[2], limits)
            .then((bytes) => new TextDecoder().decode(bytes), (error) => error.message)
          console.log(answer)`,
        resolveDir: join(import.meta.dirname, '../..'),
        loader: 'ts',
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
    })
    const env = {
      https_proxy: `http://127.0.0.1:${await listen(proxy)}`,
      no_proxy: '',
      NO_PROXY: '',
    }
    const trusted = { ...env, NODE_EXTRA_CA_CERTS: certificate }
    const download = async (url: string, given: Record<string, string>) =>
      (await runNode([outfile, url], given)).stdout.trim()
    expect(await download('https://mirror.test/x', trusted)).toBe('tunneled')
    expect(asked).toEqual(['mirror.test:443'])
    expect(await download('https://other.test/x', trusted)).toContain('ERR_TLS_CERT_ALTNAME')
    expect(await download('https://mirror.test/x', env)).toContain('DEPTH_ZERO_SELF_SIGNED_CERT')
  }, 30_000)

  test.each([
    ['https://a.test', { https_proxy: 'http://p:1' }, 'http://p:1/'],
    ['https://a.test', { HTTPS_PROXY: 'p:1' }, 'http://p:1/'],
    ['https://a.test', { http_proxy: 'http://p:1' }, undefined],
    ['https://a.test', { ALL_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['https://a.test', { https_proxy: 'http://p:1', no_proxy: 'a.test' }, undefined],
    ['https://b.a.test', { https_proxy: 'http://p:1', NO_PROXY: 'x, .a.test' }, undefined],
    ['https://ba.test', { https_proxy: 'http://p:1', NO_PROXY: 'a.test' }, 'http://p:1/'],
    ['https://a.test:8443', { https_proxy: 'http://p:1', NO_PROXY: 'a.test:443' }, 'http://p:1/'],
    ['https://a.test', { https_proxy: 'http://p:1', NO_PROXY: 'a.test:443' }, undefined],
    ['https://a.test', { https_proxy: 'http://p:1', NO_PROXY: '*' }, undefined],
    ['https://[::1]', { https_proxy: 'http://p:1', NO_PROXY: '::1' }, undefined],
  ])('for %s with %j is %s', (url, env, proxy) => {
    expect(proxyFor(new URL(url), env)?.href).toBe(proxy)
  })

  test.each([
    ['ALL_PROXY', 'socks5://user:hidden@p:1080', 'it is of the kind socks5://'],
    ['https_proxy', 'http://user:hidden@p:x', 'it is no address'],
  ])('%s of another kind is said, without its password', async (name, value, why) => {
    const get = realNetwork({ [name]: value }).download('https://a.test', {
      maxBytes: 1,
      timeoutMs: 1000,
    })
    const failure = await get.catch((error: unknown) => error)
    expect(failure).toMatchObject({ kind: 'surroundings', remedy: expect.stringContaining(name) })
    expect(String(failure)).toContain(`The proxy in ${name} cannot be used: ${why}`)
    expect(String(failure)).not.toContain('hidden')
    expect(proxyFor(new URL('https://a.test'), { [name]: value, no_proxy: 'a.test' })).toBe(
      undefined,
    )
  })
})
