import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const found = spawnSync('caddy', ['version'], { encoding: 'utf8' })

/** Whether the real Caddy is here: what only it can answer is skipped elsewhere, by name. */
export const hasCaddy = found.status === 0
export const whyNot = hasCaddy ? '' : ' (skipped: no caddy on this machine)'

export interface Adapted {
  /** The JSON, or undefined where Caddy refuses the file. */
  readonly json: unknown
  readonly error: string
}

/** `caddy adapt` of a text, with environment variables; nothing is started. */
export function adapt(text: string, environment: Record<string, string> = {}): Adapted {
  return inFolder(text, (path, folder) => {
    const { status, stdout, stderr } = caddy(['adapt', '--config', path], folder, environment)
    // A file server hides the Caddyfile by its path.
    const json = stdout.replaceAll(folder, '/etc/caddy')
    return { json: status === 0 ? JSON.parse(json) : undefined, error: stderr }
  })
}

/** What `caddy validate` has against a text; empty where it is valid. `files` lie beside it. */
export function complaints(text: string, files: Record<string, string> = {}): string {
  return inFolder(text, (path, folder) => {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    const { status, stderr } = caddy(['validate', '--config', path], folder)
    return status === 0 ? '' : stderr
  })
}

function inFolder<Result>(text: string, use: (path: string, folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'caddyfile-'))
  try {
    const path = join(folder, 'Caddyfile')
    writeFileSync(path, text)
    return use(path, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function caddy(words: string[], folder: string, environment: Record<string, string> = {}) {
  return spawnSync('caddy', [...words, '--adapter', 'caddyfile'], {
    encoding: 'utf8',
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
      ...environment,
    },
  })
}
