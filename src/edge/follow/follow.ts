import type { Expanded, Plain, PlainSite } from './expand.ts'
import { type Definitions, matcherKey, matches, type Request } from './match.ts'
import { inOrder, kindOf, orderOf } from './order.ts'
import { changedUri, strippedOf } from './uri.ts'

/** What becomes of a request. */
export interface Fate {
  /** The host that it is passed on to; undefined: it is answered by Caddy, or refused. */
  readonly host: string | undefined
  readonly request: Request
  /** Patterns of the headers that are taken off on the way, in lower case. */
  readonly removed: readonly string[]
  /** Headers that Caddy itself puts on. */
  readonly set: readonly string[]
  /** Each header_up of the proxy that passes it on. */
  readonly headerUp: readonly Plain[]
  /** Set-Cookie gets Secure on the way back. */
  readonly securesCookies: boolean
  readonly line: number
  /** A matcher that cannot be told stood on the way: this is one of several that can be. */
  readonly certain: boolean
}

type State = Omit<Fate, 'host' | 'line'>

interface Way {
  readonly state: State
  /** The kinds of which one has matched in this block: the others of them do not count. */
  readonly handled: readonly string[]
  /** Did the directive before match? */
  readonly took: boolean | undefined
}

interface Block {
  readonly directives: readonly Plain[]
  readonly definitions: Definitions
}

/** The same ones are run for each request. A route that is invoked has other matchers around it each time. */
const blocks = new WeakMap<readonly Plain[], Block>()

/** @param order undefined where they run as they are written */
function readBlock(
  directives: readonly Plain[],
  outer: Definitions,
  order: readonly string[] | undefined,
): Block {
  const isDefinition = ({ words }: Plain) => words[0]?.startsWith('@') === true
  const own = directives.filter(isDefinition).map((one) => [one.words[0] ?? '', one] as const)
  const definitions = own.length === 0 ? outer : new Map([...outer, ...own])
  const rest = directives.filter((one) => !isDefinition(one))
  return {
    directives: order === undefined ? rest : inOrder(rest, definitions, order),
    definitions,
  }
}

const keys = new WeakMap<Plain, string>()

function keyOf(directive: Plain, definitions: Definitions): string {
  const key = keys.get(directive) ?? matcherKey(directive, definitions)
  keys.set(directive, key)
  return key
}

/** Of these the first that matches counts, and no other. */
const exclusive = ['handle', 'rewrite'] as const

/** More ways at once than this, or more steps, and nobody wrote the file: then anything may become of it. */
const mostWays = 16
const mostSteps = 4000

/** The host of a request that was not followed to its end. */
export const anywhere = '*'

/**
 * Follows a request through a site, as Caddy 2.11 would: what can become of it. More than one fate
 * where a matcher cannot be told from here.
 */
