import { parseCaddyfile } from '../install/caddyfile/parse.ts'
import type { Directive } from '../install/caddyfile/tree.ts'

const opening = '{\n'

/** How far the offsets of `parseDirectives` are ahead of those of its text. */
export const openingLength = opening.length

/** Reads directives that stand outside of a file; none where the text is only a comment. */
export function parseDirectives(text: string): readonly Directive[] {
  const [entry] = parseCaddyfile(`${opening}${text}\n}\n`, 'Caddyfile').entries
  return entry?.kind === 'global' ? entry.block.directives : []
}
