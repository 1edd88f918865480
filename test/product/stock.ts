import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { compareTags } from '../../src/release/version.ts'

/** The folder with the stock files of several releases, one folder each. */
export const upstream = resolve(
  process.env.TRACECAT_UPSTREAM ?? resolve(import.meta.dirname, '../../../shared/upstream'),
)

/** The releases whose stock files are there, oldest first; none where the folder is missing. */
export const releases: readonly string[] = existsSync(upstream)
  ? readdirSync(upstream)
      .filter((name) => existsSync(join(upstream, name, 'docker-compose.yml')))
      .sort(compareTags)
  : []

export const newest = releases.at(-1) ?? ''

/** Why nothing can be proved, to stand in a test's name; '' where it can. */
export const noStock =
  releases.length === 0 ? ' (skipped: no stock files, see TRACECAT_UPSTREAM)' : ''

/** A stock file as the vendor publishes it. */
export function stock(
  release: string,
  name: 'docker-compose.yml' | '.env.example' | 'Caddyfile',
): string {
  return readFileSync(join(upstream, release, name), 'utf8')
}

/** An empty folder, removed when the test is over; in memory where there is one. */
export function emptyFolder(): string {
  const folder = mkdtempSync(
    join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'harden-product-'),
  )
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The files of an install, by name; undefined leaves one out. */
export type Files = Readonly<Record<string, string | undefined>>

/** A folder as the vendor's steps leave it: the stock files and `.env` as a copy of the example. */
export function stockInstall(release: string, changes: Files = {}): string {
  const files: Files = {
    'docker-compose.yml': stock(release, 'docker-compose.yml'),
    '.env.example': stock(release, '.env.example'),
    Caddyfile: stock(release, 'Caddyfile'),
    '.env': withTag(release),
    ...changes,
  }
  const folder = emptyFolder()
  for (const [name, text] of Object.entries(files)) {
    if (text !== undefined) writeFileSync(join(folder, name), text)
  }
  return folder
}

/** Two releases' Compose files default to an older image: as an admin does, the tag is pinned. */
export function withTag(release: string, env = stock(release, '.env.example')): string {
  return `TRACECAT__IMAGE_TAG=${release}\n${env}`
}
