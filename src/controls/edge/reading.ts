import { type Expanded, expand, type PlainSite } from '../../edge/follow/expand.ts'
import { anywhere, type Fate, follow } from '../../edge/follow/follow.ts'
import type { Request } from '../../edge/follow/match.ts'
import { isPublic } from '../../edge/follow/probes.ts'
import { Failure, type Where } from '../../failure.ts'
import {
  type CaddySource,
  caddySource,
  inInstall,
  usualTarget,
} from '../../install/caddyfile/mounted.ts'
import { parseCaddyfile } from '../../install/caddyfile/parse.ts'
import type { Caddyfile } from '../../install/caddyfile/tree.ts'
import type { Service } from '../../install/compose/model.ts'
import { type InstallFile, ownPaths } from '../../install/install.ts'
import { keepRecent } from '../../install/recent.ts'
import { objectStorage } from '../../servers/object-storage.ts'
import { type Case, skipped, type Verdict, verdictOf } from '../control.ts'
import { look, type Place, type Problem } from '../look.ts'
import { baseModel, model, serviceOf, stackService } from '../reading.ts'

/** Where Caddy reads its Caddyfile from; undefined where this stack has no Caddy. */
export function sourceOf(c: Case, of = model(c)): CaddySource | undefined {
  const caddy = of?.services.get('caddy')
  return caddy === undefined ? undefined : caddySource(caddy)
}

/** The Caddyfile that Caddy reads, relative to the install where it lies there. */
export function effectivePath(c: Case, of = model(c)): string | undefined {
  const source = sourceOf(c, of)
  return source?.kind === 'file' ? inInstall(c.install.directory, source.path) : undefined
}

export interface EffectiveEdge {
  readonly path: string
  readonly caddyfile: Caddyfile
  /** With its snippets and the variables of Caddy's environment in place. */
  readonly expanded: Expanded
}

interface ParsedEdge {
  readonly path: string
  readonly caddyfile: Caddyfile
}

/** The Caddyfile in effect, read; or why nothing can be said about it. */
export function effectiveEdge(c: Case): EffectiveEdge | Verdict {
  const source = sourceOf(c)
  if (source?.kind === 'hidden') return skipped(source.why)
  const path = effectivePath(c)
  if (path === undefined) return skipped('no Caddyfile is mounted into a service named caddy')
  const file = c.install.files.get(path)
  if (file === undefined) return skipped(`${path} was not read`)
  const edge = parsed.get(file) ?? parse(file)
  parsed.set(file, edge)
  if ('kind' in edge) return edge
  return expandedEdge(c, file, edge)
}

/** The same for every control, as long as Caddy has the same environment. */
function expandedEdge(c: Case, file: InstallFile, edge: ParsedEdge): EffectiveEdge {
  const environment = serviceOf(c, 'caddy')?.environment
  const known = expandedFiles.get(file)
  if (known !== undefined && known.environment === environment) return known.edge
  const whole = { ...edge, expanded: expand(edge.caddyfile, (text) => withEnvironment(c, text)) }
  expandedFiles.set(file, { environment, edge: whole })
  return whole
}

const expandedFiles = new WeakMap<
  InstallFile,
  { readonly environment: Service['environment'] | undefined; readonly edge: EffectiveEdge }
>()

/** Many controls look at the same file. */
const parsed = new WeakMap<InstallFile, ParsedEdge | Verdict>()

function parse({ path, text }: InstallFile): ParsedEdge | Verdict {
  try {
    return { path, caddyfile: parseCaddyfile(text, path) }
  } catch (error) {
    if (error instanceof Failure) return skipped(`${path} cannot be read: ${error.message}`)
    throw error
  }
}

export function isVerdict(value: EffectiveEdge | Verdict): value is Verdict {
  return 'kind' in value
}

export function whereEdge(edge: EffectiveEdge, line?: number): Where {
  return line === undefined ? { file: edge.path } : { file: edge.path, line }
}

/** A request that got somewhere, or may have. */
export interface Passed extends Fate {
  readonly site: PlainSite
  /** The service of this stack that it is passed on to. */
  readonly service: string
  readonly sent: Request
}

/** Sends requests from outside through every site; what reaches one of the stack's services. */
export function passed(
  c: Case,
  edge: EffectiveEdge,
  requestsTo: (site: PlainSite) => readonly Request[],
): readonly Passed[] {
  const known = new Map<string | undefined, readonly string[]>()
  return edge.expanded.sites.filter(isPublic).flatMap((site) =>
    requestsTo(site).flatMap((sent) =>
      fatesOf(edge, site, sent).flatMap((fate) => {
        const behind = known.get(fate.host) ?? servicesBehind(c, fate.host)
        known.set(fate.host, behind)
        const certain = fate.certain && behind !== unclearServices
        return behind.map((service) => ({ ...fate, certain, site, service, sent }))
      }),
    ),
  )
}

/** Several controls send the same request. */
function fatesOf(edge: EffectiveEdge, site: PlainSite, sent: Request): readonly Fate[] {
  const known = knownFates(edge, site)
  const key = `${sent.method} ${[...sent.query].join(' ')} ${sent.path}`
  const fates = known.get(key) ?? follow(edge.expanded, site, sent)
  known.set(key, fates)
  return fates
}

type Fates = Map<string, readonly Fate[]>

