import type { Plain, PlainSite } from './expand.ts'

const mostPaths = 40
const longestPath = 120

/**
 * Paths that find every branch of a site: each that a matcher names, with something in place of its
 * wildcards.
 */
export function pathsOf({ directives }: PlainSite): readonly string[] {
  const found = new Set<string>(['/'])
  const collect = ({ words, block }: Plain) => {
    for (const word of words.slice(1)) {
      if (word.startsWith('/') && word.length <= longestPath) found.add(word.replaceAll('*', 'x'))
    }
    block.forEach(collect)
  }
  directives.forEach(collect)
  return [...found].slice(0, mostPaths)
}

/** Does anybody outside of Caddy's container get here? */
export function isPublic({ directives }: PlainSite): boolean {
  const binds = directives.flatMap(({ words }) => (words[0] === 'bind' ? words.slice(1) : []))
  return (
    binds.length === 0 || !binds.every((one) => /^(?:127\.|::1$|\[::1\]$|localhost$)/.test(one))
  )
}
