import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'

/** `child.ts`, for the tests of a file. */
export function childProgram(): () => string {
  return bundled(join(import.meta.dirname, 'child.ts'))
}

/** Bundles a program for the tests of a file: Node runs it without a loader, fast enough to kill it often. */
export function bundled(entry: string): () => string {
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'harden-child-'))
    // Other users run it, too.
    chmodSync(folder, 0o755)
    await build({
      entryPoints: [entry],
      outfile: join(folder, 'child.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      loader: { '.caddyfile': 'text', '.env': 'text', '.jsonc': 'text', '.yml': 'text' },
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
      },
      logLevel: 'error',
    })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return () => join(folder, 'child.mjs')
}

/**
 * Node's arguments for a program as a user who owns nothing here; only root may use them. The program
 * becomes that user by itself: he may have no right to start this Node, which can lie in root's home.
 */
export const asNobody: readonly string[] = [
  '--import',
  `data:text/javascript,${encodeURIComponent(
    'process.setgroups?.([]); process.setgid?.(65534); process.setuid?.(65534)',
  )}`,
]

export interface Ended {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return ended(spawn(process.execPath, args, { env: { ...process.env, ...env } }))
}

/** Collects what the process prints until it is over. */
export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (data) => {
    stdout += data
  })
  child.stderr?.on('data', (data) => {
    stderr += data
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }))
  })
}
