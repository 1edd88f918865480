import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'
import { type Engine, startEngine } from './engine.ts'
import { takeLock } from './lock.ts'
import { type Run, type ServiceState, services, unwell, writeLogs } from './services.ts'
import type { Counts } from './stand-in/counts.ts'
import { buildStandIns } from './stand-ins.ts'
import { takeDown } from './take-down.ts'

/** What came of a program; it is not thrown when the program fails. */
export interface Result {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** A Docker engine of our own, and images for everything that Tracecat's Compose files name. */
export interface Lab {
  /** To be added to the environment of every program that should see this engine. */
  readonly env: { readonly DOCKER_HOST: string }
  /** Real images could be pulled: then there are no counts. */
  readonly real: boolean
  docker(args: readonly string[]): Promise<Result>
  compose(dir: string, args: readonly string[]): Promise<Result>
  /** Provides the images that the Compose files in this folder name. `up` does that too. */
  images(dir: string): Promise<void>
  /** Starts the stack and waits until all of it is well; throws where it is not, and keeps states and logs beside the folder. */
  up(dir: string, timeoutMs?: number): Promise<void>
  /** Removes containers, networks and volumes; takes foreign containers off the stack's networks for that. */
  down(dir: string): Promise<void>
  /** By service. */
  services(dir: string): Promise<ReadonlyMap<string, ServiceState>>
  /** The services that are not well: down, restarting, unhealthy, or failed. Sorted. */
  unwell(dir: string): Promise<readonly string[]>
  /** How a service's attempts to work with its servers went, since its container was started. */
  counts(dir: string, service: string): Promise<Counts>
  /** Writes every service's log and state to this folder. */
  logs(dir: string, into: string): Promise<void>
  stop(): Promise<void>
}

/** Why there can be no lab here; undefined where there can. For `describe.skipIf`, which should say it. */
export function whyNoLab(): string | undefined {
  if (process.platform !== 'linux') return 'not Linux'
  if (process.getuid?.() !== 0) return 'not root'
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin']
  for (const program of ['dockerd', 'docker', 'debootstrap', 'caddy']) {
    if (!folders.some((folder) => existsSync(join(folder, program)))) return `no ${program}`
  }
  return undefined
}

/**
 * Starts the engine; takes a second or two, and two minutes the first time. What can be used again lies in
 * TRACECAT_LAB_CACHE, or below the system's temporary folder. One lab at a time on a machine: waits for another.
 */
export async function startLab(): Promise<Lab> {
  const cache = process.env.TRACECAT_LAB_CACHE ?? join(tmpdir(), 'tracecat-harden-lab')
  mkdirSync(cache, { recursive: true })
  const release = await takeLock(join(cache, 'lock'), 500_000)
  try {
    const engine = await startEngine(join(cache, 'engine'))
    const real = await canPull(engine.host)
    const stop = async () => {
      await engine.stop()
      release()
    }
    return lab({ engine, real, cache, stop })
  } catch (error) {
    release()
    throw error
  }
}

/** Only when nothing of that name is there, which would be a stand-in of ours. */
async function canPull(host: string): Promise<boolean> {
  const docker = (...args: string[]) =>
    execa('docker', args, { env: { DOCKER_HOST: host }, reject: false, timeout: 15_000 })
  if ((await docker('image', 'inspect', 'tracecat-harden-lab/base')).exitCode === 0) return false
  return (await docker('pull', '--quiet', 'redis:7-alpine')).exitCode === 0
}

interface Parts {
  readonly engine: Engine
  readonly real: boolean
  readonly cache: string
  stop(): Promise<void>
}

function lab({ engine, real, cache, stop }: Parts): Lab {
  const env = { DOCKER_HOST: engine.host }
  const run = async (cwd: string, args: readonly string[]): Promise<Result> => {
    const { exitCode, stdout, stderr } = await execa('docker', args, {
      cwd,
      env: { ...env, COMPOSE_PROGRESS: 'quiet' },
      reject: false,
    })
    return { exitCode, stdout, stderr }
  }
  const compose = (dir: string, args: readonly string[]) => run(dir, ['compose', ...args])
  const inFolder =
    (dir: string): Run =>
    (args) =>
      run(dir, args)
  const must = async (dir: string, args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await compose(dir, args)
    if (exitCode !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
    return stdout
  }
  /** Asks the stand-in of a service. */
  const ask = async (dir: string, service: string, path: string): Promise<unknown> => {
    const url = `http://127.0.0.1:9999${path}`
    return JSON.parse(await must(dir, ['exec', '-T', service, 'curl', '-fsS', url]))
  }

  const images = async (dir: string) => {
    const { stdout } = await compose(dir, ['config', '--images'])
    const names = [...new Set(stdout.split('\n').filter(Boolean))].sort()
    if (!real) await buildStandIns(engine.host, names, cache)
  }

  return {
    env,
    real,
    docker: (args) => run(cache, args),
    compose,
    images,
    services: (dir) => services(inFolder(dir)),
    unwell: (dir) => unwell(inFolder(dir)),
    logs: (dir, into) => writeLogs(inFolder(dir), into),
    up: async (dir, timeoutMs = 180_000) => {
      await images(dir)
      const end = Date.now() + timeoutMs
      const started = await compose(dir, ['up', '--detach'])
      for (;;) {
        const bad = await unwell(inFolder(dir))
        if (bad.length === 0) return
        if (started.exitCode !== 0 || Date.now() > end) {
          const kept = join(dir, '../logs')
          await writeLogs(inFolder(dir), kept)
          const { stdout } = await compose(dir, ['logs', '--no-color', '--tail=5', ...bad])
          throw new Error(`${bad.join(', ')}: see ${kept}\n${started.stderr}\n${stdout}`)
        }
        await pause(500)
      }
    },
    down: (dir) => takeDown(inFolder(dir), () => engine.restart('end')),
    counts: async (dir, service) => (await ask(dir, service, '/')) as Counts,
    stop,
  }
}