/** Installs of one release have the same site: what becomes of a request rests on its text alone. */
function knownFates({ expanded }: EffectiveEdge, site: PlainSite): Fates {
  const own = bySite.get(site)
  if (own !== undefined) return own
  const { global, namedRoutes } = expanded
  const text = JSON.stringify([global, [...namedRoutes], site.line, site.directives])
  const shared = byText.get(text) ?? new Map()
  keepRecent(byText, text, shared, 8)
  bySite.set(site, shared)
  return shared
}

const bySite = new WeakMap<PlainSite, Fates>()
const byText = new Map<string, Fates>()

function servicesBehind(c: Case, host: string | undefined): readonly string[] {
  if (host === undefined) return []
  if (host === anywhere || isUnclear(host)) return unclearServices
  const service = stackService(c, host)
  if (service !== undefined) return [service]
  return isPrivateAddress(host) ? unclearServices : []
}

/** What a host that cannot be told may be. */
const unclearServices: readonly string[] = ['api', 'ui', objectStorage.service]

/** It may be a container's: Docker gives those such addresses. */
function isPrivateAddress(host: string): boolean {
  return /^(?:10\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+$|^\[f[cd]/.test(host)
}

/** A placeholder, set or not, or this host, on which the stack's own ports are. */
export function isUnclear(host: string): boolean {
  return /^$|[{]|^localhost$|^127\.|^\[?::1|^host\.docker\.internal$/.test(host)
}

/** A request without a query. */
export function request(method: string, path: string): Request {
  return { method, path, query: new Map() }
}

/** What is asked of the edge, with all that reached a service and what of it is wrong. */
export interface EdgeQuestion<One extends Passed> {
  readonly subject: string
  readonly expected: string
  readonly reached: readonly Passed[]
  readonly wrong: readonly One[]
  problem(one: One): Problem
}

/** What was found, one for each line; skipped where an import or a matcher may refuse it. */
export function edgeVerdict<One extends Passed>(
  edge: EffectiveEdge,
  { subject, expected, reached, wrong, problem }: EdgeQuestion<One>,
): Verdict {
  const firm = wrong.filter(({ certain, site }) => certain && site.unread.length === 0)
  const byLine = new Map(firm.toReversed().map((one) => [one.line, one]))
  const at = (value: string, line?: number) => ({ subject, ...placeAt(edge, value, line) })
  if (byLine.size > 0) {
    return verdictOf(
      [...byLine.values()]
        .toReversed()
        .map((one) => look(at(textOf(one), one.line), expected, problem(one))),
    )
  }
  const [doubtful] = wrong
  const services = [...new Set(reached.map(({ service }) => service))].sort().join(', ')
  return decided(
    edge,
    doubtful === undefined
      ? verdictOf([look(at(`${reached.length} requests to ${services || 'no service'}`), expected)])
      : skipped(
          `whether ${doubtful.sent.method} ${doubtful.sent.path} is passed on to ${doubtful.service} (${edge.path}:${doubtful.line}) depends on a rule or an address that cannot be judged from here`,
        ),
  )
}

function textOf({ sent, service }: Passed): string {
  return `${sent.method} ${sent.path} to ${service}`
}

/** A value in the Caddyfile. */
export function placeAt(edge: EffectiveEdge, value: string, line?: number): Omit<Place, 'subject'> {
  return { where: whereEdge(edge, line), service: 'caddy', value }
}

/** What was seen is all there is, unless an import was not read. */
export function decided(edge: EffectiveEdge, verdict: Verdict): Verdict {
  const { sites, unread } = edge.expanded
  const all = [...unread, ...sites.flatMap((site) => site.unread)]
  if (all.length === 0) return verdict
  const places = all.slice(0, 3).map(({ what, line }) => `${what} (${edge.path}:${line})`)
  return skipped(`not read: ${places.join('; ')}${all.length > 3 ? ' and more' : ''}`)
}

/** Characters: more than a Caddyfile may have (`largest` in live/read-files.ts), and than `expand` reads. */
const longestReplaced = 1024 * 1024

/**
 * Replaces `{$NAME}` and `{$NAME:default}` as Caddy does, from its container's environment: up to the
 * first `}`. In time linear in the text, whatever stands in it.
 */
export function withEnvironment(c: Case, text: string): string {
  const environment = serviceOf(c, 'caddy')?.environment
  let result = ''
  let position = 0
  for (;;) {
    const start = text.indexOf('{$', position)
    const end = start < 0 ? -1 : text.indexOf('}', start)
    if (end < 0) return result + text.slice(position)
    const [name = '', ...rest] = text.slice(start + 2, end).split(':')
    const value = environment?.get(name)
    const isSet = value !== undefined && value !== null && value !== ''
    result += text.slice(position, start) + (isSet ? value : rest.join(':'))
    // One long value in many places: whoever gets this does not read on.
    if (result.length > longestReplaced) return result
    position = end + 1
  }
}

/** Ours over the file that Caddy reads without us. */
export function mountOfOurs(c: Case): { readonly item: string; readonly target: string } {
  const source = sourceOf(c, baseModel(c))
  const target = source === undefined || source.kind === 'hidden' ? usualTarget : source.target
  return { item: `./${ownPaths.caddyfile}:${target}:ro`, target }
}
