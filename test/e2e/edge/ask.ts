import { once } from 'node:events'
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Seen } from './upstreams.ts'

export interface Question {
  readonly port: number
  /** Sent as it is: nothing is decoded, merged or resolved. */
  readonly path: string
  readonly method?: string
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The address to come from; all of 127.0.0.0/8 is ours. */
  readonly from?: string
  /** With a certificate authority: ask with TLS, for `host`. */
  readonly authority?: string
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Which upstream answered, and what it was asked. */
  readonly seen: Seen | undefined
}

/** One request on a connection of its own. */
export async function ask(question: Question): Promise<Answer> {
  const response = await open(question)
  let body = ''
  for await (const chunk of response) body += String(chunk)
  const fromUpstream = response.headers['x-upstream'] !== undefined && body.startsWith('{')
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body,
    seen: fromUpstream ? (JSON.parse(body) as Seen) : undefined,
  }
}

/** Resolves with the head of the answer; its body may still be on the way. */
export async function open(question: Question): Promise<IncomingMessage> {
  const host = question.host ?? 'tracecat.internal'
  const options = {
    host: '127.0.0.1',
    port: question.port,
    path: question.path,
    method: question.method ?? 'GET',
    headers: { Host: host, ...question.headers },
    agent: false,
    ...(question.from === undefined ? {} : { localAddress: question.from }),
  }
  const request =
    question.authority === undefined
      ? requestHttp(options)
      : requestHttps({ ...options, servername: host, ca: question.authority })
  request.end(question.body)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return response
}
