import type { Plain } from './expand.ts'
import { type Definitions, singlePath } from './match.ts'

/** Caddy 2.11's own order of directives; the ones that are left out change no request and answer none. */
const caddysOrder: readonly string[] = [
  'vars',
  'root',
  'header',
  'redir',
  'method',
  'rewrite',
  'uri',
  'try_files',
  'basicauth',
  'basic_auth',
  'forward_auth',
  'request_header',
  'invoke',
  'handle',
  'route',
  'abort',
  'error',
  'respond',
  'metrics',
  'reverse_proxy',
  'php_fastcgi',
  'file_server',
  'acme_server',
]

/** `handle` and `handle_path` are one: of those that match, the first counts. */
export function kindOf(directive: Plain): string {
  const name = directive.words[0] ?? ''
  return name === 'handle_path' ? 'handle' : name
}

/**
 * The order in which Caddy runs the directives of a block (httpcaddyfile, sortRoutes; compared with
 * `caddy adapt` 2.11): by kind, and within a kind the longer path first (of the same length by
 * letter), then what has a matcher.
 * The comparison is no order in the strict sense, so that it takes Go's way to sort: by insertion.
 */
export function inOrder(
  directives: readonly Plain[],
  definitions: Definitions,
  order: readonly string[],
): readonly Plain[] {
  const sorted: Ranked[] = []
  for (const directive of directives) {
    const rank = order.indexOf(kindOf(directive))
    if (rank < 0) continue
    const path = singlePath(directive, definitions)
    const one = {
      directive,
      rank,
      path,
      bare: path?.replace(/\*$/, ''),
      hasMatcher: hasMatcher(directive),
    }
    let index = sorted.length
    for (; index > 0; index -= 1) {
      const before = sorted[index - 1]
      if (before === undefined || !isBefore(one, before)) break
    }
    sorted.splice(index, 0, one)
  }
  return sorted.map(({ directive }) => directive)
}

interface Ranked {
  readonly directive: Plain
  readonly rank: number
  readonly path: string | undefined
  /** The path without the `*` at its end. */
  readonly bare: string | undefined
  readonly hasMatcher: boolean
}

function isBefore(one: Ranked, other: Ranked): boolean {
  if (one.rank !== other.rank) return one.rank < other.rank
  if (one.path === undefined || other.path === undefined) return one.hasMatcher && !other.hasMatcher
  const [bare, otherBare] = [one.bare ?? '', other.bare ?? '']
  if (bare === otherBare) return one.path.length < other.path.length
  return bare.length === otherBare.length ? bare < otherBare : bare.length > otherBare.length
}

function hasMatcher({ words }: Plain): boolean {
  return words[1] !== undefined && /^[@/]/.test(words[1])
}

/** The order with the changes of the global option `order`. */
export function orderOf(global: readonly Plain[]): readonly string[] {
  return global.reduce<readonly string[]>((order, { words }) => {
    const [option, moved = '', position, anchor = ''] = words
    if (option !== 'order') return order
    const rest = order.filter((name) => name !== moved)
    if (!order.includes(moved)) return order
    if (position === 'first') return [moved, ...rest]
    if (position === 'last') return [...rest, moved]
    const index = rest.indexOf(anchor === 'handle_path' ? 'handle' : anchor)
    if (index < 0) return order
    return rest.toSpliced(position === 'before' ? index : index + 1, 0, moved)
  }, caddysOrder)
}
