import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const killAt = fileURLToPath(new URL('kill-at.mjs', import.meta.url))

/** Where the program is killed: at the n-th of its acts (kill-at.mjs) that this matches. */
export interface KillPoint {
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
}

/** The program as it is built, in a copy that nobody else's build replaces. */
export interface Program {
  run(args: readonly string[], kill?: KillPoint): Promise<ProgramResult>
  remove(): void
}

/** @param env added to the environment of every run: where Docker is */
export async function builtProgram(env: Readonly<Record<string, string>>): Promise<Program> {
  await execa('npm', ['run', '--silent', 'build'], { cwd: root })
  const folder = mkdtempSync(join(tmpdir(), 'tracecat-program-'))
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  return {
    async run(args, kill) {
      const { act, nth = 1, when } = kill ?? {}
      const point = { act: act?.source, nth, when }
      const loaded = kill === undefined ? [] : ['--import', killAt]
      const { exitCode, signal, stdout, stderr } = await execa(
        'node',
        [...loaded, join(folder, 'dist/cli.js'), ...args],
        { env: { ...env, KILL_AT: JSON.stringify(point) }, reject: false },
      )
      return { exitCode, signal, stdout, stderr }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
