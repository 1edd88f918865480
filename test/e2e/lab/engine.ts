import { execa } from 'execa'
import { endDaemon, killDaemon, lastWords, runningDriver, socketOf, startDaemon } from './daemon.ts'

export interface Engine {
  /** For DOCKER_HOST. */
  readonly host: string
  /**
   * Ends the daemon and starts it again on the same data. Either the containers end with it, and those
   * with a restart policy come back; or it is killed, and the new one takes over what still runs.
   */
  restart(containers: 'end' | 'live'): Promise<void>
  /** Removes containers, volumes and networks; images stay. */
  clear(): Promise<void>
}

/** The engine in this folder that this run has started already. Where it has ended, it says so and starts it anew. */
export async function sameEngine(folder: string): Promise<Engine> {
  const driver = await runningDriver(folder)
  if (driver !== undefined) return await engineOf(folder, driver)
  process.stderr.write(`dockerd has ended by itself; it is started anew.\n${lastWords(folder)}\n`)
  return await startEngine(folder)
}

/**
 * Starts a Docker engine of our own in this folder: data, sockets and log are all below it, so that
 * one that the machine may have is not touched. Images stay there for the next run; containers,
 * volumes and networks that an earlier run left behind are removed.
 * Tries overlay2 first, and vfs where the disk cannot do that. Needs root.
 */
export async function startEngine(folder: string): Promise<Engine> {
  await refuseBesideAnother()
  await endDaemon(folder)
  const failures: string[] = []
  for (const driver of ['overlay2', 'vfs']) {
    const started = await startDaemon(folder, { driver, takeOver: false })
    if (started === undefined) return await engineOf(folder, driver)
    failures.push(`${driver}: ${started}`)
  }
  throw new Error(`dockerd does not start.\n${failures.join('\n')}`)
}

/** A daemon rewrites the machine's packet filter when it starts, which cuts published ports off. */
async function refuseBesideAnother(): Promise<void> {
  const other = await execa('docker', ['ps', '--quiet'], { reject: false, timeout: 10_000 })
  if (other.exitCode === 0 && other.stdout.trim() !== '') {
    throw new Error(
      'A Docker engine with running containers is on this machine: not starting ours.',
    )
  }
}

async function engineOf(folder: string, driver: string): Promise<Engine> {
  const host = socketOf(folder)
  const docker = (...args: string[]) =>
    execa('docker', args, { env: { DOCKER_HOST: host }, reject: false })
  await removeLeftovers(docker)
  return {
    host,
    restart: async (containers) => {
      const takeOver = containers === 'live'
      await (takeOver ? killDaemon(folder) : endDaemon(folder))
      const failure = await startDaemon(folder, { driver, takeOver })
      if (failure !== undefined) throw new Error(`dockerd does not start again.\n${failure}`)
    },
    clear: () => removeLeftovers(docker),
  }
}

async function removeLeftovers(
  docker: (...args: string[]) => Promise<{ stdout?: string }>,
): Promise<void> {
  const list = async (...args: string[]) =>
    ((await docker(...args)).stdout ?? '').split('\n').filter(Boolean)
  const containers = await list('ps', '--all', '--quiet')
  if (containers.length > 0) await docker('rm', '--force', '--volumes', ...containers)
  const volumes = await list('volume', 'ls', '--quiet')
  if (volumes.length > 0) await docker('volume', 'rm', '--force', ...volumes)
  await docker('network', 'prune', '--force')
}
