import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'
import { endDaemon, tellDaemonToEnd } from './daemon.ts'
import { type Engine, sameEngine, startEngine } from './engine.ts'
import { type Listener, listen } from './listener.ts'
import { giveBackLock, holderOf, takeLock } from './lock.ts'
import { lostWrites } from './lost-writes.ts'
import { question } from './question.ts'
import {
  configuration,
  networks,
  type Run,
  type ServiceState,
  services,
  unwell,
  writeLogs,
} from './services.ts'
import { type SmallDisk, smallDisk } from './small-disk.ts'
import type { Counts } from './stand-in/counts.ts'
import type { Report } from './stand-in/report.ts'
import { buildStandIns } from './stand-ins.ts'
import { takeDown } from './take-down.ts'
import { startWatch, type Watch } from './watch.ts'

/** Names the process that ends the engine when the run is over. */
export const ownerVariable = 'TRACECAT_LAB_OWNER'

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
  /**
   * What every client said last, since the last `down`: services, also the containers of theirs that are
   * long gone, and watches. A client of a removed container is up to 100 ms behind.
   */
  history(): readonly Report[]
  /**
   * Which clients had writes acknowledged that a server does not hold now, in words; empty where none is
   * lost. Asks `api` and `temporal`, which must be running.
   */
  lostWrites(dir: string): Promise<readonly string[]>
  /**
   * Starts a client that is not part of the stack, with the environment of this service (`api` for
   * Tracecat's servers, `temporal` for Temporal's) as the files have it now, and other values where given.
   */
  watch(dir: string, service?: string, values?: Readonly<Record<string, string>>): Promise<Watch>
  /** Freezes the container of a service, and throws where that does not work. */
  pause(dir: string, service: string): Promise<void>
  unpause(dir: string, service: string): Promise<void>
  /**
   * Starts the engine anew. Either it ends orderly, its containers with it, and those with a restart policy
   * come back: `end`; or it is killed, and the next one finds the containers running: `live`.
   */
  restartEngine(containers: 'end' | 'live'): Promise<void>
  /** A file system in memory of so many MiB, to make an install in; unmounted by `stop`. */
  smallDisk(megabytes: number): Promise<SmallDisk>
  /** Writes every service's log and state to this folder. */
  logs(dir: string, into: string): Promise<void>
  /** Removes what is left of stacks; the engine stays for the next test file. */
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
 * Gives the engine of this run, and starts it where no test file has yet; takes a second or two, and two
 * minutes the first time on a machine. One lab at a time on a machine: waits for another run's.
 */
export async function startLab(): Promise<Lab> {
  const { cache, lock, engine: folder } = places()
  mkdirSync(cache, { recursive: true })
  const isFirst = (await takeLock(lock, owner(), 500_000)) === 'taken'
  const engine = await (isFirst ? startEngine(folder) : sameEngine(folder))
  const listener = await listen()
  const real = await canPull(engine.host)
  const stop = async () => {
    await engine.clear()
    listener.close()
  }
  return lab({ engine, listener, real, cache, stop })
}

/** Ends the engine, if this run has started one. By the process that `owner` names. */
export async function endLabs(): Promise<void> {
  const { lock, engine } = places()
  if (holderOf(lock) !== process.pid) return
  await endDaemon(engine)
  giveBackLock(lock)
}

/** The same for a process that is about to exit: nothing is waited for. */
export function abandonLabs(): void {
  const { lock, engine } = places()
  if (holderOf(lock) !== process.pid) return
  tellDaemonToEnd(engine)
  giveBackLock(lock)
}

/** What can be used again lies in TRACECAT_LAB_CACHE, or below the system's temporary folder. */
function places(): { readonly cache: string; readonly lock: string; readonly engine: string } {
  const cache = process.env.TRACECAT_LAB_CACHE ?? join(tmpdir(), 'tracecat-harden-lab')
  return { cache, lock: join(cache, 'lock'), engine: join(cache, 'engine') }
}

/** The process that lives as long as this run, as it has told its test files (../once-a-run.ts). */
function owner(): number {
  const pid = Number(process.env[ownerVariable])
  if (!pid) throw new Error(`${ownerVariable} is not set: run this file with --project e2e`)
  return pid
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
  readonly listener: Listener
  readonly real: boolean
  readonly cache: string
  stop(): Promise<void>
}

function lab({ engine, listener, real, cache, stop }: Parts): Lab {
  const env = { DOCKER_HOST: engine.host }
  const disks: SmallDisk[] = []
  const run = async (
    cwd: string,
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<Result> => {
    const { exitCode, stdout, stderr } = await execa('docker', args, {
      cwd,
      env: { ...more, ...env, COMPOSE_PROGRESS: 'quiet' },
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
  const ask = async (dir: string, service: string, path: string): Promise<unknown> =>
    JSON.parse(await must(dir, ['exec', '-T', service, ...question(path)]))

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
    down: async (dir) => {
      await takeDown(inFolder(dir), () => engine.restart('end'))
      listener.forget()
    },
    counts: async (dir, service) => (await ask(dir, service, '/')) as Counts,
    history: () => listener.reports(),
    lostWrites: (dir) => lostWrites(listener.reports(), (service) => ask(dir, service, '/held')),
    watch: async (dir, service = 'api', values = {}) => {
      const found = (await configuration(inFolder(dir))).services[service]
      if (!found) throw new Error(`${dir} has no service ${service}`)
      return await startWatch({
        docker: (args, more) => run(dir, args, more),
        image: found.image,
        environment: { ...setValues(found.environment), ...values },
        networks: await networks(inFolder(dir)),
      })
    },
    pause: async (dir, service) => {
      // The kernel gives up freezing a group whose processes do not get their turn.
      for (const end = Date.now() + 20_000; ; await pause(200)) {
        const { stderr } = await compose(dir, ['pause', service])
        if ((await services(inFolder(dir))).get(service)?.state === 'paused') return
        if (Date.now() > end) throw new Error(`pause ${service}: ${stderr}`)
      }
    },
    unpause: async (dir, service) => {
      await must(dir, ['unpause', service])
    },
    restartEngine: (containers) => engine.restart(containers),
    smallDisk: async (megabytes) => {
      const disk = await smallDisk(megabytes)
      disks.push(disk)
      return disk
    },
    stop: async () => {
      await stop()
      for (const disk of disks.splice(0)) await disk.unmount()
    },
  }
}

/** Compose gives null where a service takes a variable from our environment, and it is not set there. */
function setValues(
  environment: Readonly<Record<string, string | null>> = {},
): Record<string, string> {
  const values: Record<string, string> = {}
  // Compose doubles a dollar sign, so that its output could be its input.
  for (const [name, value] of Object.entries(environment)) {
    if (value !== null) values[name] = value.replaceAll('$$', '$')
  }
  return values
}
