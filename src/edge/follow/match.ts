import { BlockList, isIP } from 'node:net'
import { signUpPath } from '../sign-up-path.ts'
import type { Plain } from './expand.ts'

/** What somebody sends from outside, without any header that matters. */
export interface Request {
  readonly method: string
  /** undefined: changed on the way to something that cannot be told. */
  readonly path: string | undefined
  /** A name may stand more than once. */
  readonly query: ReadonlyMap<string, readonly string[]>
}

/** Named matchers by their name, `@` included. */
export type Definitions = ReadonlyMap<string, Plain>

/** undefined: what the request does cannot be told. */
export type Answer = boolean | undefined

/** An address of nobody (RFC 5737), in no private network. */
const caller = '198.51.100.7'

/** Does the request match what stands behind a directive's name? */
export function matches(directive: Plain, request: Request, definitions: Definitions): Answer {
  const word = directive.words[1] ?? ''
  if (word === '*' || !/^[@/]/.test(word)) return true
  if (word.startsWith('/')) return matchesPath([word], request.path)
  const definition = definitions.get(word)
  return definition === undefined ? undefined : matchesDefinition(definition, request)
}

/** The path, where a directive's matcher asks for exactly one, whatever else it asks: Caddy sorts by it. */
export function singlePath(directive: Plain, definitions: Definitions): string | undefined {
  const word = directive.words[1] ?? ''
  if (word.startsWith('/')) return word
  const definition = definitions.get(word)
  if (definition === undefined) return undefined
  const paths = partsOf(definition).flatMap(({ words: [kind, ...values] }) =>
    kind === 'path' ? values : [],
  )
  return paths.length === 1 ? paths[0] : undefined
}

/** The same text for the same matcher, named or not. */
export function matcherKey(directive: Plain, definitions: Definitions): string {
  const word = directive.words[1] ?? ''
  if (word.startsWith('/')) return JSON.stringify([['path', word]])
  const definition = definitions.get(word)
  return definition === undefined ? '' : JSON.stringify(partsOf(definition).map(textsOf))
}

function textsOf({ words, block }: Plain): readonly unknown[] {
  return block.length === 0 ? words : [words, block.map(textsOf)]
}

/** The matchers in a definition: `@name path /x` has one, its block any number. */
function partsOf({ words, block, line }: Plain): readonly Plain[] {
  const [, first, ...rest] = words
  if (first === undefined) return block
  return [
    first.includes('{') || first.includes(' ')
      ? { words: ['expression', first, ...rest], block: [], line }
      : { words: [first, ...rest], block, line },
  ]
}

function matchesDefinition(definition: Plain, request: Request): Answer {
  const known = conditions.get(definition) ?? joined(partsOf(definition))
  conditions.set(definition, known)
  return matchesAll(known, request)
}

/** Of a definition: the same ones are asked for each request. */
const conditions = new WeakMap<Plain, readonly Plain[]>()

/** All kinds must match; several of one kind that lists values are one longer list. */
function joined(parts: readonly Plain[]): readonly Plain[] {
  const merged = new Map<string, Plain>()
  const single: Plain[] = []
  for (const part of parts) {
    const kind = part.words[0] ?? ''
    const before = merged.get(kind)
    if (!['path', 'method', 'remote_ip', 'client_ip', 'query'].includes(kind)) single.push(part)
    else if (before === undefined) merged.set(kind, part)
    else merged.set(kind, { ...before, words: [...before.words, ...part.words.slice(1)] })
  }
  return [...merged.values(), ...single]
}

function matchesAll(parts: readonly Plain[], request: Request): Answer {
  return all(parts.map((part) => matchesPart(part, request)))
}

function matchesPart(part: Plain, request: Request): Answer {
  const [kind, ...values] = part.words
  switch (kind) {
    case 'path':
      return matchesPath(values, request.path)
    case 'path_regexp':
      return matchesPattern(values.at(-1) ?? '', request.path)
    case 'method':
      return values.includes(request.method)
    case 'query':
      return matchesQuery(values, request)
    case 'header':
      // A caller sends no header that a guard asks for, unless he may make it up: this one sends none.
      return values[0]?.startsWith('!') === true
    case 'remote_ip':
    case 'client_ip':
      return inNetworks(values)
    case 'expression':
      return matchesExpression(values.join(' '), request)
    case 'not':
      return not(
        values.length === 0
          ? matchesAll(joined(part.block), request)
          : matchesPart({ ...part, words: values }, request),
      )
    default:
      return undefined
  }
}

