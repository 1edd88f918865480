import type { Caddyfile, Directive } from '../install/caddyfile/tree.ts'

/** A directive with what stands around it, outermost first. */
export interface Placed {
  readonly directive: Directive
  readonly words: readonly string[]
  readonly around: readonly Directive[]
  /** The site that it stands in. */
  readonly site: Site
}

export interface Site {
  readonly addresses: readonly string[]
  readonly line: number
  readonly directives: readonly Directive[]
}

/** The sites of a Caddyfile, in order. */
export function sitesOf(file: Caddyfile): readonly Site[] {
  return file.entries.flatMap((entry) =>
    entry.kind === 'site'
      ? [{ addresses: entry.addresses, line: entry.line, directives: entry.block.directives }]
      : [],
  )
}

/** Every directive of every site, at every depth. */
export function allDirectives(file: Caddyfile): readonly Placed[] {
  return sitesOf(file).flatMap((site) =>
    site.directives.flatMap((directive) => deep(directive, [], site)),
  )
}

function deep(directive: Directive, around: readonly Directive[], site: Site): readonly Placed[] {
  const own: Placed = { directive, words: directive.words.map(({ text }) => text), around, site }
  const inner = directive.block?.directives ?? []
  return [own, ...inner.flatMap((one) => deep(one, [...around, directive], site))]
}

/** The proxies to one upstream, such as `minio:9000`. */
export function proxiesTo(file: Caddyfile, host: string): readonly Placed[] {
  return allDirectives(file).filter(
    ({ words }) =>
      words[0] === 'reverse_proxy' &&
      words.some((word) => word.replace(/^http:\/\//, '').split(':')[0] === host),
  )
}

/** The named matchers that stand before a directive or around it, with their definition. */
export function matchersOf(file: Caddyfile, placed: Placed): readonly Placed[] {
  const names = [...placed.around, placed.directive]
    .flatMap((one) => one.words.map(({ text }) => text))
    .filter((word) => word.startsWith('@'))
  return allDirectives(file).filter(
    ({ words, around }) =>
      words[0] !== undefined && names.includes(words[0]) && !around.includes(placed.directive),
  )
}

/** All words of a directive and what is in it, as one text to look into. */
export function textOf(directive: Directive): string {
  const own = directive.words.map(({ text }) => text).join(' ')
  return [own, ...(directive.block?.directives ?? []).map(textOf)].join('\n')
}
