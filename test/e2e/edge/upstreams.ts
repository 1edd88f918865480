import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What an upstream was asked, as it answers it. */
export interface Seen {
  readonly upstream: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface Upstreams {
  readonly addresses: Readonly<Record<string, string>>
  /** Lets an answer that waits behind its first piece go on. */
  release(): void
  close(): Promise<void>
}

/** Small servers on loopback, one for each name, that tell what reached them. */
export async function startUpstreams(names: readonly string[]): Promise<Upstreams> {
  const waiting: (() => void)[] = []
  const servers = await Promise.all(names.map((name) => start(name, waiting)))
  const addresses = Object.fromEntries(
    servers.map((server, index) => [names[index] ?? '', `127.0.0.1:${portOf(server)}`]),
  )
  return {
    addresses,
    release: () => {
      for (const go of waiting.splice(0)) go()
    },
    close: async () => {
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
      await Promise.all(servers.map((server) => once(server, 'close')))
    },
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

async function start(name: string, waiting: (() => void)[]): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(name, request, response, waiting)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function answer(
  upstream: string,
  request: IncomingMessage,
  response: ServerResponse,
  waiting: (() => void)[],
): Promise<void> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  response.setHeader('X-Upstream', upstream)
  response.setHeader('Server', `${upstream}-server`)
  response.setHeader('Strict-Transport-Security', 'max-age=7776000')
  const cookies = request.headers['x-want-cookies']
  if (typeof cookies === 'string') response.setHeader('Set-Cookie', JSON.parse(cookies) as string[])
  if (request.url?.includes('stream') === true) {
    response.writeHead(200, { 'Content-Type': 'text/plain' })
    response.write('first')
    waiting.push(() => response.end('second'))
    return
  }
  const seen: Seen = {
    upstream,
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body,
  }
  response.end(JSON.stringify(seen))
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
