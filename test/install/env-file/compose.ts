import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The installed Compose's version, undefined where there is none. */
export function installedCompose(): string | undefined {
  const asked = spawnSync('docker', ['compose', 'version', '--short'], { encoding: 'utf8' })
  return asked.status === 0 ? asked.stdout.trim() : undefined
}

export interface ComposeAnswer {
  readonly accepted: boolean
  /** Sorted `NAME=value` lines without what the Docker CLI adds for its plugins. */
  readonly environment: string
  readonly message: string
}

/** What `docker compose config --environment` says of a `.env` text, in a shell of these variables. */
export async function askCompose(
  text: string,
  shell: Readonly<Record<string, string>>,
): Promise<ComposeAnswer> {
  const folder = mkdtempSync(join(tmpdir(), 'env-agreement-'))
  try {
    writeFileSync(join(folder, '.env'), text)
    writeFileSync(join(folder, 'compose.yml'), 'name: p\nservices:\n  a:\n    image: a\n')
    return await run(folder, {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      PWD: folder,
      ...shell,
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Values as Compose prints them: lines of `NAME=value`, sorted by their bytes as a whole. */
export function environmentLines(values: ReadonlyMap<string, string>): string {
  return [...values]
    .map(([name, value]) => Buffer.from(`${name}=${value}`))
    .sort(Buffer.compare)
    .map((line) => `${line.toString()}\n`)
    .join('')
}

function run(folder: string, env: Record<string, string>): Promise<ComposeAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn('docker', ['compose', 'config', '--environment'], { cwd: folder, env })
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => {
      const own = /^(DOCKER_CLI_PLUGIN_\w+|PATH|HOME|PWD|COMPOSE_PROJECT_NAME)=.*\n/gm
      const message = errors.split('\n').filter((line) => !line.includes('level=warning'))
      resolve({
        accepted: code === 0,
        environment: output.replace(own, ''),
        message: message.join('\n').replaceAll(folder, '').trim(),
      })
    })
  })
}
