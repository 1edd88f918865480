import type { Caddyfile, Directive } from '../../install/caddyfile/tree.ts'

/** A directive as Caddy sees it: snippets put in place, variables of its environment replaced. */
export interface Plain {
  readonly words: readonly string[]
  readonly block: readonly Plain[]
  readonly line: number
}

/** Something that an `import` names and that was not read. */
export interface Unread {
  readonly what: string
  readonly line: number
}

export interface PlainSite {
  readonly addresses: readonly string[]
  readonly line: number
  readonly directives: readonly Plain[]
  readonly unread: readonly Unread[]
}

/** A Caddyfile with its snippets put in place. */
export interface Expanded {
  readonly sites: readonly PlainSite[]
  readonly global: readonly Plain[]
  readonly namedRoutes: ReadonlyMap<string, readonly Plain[]>
  /** Outside of the sites: it can add sites and options, but guards nothing in those that are here. */
  readonly unread: readonly Unread[]
}

/** Snippets in snippets may double each time: nobody writes more than this. */
const mostDirectives = 2000

/** Characters of all words together. What a snippet is given may grow in each: `{args[0]}{args[0]}`. */
const mostText = 1024 * 1024

/** @param replace puts the environment's values in, in time linear in the text */
export function expand(file: Caddyfile, replace: (text: string) => string): Expanded {
  let unread: Unread[] = []
  const snippets = new Map(
    file.entries.flatMap((entry) =>
      entry.kind === 'snippet' ? [[entry.name, entry.block.directives] as const] : [],
    ),
  )
  let left = mostDirectives
  let room = mostText
  const notRead = (what: string, line: number) => {
    unread.push({ what, line })
    return []
  }
  const plain = (
    { words, block, line }: Directive,
    args: readonly string[],
    within: readonly string[],
  ): readonly Plain[] => {
    left -= 1
    if (left < 0) return left === -1 ? notRead('more directives than anybody writes', line) : []
    const texts: string[] = []
    for (const word of words) {
      const text = withArguments(replace(word.text), args, room)
      room -= text?.length ?? room
      if (text === undefined || room <= 0) {
        left = 0
        return notRead('more text than anybody writes', line)
      }
      texts.push(text)
    }
    const [first, name = '', ...given] = texts
    if (first !== 'import')
      return [{ words: withMatcher(texts), block: all(block?.directives, args, within), line }]
    const snippet = snippets.get(name)
    if (snippet === undefined || within.includes(name)) return notRead(`import ${name}`, line)
    return all(snippet, given, [...within, name])
  }
  const all = (
    directives: readonly Directive[] | undefined,
    args: readonly string[] = [],
    within: readonly string[] = [],
  ): readonly Plain[] => (directives ?? []).flatMap((one) => plain(one, args, within))

  const sites: PlainSite[] = []
  const global: Plain[] = []
  const namedRoutes = new Map<string, readonly Plain[]>()
  const outside: Unread[] = []
  for (const entry of file.entries) {
    unread = []
    if (entry.kind === 'site') {
      const addresses = entry.addresses.map(replace)
      const directives = all(entry.block.directives)
      sites.push({ addresses, line: entry.line, directives, unread })
      continue
    }
    if (entry.kind === 'global') global.push(...all(entry.block.directives))
    if (entry.kind === 'named-route') namedRoutes.set(entry.name, all(entry.block.directives))
    // A snippet in this place holds whole sites, which are not put in place.
    if (entry.kind === 'import')
      notRead(`import ${entry.directive.words[1]?.text ?? ''}`, entry.line)
    outside.push(...unread)
  }
  return { sites, global, namedRoutes, unread: outside }
}

/** The only word of `rewrite` is where to, although it looks like a matcher (tried with Caddy 2.11). */
function withMatcher(words: readonly string[]): readonly string[] {
  const [name = '', ...args] = words
  return name === 'rewrite' && args.length === 1 ? [name, '*', ...args] : words
}

const argument = /\{args(?:\.(\d+)|\[(\d+)\])\}/g

/** undefined where it would be longer than `room`: it is not made then. */
function withArguments(text: string, args: readonly string[], room: number): string | undefined {
  if (!text.includes('{args')) return text
  let length = text.length
  for (const [whole, dotted, bracketed] of text.matchAll(argument)) {
    length += (args[Number(dotted ?? bracketed)] ?? whole).length - whole.length
    if (length > room) return undefined
  }
  return text.replace(
    argument,
    (whole, dotted, bracketed) => args[Number(dotted ?? bracketed)] ?? whole,
  )
}
