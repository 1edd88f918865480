import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'

/** A running dockerd. */
export interface Daemon {
  /** Asks it to end with SIGTERM, or kills it, and waits until it has ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export interface DaemonOptions {
  readonly driver: string
  /** Takes over the containers that a killed daemon left running, instead of starting them anew. */
  readonly takeOver: boolean
}

/** For DOCKER_HOST. */
export function socketOf(folder: string): string {
  return `unix://${join(folder, 'docker.sock')}`
}

/** Starts dockerd with everything of it below this folder, and waits until it answers; else its last words. */
export async function startDaemon(
  folder: string,
  { driver, takeOver }: DaemonOptions,
): Promise<Daemon | string> {
  mkdirSync(folder, { recursive: true })
  const logFile = join(folder, `dockerd-${driver}.log`)
  rmSync(pidFile(folder), { force: true })
  const log = openSync(logFile, 'w')
  const process = spawn(
    'dockerd',
    [
      ...['--host', socketOf(folder), '--storage-driver', driver],
      ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
      ...['--pidfile', pidFile(folder)],
      ...(takeOver ? ['--live-restore'] : []),
    ],
    { stdio: ['ignore', log, log] },
  )
  closeSync(log)
  const endWithUs = () => process.kill('SIGTERM')
  globalThis.process.once('exit', endWithUs)
  let running = true
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      running = false
      globalThis.process.off('exit', endWithUs)
      resolve()
    }
    process.once('exit', end).once('error', end)
  })
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    process.kill(signal)
    await ended
  }

  for (let tries = 0; tries < 240 && running; tries += 1) {
    const env = { DOCKER_HOST: socketOf(folder) }
    if ((await execa('docker', ['info'], { env, reject: false })).exitCode === 0) return { end }
    await pause(250)
  }
  await end('SIGTERM')
  return readFileSync(logFile, 'utf8').split('\n').slice(-5).join('\n')
}

/** Ends the daemon that an earlier run, ended before its time, may have left in this folder. */
export async function endLeftover(folder: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const pid = pidOfDaemon(folder)
    if (pid === undefined) return
    try {
      if (tries === 0) process.kill(pid, 'SIGTERM')
      if (tries === 120) process.kill(pid, 'SIGKILL')
    } catch {
      return
    }
    await pause(250)
  }
}

function pidOfDaemon(folder: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile(folder), 'utf8'))
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return words.includes(pidFile(folder)) ? pid : undefined
  } catch {
    return undefined
  }
}

function pidFile(folder: string): string {
  return join(folder, 'docker.pid')
}
