import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'
import { startEngine } from './engine.ts'
import { takeLock } from './lock.ts'
import type { Counts } from './stand-in/counts.ts'
import { buildStandIns } from './stand-ins.ts'

/** What came of a program; it is not thrown when the program fails. */
export interface Result {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** A container of a service, as Docker sees it. */
export interface ServiceState {
  readonly state: 'running' | 'restarting' | 'exited' | 'created' | 'paused' | 'dead' | 'removing'
  /** Empty where the service has no health check. */
  readonly health: '' | 'starting' | 'healthy' | 'unhealthy'
  readonly exitCode: number
  readonly restarts: number
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
  /** Removes containers, networks and volumes. */
  down(dir: string): Promise<void>
  /** By service. */
  services(dir: string): Promise<ReadonlyMap<string, ServiceState>>
  /** The services that are not well: down, restarting, unhealthy, or failed. Sorted. */
  unwell(dir: string): Promise<readonly string[]>
  /** How a service's attempts to sign in to its servers went so far. */
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
    return lab(engine.host, real, cache, stop)
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

function lab(host: string, real: boolean, cache: string, stop: () => Promise<void>): Lab {
  const env = { DOCKER_HOST: host }
  const run = async (cwd: string, args: readonly string[]): Promise<Result> => {
    const { exitCode, stdout, stderr } = await execa('docker', args, {
      cwd,
      env: { ...env, COMPOSE_PROGRESS: 'quiet' },
      reject: false,
    })
    return { exitCode, stdout, stderr }
  }
  const compose = (dir: string, args: readonly string[]) => run(dir, ['compose', ...args])

  const images = async (dir: string) => {
    const { stdout } = await compose(dir, ['config', '--images'])
    const names = [...new Set(stdout.split('\n').filter(Boolean))].sort()
    if (!real) await buildStandIns(host, names, cache)
  }

  const services = async (dir: string) => {
    const ids = (await compose(dir, ['ps', '--all', '--quiet'])).stdout.split('\n').filter(Boolean)
    const states = new Map<string, ServiceState>()
    if (ids.length === 0) return states
    const inspected = await run(dir, ['inspect', ...ids])
    for (const container of JSON.parse(inspected.stdout) as Inspected[]) {
      const { State, RestartCount, Config } = container
      states.set(Config.Labels['com.docker.compose.service'], {
        state: State.Status,
        health: State.Health?.Status ?? '',
        exitCode: State.ExitCode,
        restarts: RestartCount,
      })
    }
    return states
  }

  const unwell = async (dir: string) => {
    const wanted = (await compose(dir, ['config', '--services'])).stdout.split('\n').filter(Boolean)
    const states = await services(dir)
    return wanted.filter((service) => !isWell(states.get(service))).sort()
  }

  const logs = async (dir: string, into: string) => {
    mkdirSync(into, { recursive: true })
    const states = Object.fromEntries(await services(dir))
    writeFileSync(join(into, 'services.json'), JSON.stringify(states, undefined, 2))
    for (const service of Object.keys(states)) {
      const { stdout, stderr } = await compose(dir, ['logs', '--no-color', service])
      writeFileSync(join(into, `${service}.log`), stdout + stderr)
    }
  }

  return {
    env,
    real,
    docker: (args) => run(cache, args),
    compose,
    images,
    services,
    unwell,
    logs,
    stop,
    up: async (dir, timeoutMs = 180_000) => {
      await images(dir)
      const end = Date.now() + timeoutMs
      const started = await compose(dir, ['up', '--detach'])
      for (;;) {
        const bad = await unwell(dir)
        if (bad.length === 0) return
        if (started.exitCode !== 0 || Date.now() > end) {
          const kept = join(dir, '../logs')
          await logs(dir, kept)
          const { stdout } = await compose(dir, ['logs', '--no-color', '--tail=5', ...bad])
          throw new Error(`${bad.join(', ')}: see ${kept}\n${started.stderr}\n${stdout}`)
        }
        await pause(500)
      }
    },
    down: async (dir) => {
      const remove = ['down', '--volumes', '--timeout', '3']
      // A restarting container can still hold its network the first time (engine 20.10).
      let result = await compose(dir, remove)
      if (result.exitCode !== 0) result = await compose(dir, remove)
      if (result.exitCode !== 0) throw new Error(result.stderr)
    },
    counts: async (dir, service) => {
      const command = ['exec', '-T', service, 'curl', '-fsS', 'http://127.0.0.1:9999']
      const { exitCode, stdout, stderr } = await compose(dir, command)
      if (exitCode !== 0) throw new Error(`${service}: ${stderr}`)
      return JSON.parse(stdout) as Counts
    },
  }
}

/** The part of `docker inspect` that is read here. */
interface Inspected {
  readonly State: {
    readonly Status: ServiceState['state']
    readonly ExitCode: number
    readonly Health?: { readonly Status: ServiceState['health'] }
  }
  readonly RestartCount: number
  readonly Config: { readonly Labels: { readonly 'com.docker.compose.service': string } }
}

function isWell(service: ServiceState | undefined): boolean {
  if (service?.state === 'exited') return service.exitCode === 0
  return (
    service?.state === 'running' &&
    service.restarts === 0 &&
    (service.health === '' || service.health === 'healthy')
  )
}
