import http from 'node:http'
import https from 'node:https'
import { isIP, type Socket } from 'node:net'
import { connect as connectTls, rootCertificates } from 'node:tls'
import { Failure } from '../failure.ts'
import { proxyFor } from './proxy.ts'
import { errorCode } from './system-error.ts'

const redirects = new Set([301, 302, 303, 307, 308])
const mostRedirects = 5

export type Environment = Readonly<Record<string, string | undefined>>

/** `Network.download`, through the proxy that `env` names. */
export async function download(
  env: Environment,
  address: string,
  limits: { readonly maxBytes: number; readonly timeoutMs: number },
): Promise<Uint8Array> {
  let url = parse(address)
  const signal = AbortSignal.timeout(limits.timeoutMs)
  try {
    for (let hop = 0; hop <= mostRedirects; hop += 1) {
      const response = await request(url, env, signal)
      const location = response.headers.location
      if (!redirects.has(response.statusCode ?? 0) || location === undefined) {
        return await body(response, url, limits.maxBytes)
      }
      response.destroy()
      url = followed(url, location)
    }
  } catch (error) {
    if (error instanceof Failure) throw error
    if (signal.aborted) {
      throw failed(url, `no answer within ${limits.timeoutMs / 1000} seconds`)
    }
    throw failed(url, errorCode(error) ?? (error instanceof Error ? error.message : 'failed'))
  }
  throw failed(url, 'it redirects too often')
}

function parse(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Failure('badInput', 'The address to download from is not an http or https URL')
  }
  return url
}

/** To https anywhere; to http only from http and on the same host, which the admin named. */
function followed(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  const allowed =
    to?.protocol === 'https:' ||
    (to?.protocol === 'http:' && from.protocol === 'http:' && to.host === from.host)
  if (to === undefined || !allowed) throw failed(from, 'it redirects to an address without TLS')
  return to
}

async function body(
  response: http.IncomingMessage,
  url: URL,
  maxBytes: number,
): Promise<Uint8Array> {
  if (response.statusCode !== 200) {
    response.destroy()
    throw failed(url, `the server answered ${response.statusCode}`)
  }
  // Without either, a body ends where the connection does (RFC 9112, 6.3): a lost one looks the same.
  if (response.headers['content-length'] === undefined && !isChunked(response)) {
    response.destroy()
    throw failed(
      url,
      'the server does not say how long it is, so that nobody can tell whether all came',
    )
  }
  const parts: Buffer[] = []
  let size = 0
  for await (const part of response) {
    size += part.length
    if (size > maxBytes) throw failed(url, `it is larger than ${maxBytes} bytes`)
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** Node itself reports a body that ends before its stated length or its last chunk (`aborted`). */
function isChunked({ headers }: http.IncomingMessage): boolean {
  return /\bchunked\s*$/i.test(headers['transfer-encoding'] ?? '')
}

/**
 * Sends one GET, through the proxy that `env` names; does not follow redirects.
 * @param authorities certificates (PEM) that count beside the public ones
 */
export async function request(
  url: URL,
  env: Environment,
  signal: AbortSignal,
  authorities: readonly string[] = [],
): Promise<http.IncomingMessage> {
  const trust = authorities.length === 0 ? {} : { ca: [...rootCertificates, ...authorities] }
  const proxy = proxyFor(url, env)
  const headers = { 'accept-encoding': 'identity', 'user-agent': 'tracecat-harden' }
  if (proxy === undefined) {
    const { request: start } = url.protocol === 'https:' ? https : http
    return await answer(start(url, { headers, signal, agent: false, ...trust }))
  }
  if (url.protocol === 'https:') {
    const socket = await tunnel(url, proxy, signal)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const servername = isIP(host) === 0 ? host : ''
    // Without `agent`: an agent, even `false`, would make a connection of its own.
    const createConnection = () => connectTls({ socket, host, servername, ...trust })
    const ask = https.request(url, { headers, signal, createConnection })
    ask.once('close', () => socket.destroy())
    return await answer(ask)
  }
  const { request: start } = proxy.protocol === 'https:' ? https : http
  const ask = start(proxy, {
    path: `${url.origin}${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host, ...credentials(proxy) },
    auth: null,
    agent: false,
    signal,
  })
  return await answer(ask)
}

function answer(ask: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    ask.once('response', resolve).once('error', reject).end()
  })
}

/** A connection to the host of `url` through the proxy's CONNECT. */
function tunnel(url: URL, proxy: URL, signal: AbortSignal): Promise<Socket> {
  const target = `${url.hostname}:${url.port || '443'}`
  const { request: start } = proxy.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const headers = { host: target, ...credentials(proxy) }
    const options = { method: 'CONNECT', path: target, headers, auth: null, agent: false, signal }
    start(proxy, options)
      .once('connect', (response: http.IncomingMessage, socket: Socket) => {
        if (response.statusCode === 200) return resolve(socket)
        socket.destroy()
        reject(failed(url, `the proxy answered ${response.statusCode}`))
      })
      .once('error', reject)
      .end()
  })
}

function credentials(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {}
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}

function failed(url: URL, why: string): Failure {
  return new Failure('surroundings', `Could not download ${url.origin}${url.pathname}: ${why}`, {
    remedy:
      'Check the network and the proxy variables (HTTPS_PROXY, NO_PROXY), or take the files from a folder with --from or a mirror with --upstream.',
  })
}
