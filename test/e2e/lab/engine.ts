import { execa } from 'execa'
import { type Daemon, endLeftover, socketOf, startDaemon } from './daemon.ts'

export interface Engine {
  /** For DOCKER_HOST. */
  readonly host: string
  /**
   * Ends the daemon and starts it again on the same data. Either the containers end with it, and those
   * with a restart policy come back; or it is killed, and the new one takes over what still runs.
   */
  restart(containers: 'end' | 'live'): Promise<void>
  /** Ends the daemon, and only this one; its containers end with it. */
  stop(): Promise<void>
}

/**
 * Starts a Docker engine of our own in this folder: data, sockets and log are all below it, so that
 * one that the machine may have is not touched. Images stay there for the next run; containers,
 * volumes and networks that an earlier run left behind are removed.
 * Tries overlay2 first, and vfs where the disk cannot do that. Needs root.
 */
export async function startEngine(folder: string): Promise<Engine> {
  await refuseBesideAnother()
  await endLeftover(folder)
  const failures: string[] = []
  for (const driver of ['overlay2', 'vfs']) {
    const started = await startDaemon(folder, { driver, takeOver: false })
    if (typeof started !== 'string') return await engineOf(folder, driver, started)
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

async function engineOf(folder: string, driver: string, first: Daemon): Promise<Engine> {
  let daemon = first
  const host = socketOf(folder)
  const docker = (...args: string[]) =>
    execa('docker', args, { env: { DOCKER_HOST: host }, reject: false })
  await removeLeftovers(docker)
  return {
    host,
    restart: async (containers) => {
      const takeOver = containers === 'live'
      await daemon.end(takeOver ? 'SIGKILL' : 'SIGTERM')
      const started = await startDaemon(folder, { driver, takeOver })
      if (typeof started === 'string') throw new Error(`dockerd does not start again.\n${started}`)
      daemon = started
    },
    stop: async () => {
      await removeLeftovers(docker)
      await daemon.end('SIGTERM')
    },
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
