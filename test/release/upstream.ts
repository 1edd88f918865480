import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const folder =
  process.env.TRACECAT_UPSTREAM ?? resolve(import.meta.dirname, '../../../shared/upstream')
const erasFile = resolve(folder, '../tracecat-eras.txt')

interface Published {
  readonly commit: string
  readonly date: string
  readonly sha256: { readonly [file: string]: string }
}

/** `releases.json` beside the stock files, or undefined where it is missing. */
export function publishedReleases(): { readonly [tag: string]: Published } | undefined {
  const file = resolve(folder, 'releases.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** A fact's values, release by release: from this tag to that one, both included. */
export interface Era {
  readonly first: string
  readonly last: string
  readonly value: unknown
}

/** The facts per release as collected from Tracecat's repository, by title, or undefined where missing. */
export function collectedEras(): ReadonlyMap<string, readonly Era[]> | undefined {
  if (!existsSync(erasFile)) return undefined
  const eras = new Map<string, Era[]>()
  let title = ''
  for (const line of readFileSync(erasFile, 'utf8').split('\n')) {
    if (line.startsWith('## ')) title = line.slice(3)
    const row = /^ {2}(\S+) \.\. (\S+) \(\d+\): (.*)$/.exec(line)
    if (row === null) continue
    const [, first = '', last = '', json = ''] = row
    eras.set(title, [...(eras.get(title) ?? []), { first, last, value: JSON.parse(json) }])
  }
  return eras
}
