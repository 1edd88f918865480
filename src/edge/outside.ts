import { parseCaddyfile } from '../install/caddyfile/parse.ts'
import type { CarriedPart } from './parts.ts'

/** Sorts the admin's text outside of our site: what is defined first, then whole sites. */
export function foldOutside(parts: readonly CarriedPart[]): {
  definitions: readonly string[]
  sites: readonly string[]
} {
  const definitions: string[] = []
  const sites: string[] = []
  for (const { text } of parts) {
    const { entries } = parseCaddyfile(text, 'Caddyfile')
    const group = entries.some(({ kind }) => kind === 'site') ? sites : definitions
    group.push(text)
  }
  return { definitions, sites }
}
