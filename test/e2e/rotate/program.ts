import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { root } from '../../built.ts'

const signalAt = fileURLToPath(new URL('signal-at.mjs', import.meta.url))

/** Where the program is struck: at the n-th of its acts (signal-at.mjs) that this matches. */
export interface Point {
  readonly act: RegExp
  /** 1 where it is not said. */
  readonly nth?: number
  /**
   * Around a program that it starts: `during`, and that one goes on alone; `cut`, and that one dies as well.
   * Around what it does to a file: `before` or `after`.
   */
  readonly when: 'before' | 'during' | 'cut' | 'after'
}

export interface ProgramResult {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  readonly stdout: string
  readonly stderr: string
  /** Both. */
  readonly output: string
}

/** The program as it is built, in a copy that nobody else's build replaces. */
export interface Program {
  run(args: readonly string[]): Promise<ProgramResult>
  /** Killed there. Throws where it never came there. */
  killedAt(point: Point, args: readonly string[]): Promise<ProgramResult>
  /** Halted there while this happens, then going on. Throws where it never came there. */
  haltedAt(
    point: Point,
    args: readonly string[],
    meanwhile: () => Promise<unknown>,
  ): Promise<ProgramResult>
  remove(): void
}

/** A shell's NODE_ENV, the test runner's, would beat that of `.env`. */
const { NODE_ENV: _, ...shell } = process.env

/** @param env added to the environment of every run: where Docker is */
export async function builtProgram(env: Readonly<Record<string, string>>): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'tracecat-program-'))
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  const cli = join(folder, 'dist/cli.js')

  const start = (args: readonly string[], options: readonly string[] = [], signalAt = '') =>
    execa('node', [...options, cli, ...args], {
      env: { ...shell, ...env, SIGNAL_AT: signalAt },
      extendEnv: false,
      reject: false,
    })
  const startTo = (signal: string, { act, nth = 1, when }: Point, args: readonly string[]) =>
    start(args, ['--import', signalAt], JSON.stringify({ act: act.source, nth, when, signal }))

  return {
    run: async (args) => resultOf(await start(args)),
    async killedAt(point, args) {
      const result = resultOf(await startTo('SIGKILL', point, args))
      if (result.signal === 'SIGKILL') return result
      throw new Error(`It never came to ${point.act}:\n${result.stdout}\n${result.stderr}`)
    },
    async haltedAt(point, args, meanwhile) {
      const running = startTo('SIGSTOP', point, args)
      for (; ; await pause(20)) {
        const state = stateOf(running.pid)
        if (state === 'T') break
        if (state !== undefined && state !== 'Z') continue
        const { stdout, stderr } = await running
        throw new Error(`It never came to ${point.act}:\n${stdout}\n${stderr}`)
      }
      try {
        await meanwhile()
      } finally {
        running.kill('SIGCONT')
      }
      return resultOf(await running)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function resultOf({
  exitCode,
  signal,
  stdout,
  stderr,
}: {
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  readonly stdout: string
  readonly stderr: string
}): ProgramResult {
  return { exitCode, signal, stdout, stderr, output: `${stdout}\n${stderr}` }
}

/** T: halted; Z: ended; undefined: gone (proc(5)). */
function stateOf(pid: number | undefined): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2)[0]
  } catch {
    return undefined
  }
}
