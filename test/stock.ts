import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, test } from 'vitest'
import type { StockName } from '../src/release/stock-files.ts'
import wanted from './stock-releases.json' with { type: 'json' }

/**
 * The folder with Tracecat's stock files, which are not ours to publish: one folder a release.
 * TRACECAT_UPSTREAM names it; else it is where `npm run fetch-stock` puts them.
 */
export const upstream = resolve(
  process.env.TRACECAT_UPSTREAM || resolve(import.meta.dirname, '../.upstream'),
)

const missing = wanted.filter((tag) => !existsSync(join(upstream, tag, 'docker-compose.yml')))

/** Why nothing can be proved, to stand in a test's name; '' where all stock files are there. */
export const noStock =
  missing.length === 0 ? '' : " (skipped: no stock files of Tracecat's; npm run fetch-stock)"

// A named folder that lacks them is a mistake, and CI proves nothing by skipping.
if (missing.length > 0 && (process.env.TRACECAT_UPSTREAM || process.env.CI))
  throw new Error(
    `${upstream} has no stock files of Tracecat ${missing.join(', ')}. Run npm run fetch-stock, or set TRACECAT_UPSTREAM to a folder that has them.`,
  )

/** The releases that tests try, oldest first; none where their stock files are not here. */
export const releases: readonly string[] = missing.length === 0 ? wanted : []

export const newest = releases.at(-1) ?? ''

/** A stock file as the vendor publishes it. */
export function stock(release: string, name: StockName): string {
  return readFileSync(join(upstream, release, name), 'utf8')
}

/** A suite that reads stock files. Without them it is one skipped line, and `body` never runs. */
export function describeStock(name: string, body: () => void): void {
  if (noStock === '') describe(name, body)
  else describe.skip(`${name}${noStock}`, () => test("reads Tracecat's stock files", () => {}))
}
