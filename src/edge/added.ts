import { parseCaddyfile } from '../install/caddyfile/parse.ts'
import type { Comment } from '../install/caddyfile/token.ts'
import type { Block, Caddyfile, Directive, Entry } from '../install/caddyfile/tree.ts'
import { Collector } from './collect.ts'
import { compareDirectives } from './compare.ts'
import { isMark, markedRanges } from './marks.ts'
import type { CarriedPart } from './parts.ts'
import { type Shape, sameShape, shapeOf } from './shape.ts'

// Before everything that comes from another file: what stands here keeps the order it has here.
const orderOfFirst = -1_000_000_000

/** What the admin has in a Caddyfile that we rendered. */
export interface Added {
  /** All of the admin's, those parts included that `ours` already carried between its marks. */
  readonly additions: readonly CarriedPart[]
  /** One of our nodes is missing or says something else: the file is the admin's now. */
  readonly ourPartsChanged: boolean
}

/**
 * Compares, node by node, the Caddyfile as we last wrote it with the one that is there. Comments and
 * spelling of ours do not count. Throws a Failure where `current` cannot be read.
 */
export function addedTo(ours: string, current: string, file = 'caddy/Caddyfile'): Added {
  const written = parseCaddyfile(ours, file)
  const found = parseCaddyfile(current, file)
  const isTheirs = markedRanges(written)
  const comments = written.comments.filter(({ start }) => !isTheirs(start))
  const ourComments = new Set(comments.map(({ text }) => text))
  const isOurs = ({ text }: Comment): boolean => isMark(text) || ourComments.has(text)
  const collector = new Collector(found, orderOfFirst, isOurs)

  const ourSite = siteOf(written, (entry) => !isTheirs(entry.start))
  const site = siteOf(found, (entry) => sameAddresses(entry, ourSite))
  const compared = compareDirectives(
    knownOf(ourSite?.block, isTheirs),
    site?.block.directives ?? [],
  )
  const optionsLost = collectGlobal(
    knownOf(globalOf(written), isTheirs),
    globalOf(found),
    collector,
  )
  for (const directive of compared.extra) collector.add('site', directive)
  for (const { directive, within } of compared.inside) collector.add('site', directive, within)
  for (const entry of found.entries)
    if (entry !== site && entry.kind !== 'global') collector.add('outside', entry)
  collector.addLooseComments((offset) => placeOf(offset, globalOf(found), site?.block))
  return {
    additions: collector.parts,
    ourPartsChanged: optionsLost || compared.changed.length > 0 || compared.missing.length > 0,
  }
}

/** Our nodes of a block, without what stands between marks. */
function knownOf(
  block: Block | undefined,
  isTheirs: (offset: number) => boolean,
): readonly Shape[] {
  const shapeOfOurs = (directive: Directive): Shape => ({
    words: shapeOf(directive).words,
    block: knownOf(directive.block, isTheirs),
  })
  return (block?.directives ?? []).filter(({ start }) => !isTheirs(start)).map(shapeOfOurs)
}

/** Collects what is not ours; tells whether one of ours is missing. */
function collectGlobal(
  known: readonly Shape[],
  block: Block | undefined,
  collector: Collector,
): boolean {
  const missing = known.flatMap((one) =>
    one.words[0] === 'servers' ? one.block.map(inServers) : [one],
  )
  for (const option of block?.directives ?? []) {
    const plainServers = option.name === 'servers' && option.words.length === 1
    const parts = plainServers ? (option.block?.directives ?? []) : [option]
    for (const part of parts) {
      const shape = plainServers ? inServers(shapeOf(part)) : shapeOf(part)
      const index = missing.findIndex((one) => sameShape(one, shape))
      if (index >= 0) missing.splice(index, 1)
      else if (plainServers) collector.addServersOption(part)
      else collector.add('global', part)
    }
  }
  return missing.length > 0
}

function inServers(option: Shape): Shape {
  return { words: ['servers'], block: [option] }
}

function globalOf({ entries }: Caddyfile): Block | undefined {
  const entry = entries.find(({ kind }) => kind === 'global')
  return entry?.kind === 'global' ? entry.block : undefined
}

type Site = Extract<Entry, { kind: 'site' }>

function siteOf({ entries }: Caddyfile, accepts: (site: Site) => boolean): Site | undefined {
  return entries.find((entry): entry is Site => entry.kind === 'site' && accepts(entry))
}

function sameAddresses(one: Site, other: Site | undefined): boolean {
  return JSON.stringify(one.addresses) === JSON.stringify(other?.addresses)
}

function placeOf(
  offset: number,
  global: Block | undefined,
  site: Block | undefined,
): CarriedPart['place'] {
  const isIn = (block: Block | undefined) =>
    block !== undefined && block.start <= offset && offset < block.end
  if (isIn(global)) return 'global'
  return isIn(site) ? 'site' : 'outside'
}
