import { siteAddress } from './address.ts'
import { sortCarried } from './carried-order.ts'
import { foldGlobal } from './global-options.ts'
import type { EdgeModel, LeftOut } from './model.ts'
import { foldOutside } from './outside.ts'
import type { CarriedPart, EdgePart } from './parts.ts'
import { isServed, routes } from './routes.ts'
import { foldSite } from './site-directives.ts'

/**
 * Folds every contribution to one model; their order does not matter. Equal parts meet, lists add
 * up. Throws an Error where two parts that may stand only once differ or there is no site, and a
 * Failure where something of the admin's cannot stand beside what was asked for.
 */
export function foldEdge(parts: readonly EdgePart[]): EdgeModel {
  const site = single(parts, 'site')
  if (site === undefined) throw new Error('The edge has no site')
  const carried = sortCarried(ofKind(parts, 'carried'))
  const at = (place: CarriedPart['place']): readonly CarriedPart[] =>
    carried.filter((part) => part.place === place && part.within === undefined)
  const trustedProxies = union(ofKind(parts, 'trusted-proxies').map(({ networks }) => networks))
  const upstreams = union(ofKind(parts, 'routes').map((part) => part.upstreams))
  const global = foldGlobal(at('global'), site.tls, trustedProxies.length > 0)
  const ownSite = foldSite(at('site'), site.tls)
  const { placed, homeless } = split(carried, upstreams)
  const leftOut: readonly LeftOut[] = [...global.leftOut, ...ownSite.leftOut, ...homeless]
  return {
    domain: site.domain,
    tls: site.tls,
    trustedProxies,
    upstreams,
    stripHeaders: union(ofKind(parts, 'strip-headers').map(({ names }) => names)),
    buckets: sorted(single(parts, 's3')?.buckets),
    signUpNetworks: sorted(single(parts, 'sign-up-guard')?.networks),
    secureCookies: ofKind(parts, 'secure-cookies').length > 0,
    carried: {
      global: global.options,
      servers: global.servers,
      ...foldOutside(at('outside'), siteAddress(site)),
      site: ownSite.directives,
      within: placed,
    },
    leftOut,
  }
}

/** Additions to routes that the release has not got (MCP's, say) have nowhere to stand. */
function split(
  carried: readonly CarriedPart[],
  upstreams: readonly string[],
): { placed: readonly CarriedPart[]; homeless: readonly LeftOut[] } {
  const has = new Set(
    routes.filter((route) => isServed(route.upstream, upstreams)).map(({ id }) => id),
  )
  const within = carried.filter((part) => part.within !== undefined)
  const placed = within.filter((part) => has.has(part.within?.route ?? ''))
  const homeless = within
    .filter((part) => !placed.includes(part))
    .map(({ text, within }) => ({
      text,
      why: `this release has no route "${within?.route}"`,
    }))
  return { placed, homeless }
}

type Part<Kind extends EdgePart['part']> = Extract<EdgePart, { part: Kind }>

function ofKind<Kind extends EdgePart['part']>(
  parts: readonly EdgePart[],
  kind: Kind,
): readonly Part<Kind>[] {
  return parts.filter((part): part is Part<Kind> => part.part === kind)
}

function single<Kind extends 'site' | 's3' | 'sign-up-guard'>(
  parts: readonly EdgePart[],
  kind: Kind,
): Part<Kind> | undefined {
  const [first, ...others] = ofKind(parts, kind)
  for (const other of others)
    if (JSON.stringify(other) !== JSON.stringify(first))
      throw new Error(`The edge has two different parts of the kind ${kind}`)
  return first
}

function union<Item extends string>(lists: readonly (readonly Item[])[]): readonly Item[] {
  return [...new Set(lists.flat())].sort()
}

function sorted(list: readonly string[] | undefined): readonly string[] | undefined {
  return list === undefined ? undefined : union([list])
}
