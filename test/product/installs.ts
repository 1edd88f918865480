import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { stock } from '../stock.ts'

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