/** Caddy compares cleaned paths, in any case; `*` stands at an end, or for anything but a slash within. */
function matchesPath(patterns: readonly string[], path: string | undefined): Answer {
  if (path === undefined) return patterns.some((one) => one === '*' || one === '/*') || undefined
  const text = path.toLowerCase().replace(/\/{2,}/g, '/')
  return any(
    patterns.map((pattern) => {
      if (/[%{[?\\]/.test(pattern)) return undefined
      const wanted = pattern.toLowerCase()
      const inner = wanted.replace(/^\*|\*$/g, '')
      if (inner.includes('*')) return undefined
      const [before, after] = [wanted.startsWith('*'), wanted.length > 1 && wanted.endsWith('*')]
      if (before && after) return text.includes(inner)
      if (before) return text.endsWith(inner)
      return after ? text.startsWith(inner) : text === wanted
    }),
  )
}

/**
 * RE2, which Caddy has, needs time linear in the path; JavaScript does not. So a pattern that could be
 * slow is not decided, but for our own.
 */
export function matchesPattern(pattern: string, path: string | undefined): Answer {
  if (path === undefined) return undefined
  const repeats = pattern.match(/[*+{]/g)?.length ?? 0
  if (pattern !== signUpPath && (/\)[*+?{]/.test(pattern) || repeats > 2)) return undefined
  const flags = /^\(\?([ims]+)\)/.exec(pattern)
  try {
    // Caddy cleans the path first (MatchPathRE).
    const cleaned = path.replace(/\/{2,}/g, '/')
    return new RegExp(pattern.slice(flags?.[0].length ?? 0), flags?.[1] ?? '').test(cleaned)
  } catch {
    return undefined
  }
}

/** Every name that is asked for must have one of the values that are asked for. */
function matchesQuery(patterns: readonly string[], { query }: Request): Answer {
  const wanted = new Map<string, string[]>()
  for (const pattern of patterns) {
    const [name = '', value = ''] = pattern.split(/=(.*)/s)
    wanted.set(name, [...(wanted.get(name) ?? []), value])
  }
  return [...wanted].every(([name, values]) => {
    const found = query.get(name) ?? []
    return found.length > 0 && (values.includes('*') || found.some((one) => values.includes(one)))
  })
}

function inNetworks(networks: readonly string[]): Answer {
  const list = new BlockList()
  for (const network of networks) {
    if (network === 'private_ranges' || network === 'forwarded') continue
    const [address = '', length] = network.split('/')
    const version = isIP(address)
    if (version === 0) return undefined
    const family = version === 4 ? 'ipv4' : 'ipv6'
    const bits = Number(length ?? (version === 4 ? 32 : 128))
    if (!Number.isInteger(bits) || bits < 0 || bits > (version === 4 ? 32 : 128)) return undefined
    list.addSubnet(address, bits, family)
  }
  return list.check(caller)
}

/** Only comparisons of a part of the query with nothing, joined by `||` or `&&`, are understood. */
function matchesExpression(expression: string, { query }: Request): Answer {
  const term = /^\s*\{(?:http\.request\.uri\.)?query\.([\w-]+)\}\s*(!=|==)\s*(?:""|'')\s*$/
  const compared = (text: string): Answer => {
    const [, name, operator] = term.exec(text) ?? []
    if (name === undefined) return undefined
    // Caddy joins several with a comma (replacer, http.request.uri.query.*).
    const isSet = (query.get(name) ?? []).join() !== ''
    return isSet === (operator === '!=')
  }
  return any(
    expression.split('||').map((alternative) => all(alternative.split('&&').map(compared))),
  )
}

function not(answer: Answer): Answer {
  return answer === undefined ? undefined : !answer
}

function any(answers: readonly Answer[]): Answer {
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false
}

function all(answers: readonly Answer[]): Answer {
  return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true
}
