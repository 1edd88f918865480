import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { realNetwork } from '../../src/world/real-network.ts'

const script = readFileSync(new URL('../../templates/wizard/get.txt', import.meta.url), 'utf8')
const limits = { maxBytes: 1000, timeoutMs: 1_000 }

async function serve(answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A port on which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((done) => server.close(() => done()))
  return port
}

/** The same GET as it is done inside of the api's image; undefined where there is no Python. */
async function byPython(url: string, proxy = ''): Promise<unknown> {
  const env = {
    PATH: process.env.PATH,
    HARDEN_URL: url,
    HARDEN_LIMIT: '1000',
    HARDEN_TIMEOUT: '1',
    HARDEN_CA: '',
    http_proxy: proxy,
    https_proxy: proxy,
  }
  const child = spawn('python3', ['-'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const parts: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => parts.push(part))
  child.stdin.on('error', () => undefined)
  child.stdin.end(script)
  const started = await new Promise<boolean>((done) => {
    child.once('error', () => done(false)).once('close', () => done(true))
  })
  return started ? JSON.parse(Buffer.concat(parts).toString('utf8')) : undefined
}

const pages: http.RequestListener = (request, response) => {
  if (request.url === '/moved')
    response.writeHead(302, { location: 'https://elsewhere.example.org/' })
  if (request.url === '/none') response.writeHead(404)
  if (request.url === '/slow') return
  response.end(request.url === '/large' ? 'x'.repeat(2000) : 'content')
}

test.each([
  ['/', { kind: 'answer', status: 200, text: 'content' }],
  ['/moved', { kind: 'answer', status: 302, location: 'https://elsewhere.example.org/' }],
  ['/none', { kind: 'answer', status: 404 }],
  ['/large', { kind: 'failed', reason: 'too-large' }],
  ['/slow', { kind: 'failed', reason: 'time-out' }],
])('a GET of %s, from here and in Python', async (path, expected) => {
  const url = await serve(pages)
  expect(await realNetwork({}).get(`${url}${path}`, limits)).toMatchObject(expected)
  const inside = await byPython(`${url}${path}`)
  if (inside !== undefined) expect(inside).toMatchObject(expected)
})

test('where nothing listens, both say so', async () => {
  const port = await freePort()
  const expected = { kind: 'failed', reason: 'connection' }
  expect(await realNetwork({}).get(`http://127.0.0.1:${port}/`, limits)).toMatchObject(expected)
  const inside = await byPython(`http://127.0.0.1:${port}/`)
  if (inside !== undefined) expect(inside).toMatchObject(expected)
  expect(await realNetwork({}).connect('127.0.0.1', port, 1_000)).toBe('refused')
})

test.each([
  'http',
  'https',
])('a proxy that cannot be reached is not the host, by %s', async (to) => {
  const port = await freePort()
  for (const there of ['nosuch.invalid:3128', `127.0.0.1:${port}`]) {
    const expected = { kind: 'failed', reason: 'proxy', detail: there }
    const patient = { ...limits, timeoutMs: 10_000 }
    const proxy = `http://me:secret@${there}`
    const url = `${to}://id.example.org/`
    expect(await realNetwork({}).get(url, { ...patient, proxy })).toEqual(expected)
    expect(await realNetwork({ HTTPS_PROXY: proxy, HTTP_PROXY: proxy }).get(url, patient)).toEqual(
      expected,
    )
    const inside = await byPython(url, proxy)
    if (inside !== undefined) expect(inside).toEqual(expected)
  }
})

test('a port that takes connections, and the addresses of this host', async () => {
  const port = Number(new URL(await serve(pages)).port)
  expect(await realNetwork({}).connect('127.0.0.1', port, 1_000)).toBe('open')
  expect(realNetwork({}).ownAddresses()).toContain('127.0.0.1')
  expect(await realNetwork({}).lookup('localhost', 1_000)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^(127\.|::1)/)]),
  )
})
