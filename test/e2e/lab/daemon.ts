import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
  await endContainerd(folder)
  const configFile = join(folder, 'daemon.json')
  writeFileSync(configFile, '{"live-restore": true}')
  const log = openSync(logFile, 'w')
  const child = spawn(
    'dockerd',
    [
      ...['--host', socketOf(folder), '--storage-driver', driver],
      ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
      ...['--pidfile', pidFile(folder)],
      ...(takeOver ? ['--config-file', configFile] : []),
    ],
    { stdio: ['ignore', log, log] },
  )
  closeSync(log)
  const endWithUs = () => child.kill('SIGTERM')
  process.once('exit', endWithUs)
  let running = true
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      running = false
      process.off('exit', endWithUs)
      resolve()
    }
    child.once('exit', end).once('error', end)
  })
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal)
    await ended
  }

  for (let tries = 0; tries < 240 && running; tries += 1) {
    const env = { DOCKER_HOST: socketOf(folder) }
    const info = ['info', '--format', '{{.LiveRestoreEnabled}}']
    const { exitCode, stdout } = await execa('docker', info, { env, reject: false })
    if (exitCode === 0 && stdout === 'false') return { end }
    if (exitCode === 0) {
      // So that its own orderly end is again that of its containers.
      writeFileSync(configFile, '{"live-restore": false}')
      child.kill('SIGHUP')
    }
    await pause(250)
  }
  await end('SIGTERM')
  return readFileSync(logFile, 'utf8').split('\n').slice(-5).join('\n')
}

/** Ends the daemon that an earlier run, ended before its time, may have left in this folder. */
export async function endLeftover(folder: string): Promise<void> {
  await endProcess(pidFile(folder), folder, ['SIGTERM', 'SIGKILL'])
}

/**
 * A killed dockerd leaves its containerd, or a process that nobody waits for any more, which the next one
 * would take for a containerd that works. What keeps the containers running is neither.
 */
async function endContainerd(folder: string): Promise<void> {
  const file = join(folder, 'exec/containerd/containerd.pid')
  await endProcess(file, folder, ['SIGKILL'])
  rmSync(file, { force: true })
}

/** Sends these signals, the next one after half a minute, to the process that a file names, if it still is one of ours. */
async function endProcess(
  file: string,
  folder: string,
  signals: readonly NodeJS.Signals[],
): Promise<void> {
  for (const signal of signals) {
    const pid = pidIn(file, folder)
    if (pid === undefined) return
    process.kill(pid, signal)
    for (let tries = 0; tries < 300 && pidIn(file, folder) !== undefined; tries += 1) {
      await pause(100)
    }
  }
}

function pidIn(file: string, folder: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    // Empty where the process has ended and nobody has waited for it.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder) ? pid : undefined
  } catch {
    return undefined
  }
}

function pidFile(folder: string): string {
  return join(folder, 'docker.pid')
}
