import { spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'

export interface DaemonOptions {
  readonly driver: string
  /** Takes over the containers that a killed daemon left running, instead of starting them anew. */
  readonly takeOver: boolean
}

/** For DOCKER_HOST. */
export function socketOf(folder: string): string {
  return `unix://${join(folder, 'docker.sock')}`
}

/**
 * Starts dockerd with everything of it below this folder, and waits until it answers; else its last words.
 * It outlives this process: `endDaemon` ends it.
 */
export async function startDaemon(
  folder: string,
  { driver, takeOver }: DaemonOptions,
): Promise<string | undefined> {
  mkdirSync(folder, { recursive: true })
  rmSync(pidFile(folder), { force: true })
  await endContainerd(folder)
  const configFile = join(folder, 'daemon.json')
  writeFileSync(configFile, '{"live-restore": true}')
  const log = openSync(logFile(folder), 'w')
  const child = spawn(
    'dockerd',
    [
      ...['--host', socketOf(folder), '--storage-driver', driver],
      ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
      ...['--pidfile', pidFile(folder)],
      ...(takeOver ? ['--config-file', configFile] : []),
    ],
    { stdio: ['ignore', log, log], detached: true },
  )
  closeSync(log)
  child.unref()
  let running = true
  const ended = () => {
    running = false
  }
  child.once('exit', ended).once('error', ended)

  for (let tries = 0; tries < 240 && running; tries += 1) {
    const env = { DOCKER_HOST: socketOf(folder) }
    const info = ['info', '--format', '{{.LiveRestoreEnabled}}']
    const { exitCode, stdout } = await execa('docker', info, { env, reject: false })
    if (exitCode === 0 && stdout === 'false') return undefined
    if (exitCode === 0) {
      // So that its own orderly end is again that of its containers.
      writeFileSync(configFile, '{"live-restore": false}')
      child.kill('SIGHUP')
    }
    await pause(250)
  }
  await endDaemon(folder)
  return lastWords(folder)
}

/** The driver of the daemon that runs in this folder; undefined where none does. */
export async function runningDriver(folder: string): Promise<string | undefined> {
  if (pidIn(pidFile(folder), folder) === undefined) return undefined
  const env = { DOCKER_HOST: socketOf(folder) }
  const info = ['info', '--format', '{{.Driver}}']
  const { exitCode, stdout } = await execa('docker', info, { env, reject: false, timeout: 30_000 })
  return exitCode === 0 ? stdout : undefined
}

/** The end of the log of this folder's last daemon. */
export function lastWords(folder: string): string {
  return existsSync(logFile(folder))
    ? readFileSync(logFile(folder), 'utf8').trimEnd().split('\n').slice(-5).join('\n')
    : ''
}

/** Ends the daemon of this folder, if there is one, and its containers with it. Waits until it has ended. */
export async function endDaemon(folder: string): Promise<void> {
  await endProcess(pidFile(folder), folder, ['SIGTERM', 'SIGKILL'])
}

/** Kills it: its containers run on. */
export async function killDaemon(folder: string): Promise<void> {
  await endProcess(pidFile(folder), folder, ['SIGKILL'])
}

/** Asks the daemon of this folder to end, without waiting for it. */
export function tellDaemonToEnd(folder: string): void {
  const pid = pidIn(pidFile(folder), folder)
  if (pid !== undefined) process.kill(pid, 'SIGTERM')
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

/** Sends these signals, the next one after a minute, to the process that a file names, if it still is one of ours. */
async function endProcess(
  file: string,
  folder: string,
  signals: readonly NodeJS.Signals[],
): Promise<void> {
  for (const signal of signals) {
    const pid = pidIn(file, folder)
    if (pid === undefined) return
    process.kill(pid, signal)
    for (let tries = 0; tries < 600 && pidIn(file, folder) !== undefined; tries += 1) {
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

function logFile(folder: string): string {
  return join(folder, 'dockerd.log')
}

function pidFile(folder: string): string {
  return join(folder, 'docker.pid')
}
