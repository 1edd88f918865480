import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'

export interface Engine {
  /** For DOCKER_HOST. */
  readonly host: string
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
  const failures: string[] = []
  for (const driver of ['overlay2', 'vfs']) {
    const started = await startWith(driver, folder)
    if (typeof started !== 'string') return started
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

async function startWith(driver: string, folder: string): Promise<Engine | string> {
  mkdirSync(folder, { recursive: true })
  const host = `unix://${join(folder, 'docker.sock')}`
  const logFile = join(folder, `dockerd-${driver}.log`)
  rmSync(join(folder, 'docker.pid'), { force: true })
  const log = openSync(logFile, 'w')
  const daemon = spawn(
    'dockerd',
    [
      ...['--host', host, '--storage-driver', driver],
      ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
      ...['--pidfile', join(folder, 'docker.pid')],
    ],
    { stdio: ['ignore', log, log] },
  )
  closeSync(log)
  const endWithUs = () => daemon.kill('SIGTERM')
  process.once('exit', endWithUs)
  let running = true
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      running = false
      process.off('exit', endWithUs)
      resolve()
    }
    daemon.once('exit', end).once('error', end)
  })
  const docker = (...args: string[]) =>
    execa('docker', args, { env: { DOCKER_HOST: host }, reject: false })

  for (let tries = 0; tries < 120 && running; tries += 1) {
    if ((await docker('info')).exitCode === 0) {
      await removeLeftovers(docker)
      return {
        host,
        stop: async () => {
          await removeLeftovers(docker)
          daemon.kill('SIGTERM')
          await ended
        },
      }
    }
    await pause(250)
  }
  daemon.kill('SIGTERM')
  await ended
  return readFileSync(logFile, 'utf8').split('\n').slice(-5).join('\n')
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
