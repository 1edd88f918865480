import { statSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Masker } from '../secrets/masker.ts'
import { onInterrupt } from './interrupts.ts'
import { load } from './loading.ts'
import type { Processes, ProcessIdentity, ProcessOptions, ProcessResult } from './process.ts'
import { realFiles } from './real-files.ts'
import type { Rights } from './rights.ts'
import { errorCode } from './system-error.ts'

/** More than the largest resolved Compose model; a program that prints more is stopped. */
const outputLimit = 8 * 1024 * 1024
const killAfterMs = 2_000

/**
 * Programs of this machine, run without a shell.
 * @param masker knows what no argument may hold
 * @param owner of the install, where we are root and it is somebody else's
 */
export function realProcesses(masker: Masker, owner?: Rights): Processes {
  return {
    async run(program, args, options) {
      if ([program, ...args].some((argument) => masker.holdsSecret(argument))) {
        throw new Error(`An argument of ${program} holds a secret: every user of the host sees it`)
      }
      return await run(program, args, options, options.as === 'owner' ? owner : undefined)
    },
    identity,
  }
}

async function run(
  program: string,
  args: readonly string[],
  options: ProcessOptions,
  owner?: Rights,
): Promise<ProcessResult | 'missing'> {
  // A missing folder and a missing program are the same error of the system: tell them apart first.
  if (options.cwd !== undefined) statSync(options.cwd)
  // Loaded when the first program is started: the first question comes before that.
  const { execa } = await load(() => import('execa'))
  const [name, words] = limited(program, args, options)
  const child = execa(name, words, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(owner === undefined ? ourselves(options) : asOwner(owner, options)),
    ...(options.stdin === undefined ? { stdin: 'ignore' } : { input: options.stdin }),
    // A process group of its own: a time-out ends its children as well, and Ctrl-C on the terminal, which
    // reaches ours alone, does not end what has to be finished.
    detached: process.platform !== 'win32',
    cleanup: false,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: outputLimit,
  })
  let timedOut = false
  let lastKill: NodeJS.Timeout | undefined
  const end = () => {
    endGroup(child.pid, 'SIGTERM')
    lastKill ??= setTimeout(() => endGroup(child.pid, 'SIGKILL'), killAfterMs)
  }
  const timer = setTimeout(() => {
    timedOut = true
    end()
  }, options.timeoutMs)
  const { whenSlow } = options
  const slow = whenSlow && setTimeout(whenSlow.tell, whenSlow.afterMs)
  const forget = onInterrupt(() => endGroup(child.pid, 'SIGTERM'))
  try {
    const result = await child
    if (result.code === 'ENOENT' && child.pid === undefined) return 'missing'
    if (child.pid === undefined) {
      return { exitCode: undefined, timedOut, stdout: '', stderr: result.originalMessage ?? '' }
    }
    // The shell's word for a program that is not there.
    if (options.memoryKiB !== undefined && result.exitCode === 127) return 'missing'
    if (result.isMaxBuffer) endGroup(child.pid, 'SIGKILL')
    return {
      exitCode: timedOut || result.isMaxBuffer ? undefined : result.exitCode,
      timedOut,
      stdout: result.stdout,
      stderr: result.stderr,
    }
  } finally {
    clearTimeout(timer)
    clearTimeout(slow)
    clearTimeout(lastKill)
    forget()
  }
}

/** A limit is inherited, and only a shell sets one for a single program; one that cannot goes on without. */
function limited(
  program: string,
  args: readonly string[],
  { memoryKiB }: ProcessOptions,
): readonly [string, readonly string[]] {
  if (memoryKiB === undefined || process.platform === 'win32') return [program, args]
  return ['sh', ['-c', 'ulimit -v "$0" 2>/dev/null; exec "$@"', `${memoryKiB}`, program, ...args]]
}

/** Without entries that mean the folder that a program is started in: what lies there is not ours to run. */
function absolutePath(path: string | undefined): string | undefined {
  if (process.platform === 'win32') return path
  return path
    ?.split(':')
    .filter((entry) => entry.startsWith('/'))
    .join(':')
}

function ourselves({ env, cwd }: ProcessOptions) {
  return { env: { PATH: absolutePath(process.env.PATH), ...workingDirectory(cwd), ...env } }
}

/**
 * All three kinds of ids are his at once, and no group but his own: there is no way back from these. Of our
 * environment he gets nothing, since he may read that of his own processes (proc(5)).
 */
function asOwner({ uid, gid }: Rights, { env, cwd }: ProcessOptions) {
  const own = { PATH: absolutePath(process.env.PATH), HOME: '/nonexistent' }
  return { uid, gid, extendEnv: false, env: { ...own, ...workingDirectory(cwd), ...env } }
}

/** As a shell has it: Compose puts it in place of ${PWD}. */
function workingDirectory(cwd: string | undefined): { readonly PWD?: string } {
  return cwd === undefined ? {} : { PWD: cwd }
}

function endGroup(processId: number | undefined, signal: NodeJS.Signals): void {
  if (processId === undefined) return
  try {
    process.kill(process.platform === 'win32' ? processId : -processId, signal)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}

async function identity(processId: number): Promise<ProcessIdentity | 'gone'> {
  // Asked by signal first: /proc mounted with hidepid does not show other users' processes.
  if (!exists(processId)) return 'gone'
  const host = hostname()
  const boot = (await readText('/proc/sys/kernel/random/boot_id')) ?? ''
  if (boot === '') return { host, boot, started: await startedByPs(processId) }
  const status = await readText(`/proc/${processId}/stat`)
  // The command name, in parentheses, may hold anything: count from behind it (proc(5)).
  const fields = status?.slice(status.lastIndexOf(')') + 2).split(' ') ?? []
  // Killed, but its parent has not asked for it yet.
  if (fields[0] === 'Z' || fields[0] === 'X') return 'gone'
  return { host, boot: boot.trim(), started: fields[19] ?? '' }
}

function exists(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
}

async function startedByPs(processId: number): Promise<string> {
  const result = await run('ps', ['-o', 'lstart=', '-p', String(processId)], { timeoutMs: 5_000 })
  return result === 'missing' || result.exitCode !== 0 ? '' : result.stdout.trim()
}

async function readText(path: string): Promise<string | undefined> {
  const found = await realFiles().read(path, 65_536)
  return found.kind === 'file' ? Buffer.from(found.bytes).toString('utf8') : undefined
}
