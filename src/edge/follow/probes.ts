import type { Plain, PlainSite } from './expand.ts'

const mostPaths = 40
const longestPath = 120

/**
 * Paths that find every branch of a site: each that a matcher names, with something in place of its
 * wildcards.
 */
export function pathsOf(site: PlainSite): readonly string[] {
  return pathsWith(site, (pattern) => [pattern])
}

/** The same, and below each path that a matcher names this one: where the prefix is cut off, it is left. */
export function pathsTo(site: PlainSite, path: string): readonly string[] {
  return pathsWith(site, (pattern) => [
    pattern,
    ...(pattern.endsWith('*') ? [pattern.slice(0, -1) + path] : []),
    `${pattern.replace(/\/?\*?$/, '')}/${path}`,
  ])
}

function pathsWith(
  site: PlainSite,
  variants: (pattern: string) => readonly string[],
): readonly string[] {
  const patterns = known.get(site) ?? patternsIn(site)
  known.set(site, patterns)
  return [...new Set(patterns.flatMap(variants).map((path) => path.replaceAll('*', 'x')))]
}

/** Several controls ask for those of one site. */
const known = new WeakMap<PlainSite, readonly string[]>()

function patternsIn({ directives }: PlainSite): readonly string[] {
  const found = new Set<string>(['/'])
  const collect = (prefix: string, { words, block }: Plain) => {
    const patterns = words.slice(1).filter((word) => word.startsWith('/'))
    for (const pattern of patterns.filter(({ length }) => length <= longestPath))
      found.add(prefix + pattern)
    // Inside, the path has lost it.
    const isCut = words[0] === 'handle_path'
    const inner = isCut ? prefix + (patterns[0] ?? '').replace(/\/?\*?$/, '') : prefix
    for (const one of block) collect(inner.length > longestPath ? prefix : inner, one)
  }
  for (const directive of directives) collect('', directive)
  return [...found].slice(0, mostPaths)
}

/** Does anybody outside of Caddy's container get here? */
export function isPublic({ directives }: PlainSite): boolean {
  const binds = directives.flatMap(({ words }) => (words[0] === 'bind' ? words.slice(1) : []))
  return (
    binds.length === 0 || !binds.every((one) => /^(?:127\.|::1$|\[::1\]$|localhost$)/.test(one))
  )
}
