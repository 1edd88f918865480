import { Failure } from '../failure.ts'
import { parseCaddyfile } from '../install/caddyfile/parse.ts'
import { isAddressOf } from './address.ts'
import type { CarriedPart } from './parts.ts'

/**
 * Sorts the admin's text outside of our site: what is defined first, then whole sites. Throws a
 * Failure for one with our site's own name, which Caddy takes once.
 */
export function foldOutside(
  parts: readonly CarriedPart[],
  address: string,
): {
  definitions: readonly string[]
  sites: readonly string[]
} {
  const definitions: string[] = []
  const sites: string[] = []
  const isOurs = (one: string) => one === address || isAddressOf(one, address)
  for (const { text } of parts) {
    const { entries } = parseCaddyfile(text, 'Caddyfile')
    if (entries.some((entry) => entry.kind === 'site' && entry.addresses.some(isOurs)))
      throw new Failure(
        'badInput',
        `${address} is the answer "domain", and in your Caddyfile a site of its own: Caddy takes a name once`,
        { remedy: 'Move what that site says into the one of Tracecat, or choose another domain.' },
      )
    const group = entries.some(({ kind }) => kind === 'site') ? sites : definitions
    group.push(text)
  }
  return { definitions, sites }
}
