import { Failure, type Where } from '../failure.ts'
import type { Abilities, Release } from './release.ts'
import {
  authTypes,
  backends,
  type Flag,
  flags,
  oldestSupported,
  type Span,
  samlPassed,
} from './table.ts'
import { knownTags, newestKnown } from './tags.ts'
import { compareTags, isCandidate, isReadableTag, isWithin } from './version.ts'

/**
 * The release behind an image tag and what it can do. A leading `v` and a digest behind the tag are
 * dropped. One newer than the table is treated as the newest known, and says so.
 * @param where the file and line that the tag came from, for the message
 * @throws Failure('surroundings') for a release older than 0.40.0 and for what is no version
 */
export function releaseOf(text: string, where?: Where): Release {
  if (!isReadableTag(text)) {
    throw new Failure(
      'surroundings',
      `Cannot tell which Tracecat release this is: ${describe(text)}.`,
      {
        where,
        remedy: `Set TRACECAT__IMAGE_TAG in .env to the release that runs (such as ${oldestSupported} or ${newestKnown}), or name it once with tracecat-harden init --tracecat-version.`,
      },
    )
  }
  const tag = text.replace(/^v/, '').replace(/@.*/, '')
  if (compareTags(tag, oldestSupported) < 0) {
    throw new Failure(
      'surroundings',
      `Tracecat ${tag} is too old: releases from ${oldestSupported} on can be hardened.`,
      { where, remedy: `Upgrade Tracecat to ${oldestSupported} or later first.` },
    )
  }
  return { tag, newerThanKnown: compareTags(tag, newestKnown) > 0, abilities: abilitiesOf(tag) }
}

/** Does the stock Compose file of the release with this tag publish mcp (docs/tracecat.md#ports-and-networks)? */
export function publishesMcp(tag: string): boolean {
  return isReadableTag(tag) && abilitiesOf(tag).mcpPublished
}

/**
 * The first known release after this one in which a fact of the table is no more what it is: a final one
 * before a candidate. undefined where none is known yet.
 */
export function releaseThatChanges(flag: Flag, tag: string): string | undefined {
  const key = `${flag} ${tag}`
  if (!changes.has(key)) changes.set(key, findChange(flag, tag))
  return changes.get(key)
}

/** A thousand installs ask the same. */
const changes = new Map<string, string | undefined>()

function findChange(flag: Flag, tag: string): string | undefined {
  const holdsIn = (one: string) => isWithinAny(one, flags[flag])
  const now = holdsIn(tag)
  const changed = knownTags.filter((one) => compareTags(one, tag) > 0 && holdsIn(one) !== now)
  return changed.find((one) => !isCandidate(one)) ?? changed[0]
}

function isWithinAny(tag: string, spans: readonly Span[]): boolean {
  return spans.some(({ first, last }) => isWithin(tag, first, last))
}

function abilitiesOf(tag: string): Abilities {
  const has = (spans: readonly Span[]) => isWithinAny(tag, spans)
  const names = <Name extends string>(table: { readonly [name in Name]: readonly Span[] }) => {
    const entries: [Name, readonly Span[]][] = []
    for (const name in table) entries.push([name, table[name]])
    return entries.filter(([, spans]) => has(spans)).map(([name]) => name)
  }
  return {
    nsjail: has(flags.nsjail),
    backends: names(backends),
    authTypes: names(authTypes),
    genericOidc: has(flags.genericOidc),
    mcpUsesOidc: has(flags.mcpUsesOidc),
    mcpRoutes: has(flags.mcpRoutes),
    mcpPublished: has(flags.mcpPublished),
    secureCookie: has(flags.secureCookie),
    blankOriginsMeanAll: has(flags.blankOriginsMeanAll),
    payloadKeyring: has(flags.payloadKeyring),
    egressFilter: has(flags.egressFilter),
    mountCapabilities: has(flags.mountCapabilities),
    freshProc: has(flags.freshProc),
    tunDevice: has(flags.tunDevice),
    logsRedisUrl: has(flags.logsRedisUrl),
    blobAwsCredentials: has(flags.blobAwsCredentials),
    databaseDecidesDomains: has(flags.databaseDecidesDomains),
    databaseDecidesSaml: has(flags.databaseDecidesSaml),
    samlPassed: names(samlPassed),
    presignedUrls: has(flags.presignedUrls),
  }
}

function describe(text: string): string {
  if (text.trim() === '') return 'the image has an empty tag'
  if (/^sha256:/.test(text)) return 'the image is named by its digest alone'
  if (text === 'latest') return "the image's tag is 'latest', which names no version"
  return `the image's tag is '${text.length > 60 ? `${text.slice(0, 60)}...` : text}', which is no version`
}
