import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { foldEdge } from '../../../src/edge/fold.ts'
import type { EdgePart } from '../../../src/edge/parts.ts'
import { renderCaddyfile } from '../../../src/edge/render.ts'
import { freePort, type Upstreams } from './upstreams.ts'

export interface Running {
  readonly http: number
  readonly https: number
  /** Caddy's data folder: its own authority's certificate is in it. */
  readonly data: string
  close(): Promise<void>
}

/** Starts the real Caddy with the file that we render, on high ports, before the given upstreams. */
export async function runEdge(
  parts: (port: number) => readonly EdgePart[],
  upstreams: Upstreams,
): Promise<Running> {
  const [http, https] = [await freePort(), await freePort()]
  const admin: EdgePart = { part: 'carried', place: 'global', text: '\tadmin off' }
  const text = renderCaddyfile(foldEdge([...parts(http), admin]), {
    addresses: upstreams.addresses,
    httpPort: http,
    httpsPort: https,
  })
  const data = mkdtempSync(join(tmpdir(), 'edge-run-'))
  const path = join(data, 'Caddyfile')
  writeFileSync(path, text)
  const caddy = spawn('caddy', ['run', '--config', path, '--adapter', 'caddyfile'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: data, XDG_DATA_HOME: data, XDG_CONFIG_HOME: data },
  })
  let log = ''
  caddy.stderr.on('data', (chunk) => {
    log += String(chunk)
  })
  await untilOpen(http, caddy, () => `${log}\n${text}`)
  return {
    http,
    https,
    data,
    close: async () => {
      const ended = once(caddy, 'exit')
      caddy.kill()
      await ended
      rmSync(data, { recursive: true, force: true })
    },
  }
}

async function untilOpen(port: number, caddy: ChildProcess, story: () => string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (caddy.exitCode !== null) throw new Error(`Caddy ended:\n${story()}`)
    const socket = connect(port, '127.0.0.1')
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      wait(500, false),
    ]).catch(() => false)
    socket.destroy()
    if (isOpen) return
    await wait(50)
  }
  throw new Error(`Caddy does not listen on ${port}:\n${story()}`)
}
