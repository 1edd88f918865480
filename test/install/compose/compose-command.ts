import { spawnSync } from 'node:child_process'

/** What `docker compose config` said of a folder. */
export type ComposeAnswer =
  | { readonly ok: true; readonly config: Record<string, unknown> }
  | { readonly ok: false; readonly message: string }

/** The environment of the command: nothing of the test run's own reaches Compose. */
export function commandEnvironment(
  shell: Readonly<Record<string, string>>,
): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', ...shell }
}

/** Compose's version, or undefined where it is not installed or older than its tags (2.24.4). */
export const composeVersion: string | undefined = (() => {
  const answer = spawnSync('docker', ['compose', 'version', '--short'], { encoding: 'utf8' })
  const version = answer.status === 0 ? answer.stdout.trim() : ''
  const [, major, minor] = /^v?([0-9]+)\.([0-9]+)/.exec(version) ?? []
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 30) ? version : undefined
})()

export interface ComposeOptions {
  /** Variables of the command's environment. */
  readonly shell?: Readonly<Record<string, string>>
  /** Whether Compose lets references to undeclared services, networks and volumes through. */
  readonly looseReferences?: boolean
}

/** The resolved model of a folder as Compose prints it; its doubled dollars are one again. */
export function composeConfig(directory: string, options: ComposeOptions = {}): ComposeAnswer {
  const flags = options.looseReferences === true ? ['--no-consistency'] : []
  const answer = spawnSync('docker', ['compose', 'config', ...flags, '--format', 'json'], {
    cwd: directory,
    encoding: 'utf8',
    env: commandEnvironment(options.shell ?? {}),
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  })
  if (answer.status === null) {
    throw new Error(`docker compose config did not finish: ${answer.error ?? answer.signal}`)
  }
  if (answer.status !== 0) return { ok: false, message: answer.stderr.trim() }
  const config: unknown = JSON.parse(answer.stdout.replaceAll('$$', '$'))
  if (!isRecord(config)) throw new Error('docker compose config printed no mapping')
  return { ok: true, config }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