export function follow(edge: Expanded, site: PlainSite, request: Request): readonly Fate[] {
  const order = orderOf(edge.global)
  const fates: Fate[] = []
  let steps = 0
  let lost: State | undefined
  const invoked = new Set<string>()

  /** Runs directives one after the other; returns the states that come out at the end. */
  const run = (
    directives: readonly Plain[],
    start: State,
    definitions: Definitions,
  ): readonly State[] => {
    let ways: readonly Way[] = [{ state: start, handled: [], took: undefined }]
    let before: string | undefined
    // Caddy makes no group of one, but for a rewrite: behind it the matchers are asked again.
    const groups = exclusive.filter(
      (kind) => kind === 'rewrite' || directives.filter((one) => kindOf(one) === kind).length > 1,
    )
    for (const directive of directives) {
      const group = groups.find((kind) => kindOf(directive) === kind)
      const key = `${group} ${keyOf(directive, definitions)}`
      // Caddy makes one route of neighbors with the same matcher: it is asked once for both.
      const joined = key === before
      before = key
      ways = ways.flatMap((way): readonly Way[] => {
        const { state, handled } = way
        steps += 1
        if (steps > mostSteps) {
          lost = state
          return []
        }
        const again = joined ? way.took : undefined
        const answer =
          again ??
          (group !== undefined && handled.includes(group)
            ? false
            : matches(directive, state.request, definitions))
        if (answer === false) return [{ ...way, took: false }]
        const taken = answer === undefined ? { ...state, certain: false } : state
        const passed = answer === true ? [] : [{ state: taken, handled, took: false }]
        const out = act(directive, taken, definitions)
        return [
          ...passed,
          ...out.map((one) => ({
            state: one,
            handled: group === undefined ? handled : [...handled, group],
            took: true,
          })),
        ]
      })
      lost = ways[mostWays]?.state ?? lost
      ways = ways.slice(0, mostWays)
    }
    return ways.map(({ state }) => state)
  }

  const block = (
    directives: readonly Plain[],
    state: State,
    outer: Definitions,
    sorted: boolean,
  ): readonly State[] => {
    const known = invoked.size === 0 ? blocks.get(directives) : undefined
    const read = known ?? readBlock(directives, outer, sorted ? order : undefined)
    if (invoked.size === 0) blocks.set(directives, read)
    return run(read.directives, state, read.definitions)
  }

  const end = (state: State, line: number, host?: string): readonly State[] => {
    fates.push({ ...state, host, line })
    return []
  }

  const act = (directive: Plain, state: State, definitions: Definitions): readonly State[] => {
    const { words, line } = directive
    const args = words.slice(/^[@/*]/.test(words[1] ?? '') ? 2 : 1)
    switch (words[0]) {
      case 'handle':
        return block(directive.block, state, definitions, true)
      case 'handle_path': {
        const prefix = (words[1] ?? '').replace(/\*$/, '').replace(/\/$/, '')
        return block(directive.block, withoutPrefix(state, prefix), definitions, true)
      }
      case 'route':
        return block(directive.block, state, definitions, false)
      case 'invoke': {
        const route = args[0] ?? ''
        if (invoked.has(route)) return []
        invoked.add(route)
        const out = block(edge.namedRoutes.get(route) ?? [], state, definitions, false)
        invoked.delete(route)
        return out
      }
      case 'uri':
        return [{ ...state, request: changedUri(directive, args, state.request) }]
      case 'rewrite':
        return [rewritten(state, args[0] ?? '')]
      case 'try_files':
        return [unknownPath(state)]
      case 'method':
        return [{ ...state, request: { ...state.request, method: args[0] ?? '' } }]
      case 'request_header':
        return [withHeader(state, args)]
      case 'header':
        return [securesCookies(directive) ? { ...state, securesCookies: true } : state]
      case 'forward_auth':
        // Another program decides: refused, or let through.
        end({ ...state, certain: false }, line)
        return [{ ...state, certain: false }]
      case 'reverse_proxy':
      case 'php_fastcgi':
        return proxied(directive, args, state)
      case 'abort':
      case 'error':
      case 'respond':
      case 'redir':
      case 'basic_auth':
      case 'basicauth':
      case 'metrics':
      case 'file_server':
      case 'acme_server':
        return end(state, line)
      default:
        return [state]
    }
  }

  const proxied = (directive: Plain, args: readonly string[], state: State): readonly State[] => {
    let sent = state
    const hosts = args.map(hostOf)
    for (const one of directive.block) {
      const { words, block: inner } = one
      const [name, ...values] = words
      if (name === 'to') hosts.push(...values.map(hostOf))
      if (name === 'dynamic') hosts.push(hostOf(values[1] ?? nameIn(inner)))
      if (name === 'header_up')
        sent = { ...withHeader(sent, values), headerUp: [...sent.headerUp, one] }
      if (name === 'method')
        sent = { ...sent, request: { ...sent.request, method: values[0] ?? '' } }
      if (name === 'rewrite') sent = rewritten(sent, values.at(-1) ?? '')
      if (name === 'header_down' && isSecureCookie(values)) sent = { ...sent, securesCookies: true }
    }
    for (const host of new Set(hosts)) end(sent, directive.line, host)
    return []
  }

  const first: State = {
    request,
    removed: [],
    set: [],
    headerUp: [],
    securesCookies: false,
    certain: true,
  }
  block(site.directives, first, new Map(), true)
  return lost === undefined
    ? fates
    : [...fates, { ...lost, certain: false, host: anywhere, line: site.line }]
}

/** `http://minio:9000/` and `minio:9000` are the host `minio`. */
export function hostOf(upstream: string): string {
  const address = upstream.toLowerCase().replace(/^[a-z0-9+]+:\/\//, '')
  return address.replace(/\/.*$/, '').replace(/:[^:\]]*$/, '')
}

function nameIn(block: readonly Plain[]): string {
  return block.find(({ words }) => words[0] === 'name')?.words[1] ?? ''
}

function withoutPrefix(state: State, prefix: string): State {
  return { ...state, request: strippedOf(state.request, prefix) }
}

/** A path that is written out, or the one that came put into it; of any other placeholder nothing is known. */
function rewritten(state: State, to: string): State {
  const { request } = state
  const [written = ''] = to.split('?')
  const pattern = /\{(?:(?:http\.request\.)?uri|(?:http\.request\.uri\.)?path)\}/g
  const rest = written.replace(pattern, '')
  if (rest.includes('{') || (request.path === undefined && rest !== written))
    return unknownPath(state)
  const path = written.replace(pattern, () => request.path ?? '')
  return path.startsWith('/') ? { ...state, request: { ...request, path } } : unknownPath(state)
}

function unknownPath(state: State): State {
  return { ...state, request: { ...state.request, path: undefined } }
}

/** `-Name` takes a header off, `Name value` or `+Name value` puts one on. */
function withHeader(state: State, [name = '', ...values]: readonly string[]): State {
  const bare = name.replace(/^[-+?>]/, '').toLowerCase()
  if (name.startsWith('-')) return { ...state, removed: [...state.removed, bare] }
  return values.length === 0 ? state : { ...state, set: [...state.set, bare] }
}

/**
 * Before the answer is there, nothing can be changed in it: only a deferred `header` is seen (tried
 * with Caddy 2.11).
 */
function securesCookies({ words, block }: Plain): boolean {
  const args = words.slice(/^[@/*]/.test(words[1] ?? '') ? 2 : 1)
  const deferred = block.some(({ words: inner }) => inner[0] === 'defer')
  const changes = [args, ...block.map((one) => one.words)].filter(isSecureCookie)
  return changes.some(([name = '']) => deferred || name.startsWith('>'))
}

function isSecureCookie([name = '', ...values]: readonly string[]): boolean {
  return /^[>+]?set-cookie$/i.test(name) && /;\s*secure/i.test(values.join(' '))
}
