import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { type Ended, ended } from '../apply/program.ts'

// The real program as root, in folders of other users. Numbers are enough for a user: no account is made.

export const isRoot = process.getuid?.() === 0
/** For the titles of what only root can try. */
export const unlessRoot = isRoot ? '' : ' (skipped: only root can try it)'

/** Who calls sudo. */
export const alice = 4242
/** Somebody else on the host. */
export const mallory = 4343

/** The whole program and one more, for the tests of a file, where nobody but root may read it, as npx under sudo leaves it. */
export function programs(): { readonly cli: () => string; readonly racer: () => string } {
  let folder = ''
  beforeAll(async () => {
    if (!isRoot) return
    folder = mkdtempSync(join(tmpdir(), 'harden-program-'))
    chmodSync(folder, 0o700)
    await build({
      entryPoints: {
        cli: fileURLToPath(new URL('../../src/cli.ts', import.meta.url)),
        racer: fileURLToPath(new URL('racer.ts', import.meta.url)),
      },
      outdir: folder,
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      outExtension: { '.js': '.mjs' },
      loader: { '.caddyfile': 'text', '.env': 'text', '.jsonc': 'text', '.yml': 'text' },
      banner: {
        js: "import { createRequire as from } from 'node:module'; const require = from(import.meta.url)",
      },
      logLevel: 'error',
    })
  })
  afterAll(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true })
  })
  return { cli: () => join(folder, 'cli.mjs'), racer: () => join(folder, 'racer.mjs') }
}

export interface Run {
  /** Who called sudo; nobody: a root shell. */
  readonly sudo?: number
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program as root. */
export async function asRoot(
  program: string,
  args: readonly string[],
  run: Run = {},
): Promise<Ended & { /** Its errors, without line breaks. */ readonly said: string }> {
  const { SUDO_UID: _uid, SUDO_GID: _gid, ...env } = process.env
  const sudo = run.sudo === undefined ? {} : { SUDO_UID: `${run.sudo}`, SUDO_GID: `${run.sudo}` }
  const end = await ended(
    spawn(process.execPath, [program, ...args], {
      env: { ...env, NO_COLOR: '1', ...sudo, ...run.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
  return { ...end, said: end.stderr.replace(/\s+/g, ' ') }
}

const example = fileURLToPath(new URL('../../templates/example/', import.meta.url))

/** A folder that anybody may go through, and root alone may write. */
export function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'harden-root-'))
  chmodSync(folder, 0o755)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A stock install of a user, in a folder of its own below root's. */
export function installOf(uid: number, folder = join(openFolder(), 'tracecat')): string {
  mkdirSync(folder)
  copyFileSync(join(example, 'docker-compose.yml'), join(folder, 'docker-compose.yml'))
  copyFileSync(join(example, 'Caddyfile'), join(folder, 'Caddyfile'))
  copyFileSync(join(example, 'dot-env'), join(folder, '.env'))
  copyFileSync(join(example, 'answers.yaml'), join(folder, 'tracecat-harden.yaml'))
  own(uid, folder)
  return folder
}

/** Gives a file, or all of a folder, to a user; links themselves. */
export function own(uid: number, ...paths: readonly string[]): void {
  for (const path of paths) execFileSync('chown', ['-hR', `${uid}:${uid}`, path])
}

/** Something that root alone may read, and nobody may lose. */
export function victim(content: string = treasure): {
  readonly folder: string
  readonly file: string
  unharmed(): boolean
} {
  const folder = join(openFolder(), 'of-root')
  mkdirSync(folder)
  const file = join(folder, 'key')
  writeFileSync(file, content, { mode: 0o600 })
  const before = pictureOf(folder)
  return { folder, file, unharmed: () => pictureOf(folder) === before }
}

export const treasure = 'treasure-of-root-7f3a9c'

/** Every name below a folder with its owner, mode and content; links by where they lead. */
export function pictureOf(folder: string): string {
  const lines = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name)
    const { uid, mode } = lstatSync(path)
    const text = entry.isFile() ? readFileSync(path, 'utf8') : ''
    return `${path} ${uid} ${mode.toString(8)} ${text}`
  })
  return lines.sort().join('\n')
}

/** Puts a file where an attacker would. */
export function put(path: string, content: unknown, uid: number): void {
  const missing: string[] = []
  for (let folder = dirname(path); !existsSync(folder); folder = dirname(folder)) {
    missing.unshift(folder)
  }
  for (const folder of missing) {
    mkdirSync(folder, { mode: 0o700 })
    chownSync(folder, uid, uid)
  }
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  chownSync(path, uid, uid)
}
