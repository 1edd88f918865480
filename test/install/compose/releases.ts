import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { composeVersion } from './compose-command.ts'

const upstream = resolve(process.env.TRACECAT_UPSTREAM ?? '../shared/upstream')

/** The releases whose stock files are there; none where the folder is missing. */
export const releases: readonly string[] = existsSync(upstream)
  ? readdirSync(upstream).filter((name) => existsSync(join(upstream, name, 'docker-compose.yml')))
  : []

/** Why nothing can be compared, to stand in a test's name; '' where it can. */
export const whyNot: string =
  releases.length === 0
    ? ' (skipped: no stock files, see TRACECAT_UPSTREAM)'
    : composeVersion === undefined
      ? ' (skipped: Docker Compose is not installed)'
      : ''

/** Calls `use` with a folder that has a release's Compose file and a `.env`. */
export function withRelease<T>(
  release: string,
  changeEnv: (stock: string) => string,
  use: (directory: string) => T,
): T {
  const directory = mkdtempSync(join(tmpdir(), 'tracecat-compose-'))
  try {
    const read = (name: string): string => readFileSync(join(upstream, release, name), 'utf8')
    writeFileSync(join(directory, 'docker-compose.yml'), read('docker-compose.yml'))
    writeFileSync(join(directory, '.env'), changeEnv(read('.env.example')))
    return use(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
