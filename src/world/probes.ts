import { lookup as resolve } from 'node:dns/promises'
import { connect as connectTcp } from 'node:net'
import { Failure } from '../failure.ts'
import { type Environment, request } from './http.ts'
import type { GetOptions, GetResult } from './network.ts'
import { proxyFor } from './proxy.ts'
import { errorCode } from './system-error.ts'

/** `Network.get`. */
export async function get(
  env: Environment,
  address: string,
  options: GetOptions,
): Promise<GetResult> {
  const signal = AbortSignal.timeout(options.timeoutMs)
  const through = options.proxy === undefined ? env : { all_proxy: options.proxy }
  try {
    const response = await request(new URL(address), through, signal, options.authorities)
    const parts: Buffer[] = []
    let size = 0
    for await (const part of response) {
      size += part.length
      if (size > options.maxBytes) {
        return {
          kind: 'failed',
          reason: 'too-large',
          detail: `more than ${options.maxBytes} bytes`,
        }
      }
      parts.push(part)
    }
    const { location } = response.headers
    const text = new TextDecoder().decode(Buffer.concat(parts))
    return { kind: 'answer', status: response.statusCode ?? 0, location, text }
  } catch (error) {
    if (signal.aborted) {
      return {
        kind: 'failed',
        reason: 'time-out',
        detail: `no answer within ${options.timeoutMs / 1000} seconds`,
      }
    }
    const proxy = noWay.has(errorCode(error) ?? '')
      ? proxyFor(new URL(address), through)
      : undefined
    if (proxy !== undefined) return { kind: 'failed', reason: 'proxy', detail: hostAndPort(proxy) }
    return { kind: 'failed', reason: reasonOf(error), detail: detailOf(error) }
  }
}

/** With a proxy these are its own: it alone looks for the host, and answers where it finds none. */
const noWay = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'])

function hostAndPort({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`
}

/** Node names what is wrong with a certificate by codes such as these (OpenSSL's X509_V_ERR). */
const certificateTrouble = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ISSUER|CRL|ALTNAME/

function reasonOf(error: unknown): 'name' | 'connection' | 'certificate' {
  const code = errorCode(error) ?? ''
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'name'
  return certificateTrouble.test(code) ? 'certificate' : 'connection'
}

function detailOf(error: unknown): string {
  if (error instanceof Failure) return error.message.replace(/^Could not download [^ ]+: /, '')
  if (error instanceof Error)
    return error.message === '' ? (errorCode(error) ?? 'failed') : error.message
  return 'failed'
}

/** `Network.lookup`. The system's resolver has no time-out of its own that could be set. */
export async function lookup(name: string, timeoutMs: number): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<readonly string[]>((done) => {
    timer = setTimeout(() => done([]), timeoutMs)
  })
  const asked = resolve(name, { all: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  )
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}

/** `Network.connect`. */
export function connect(
  host: string,
  port: number,
  timeoutMs: number,
): Promise<'open' | 'refused' | 'no-answer'> {
  return new Promise((done) => {
    const socket = connectTcp({ host, port, timeout: timeoutMs })
    const end = (result: 'open' | 'refused' | 'no-answer') => {
      socket.destroy()
      done(result)
    }
    socket
      .once('connect', () => end('open'))
      .once('timeout', () => end('no-answer'))
      .once('error', (error) => end(errorCode(error) === 'ECONNREFUSED' ? 'refused' : 'no-answer'))
  })
}
