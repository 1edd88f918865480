import type { Where } from '../failure.ts'
import { parseCaddyfile } from '../install/caddyfile/parse.ts'
import type { Caddyfile, Directive, Entry } from '../install/caddyfile/tree.ts'
import { isAddressOf } from './address.ts'
import { Collector } from './collect.ts'
import { compareDirectives } from './compare.ts'
import { upstreamHosts } from './hosts.ts'
import { isMark, ourMatchers } from './marks.ts'
import { type CarriedPart, store } from './parts.ts'
import { storeSlot } from './slots.ts'
import { stockAddress, stockDirectives } from './stock.ts'

/** Something of the admin's that our Caddyfile will not have. */
export interface NotCarried {
  readonly where: Where
  readonly text: string
  readonly why: string
}

type Site = Extract<Entry, { kind: 'site' }>
type Refuse = (
  node: { readonly start: number; readonly end: number; readonly line: number },
  why: string,
  text?: string,
) => void

/** What decides whose a site is. */
interface StackNames {
  /** The answer: this name is Tracecat's. */
  readonly domain?: string | undefined
  /** The service of this stack that answers to a host; without: as in the stock Compose file. */
  readonly serviceOf?: (host: string) => string | undefined
}

type Holds = (site: Site) => boolean

/** What there is to know when a site of the domain is carried over. */
interface SiteContext {
  readonly ours: readonly Site[]
  readonly domain: string | undefined
  readonly holdsApp: Holds
  readonly reachesStore: (directive: Directive) => boolean
  readonly collector: Collector
  readonly refuse: Refuse
}

const asStock = (host: string): string => host

/**
 * What an install's own `Caddyfile` holds beside the stock routes of any release: as parts for our
 * file, and, with the reason, what cannot be one. Known routes are compared by what they say, not
 * by their text; an addition inside one of them goes inside ours. The site of the domain is the one
 * that passes requests on to this stack's ui and api, whatever its address, and any that is named by
 * the domain itself, since Caddy takes a name once; other sites, snippets, named routes and imports are kept outside of it.
 * Throws a Failure with file and line where the file cannot be read.
 */
export function carryOver(
  text: string,
  file: string,
  { domain, serviceOf = asStock }: StackNames = {},
): { parts: readonly CarriedPart[]; notCarried: readonly NotCarried[] } {
  const caddyfile = parseCaddyfile(text, file)
  const collector = new Collector(caddyfile, 0, ({ text }) => isMark(text))
  const notCarried: NotCarried[] = []
  const refuse: Refuse = ({ line, ...node }, why, text = collector.textOf(node)) =>
    notCarried.push({ where: { file, line }, text, why })
  const isPassedTo = (directives: readonly Directive[], ...services: readonly string[]) => {
    const found = new Set([...upstreamHosts(directives, caddyfile)].map(serviceOf))
    return services.every((service) => found.has(service))
  }
  const holdsApp: Holds = ({ block }) => isPassedTo(block.directives, 'api', 'ui')
  const ours = sitesOfTheDomain(caddyfile, domain, holdsApp)
  const site: SiteContext = {
    ours,
    domain,
    holdsApp,
    reachesStore: (directive) => isPassedTo([directive], store),
    collector,
    refuse,
  }
  for (const entry of caddyfile.entries) {
    if (entry.kind === 'global') for (const one of entry.block.directives) collector.addGlobal(one)
    else if (entry.kind !== 'site') collector.add('outside', entry)
    else if (ours.includes(entry)) carrySite(entry, site)
    else if (onlyRedirects(entry)) refuse(entry, 'Caddy itself redirects HTTP to HTTPS')
    else collector.add('outside', entry)
  }
  return { parts: collector.parts, notCarried }
}

function carrySite(
  site: Site,
  { ours, domain, holdsApp, reachesStore, collector, refuse }: SiteContext,
): void {
  const isSecond = !holdsApp(site) && ours.some(holdsApp)
  for (const address of site.addresses)
    if (!mentionsDomain(address) && !isAddressOf(address, domain))
      refuse(site, 'the answer "domain" names the site', address)
  const { extra, inside, changed } = compareDirectives(stockDirectives, site.block.directives)
  for (const directive of changed)
    refuse(directive, 'it differs from the stock route in more than additions; ours stands there')
  for (const { directive, within } of inside) collector.add('site', directive, within)
  for (const directive of extra) {
    // A file of ours whose record is lost: our guards are written anew, and a matcher only once.
    if (directive.words.some(({ text }) => text.startsWith(ourMatchers))) continue
    if (/^\/s3(\/|\*|$)/i.test(directive.words[1]?.text ?? ''))
      refuse(directive, 'under /s3 only signed downloads are answered')
    else if (isSecond && answersAll(directive))
      refuse(directive, 'it answers every request of the domain, and so does Tracecat')
    // The rules for the object store stand before whatever else leads there.
    else
      collector.add('site', directive, undefined, reachesStore(directive) ? storeSlot : undefined)
  }
}

/** Those that serve Tracecat, wherever they listen, or that the domain names; else those that are named as the stock one is. */
function sitesOfTheDomain(
  { entries }: Caddyfile,
  domain: string | undefined,
  holdsApp: Holds,
): readonly Site[] {
  const sites = entries.filter((entry): entry is Site => entry.kind === 'site')
  const named = sites.filter(({ addresses }) => addresses.some((one) => isAddressOf(one, domain)))
  const withRoutes = sites.filter((site) => holdsApp(site) || named.includes(site))
  if (withRoutes.length > 0) return withRoutes
  return sites.filter((site) => site.addresses.some(mentionsDomain) && !onlyRedirects(site))
}

function mentionsDomain(address: string): boolean {
  return address.includes(stockAddress) || address.includes(stockAddress.replace('}', ':'))
}

/** Ends every request, whatever its path: nothing but a matcher would narrow it. */
function answersAll({ name, words }: Directive): boolean {
  return endings.has(name) && !/^[@/]/.test(words[1]?.text ?? '')
}

const endings: ReadonlySet<string> = new Set([
  'file_server',
  'handle',
  'php_fastcgi',
  'redir',
  'respond',
  'reverse_proxy',
  'route',
])

function onlyRedirects({ addresses, block }: Site): boolean {
  const isDomain = addresses.every((one) => one.startsWith('http://') && mentionsDomain(one))
  return isDomain && block.directives.every(({ name }) => name === 'redir')
}
