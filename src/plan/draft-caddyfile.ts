import { addedTo } from '../edge/added.ts'
import { carryOver, type NotCarried } from '../edge/carry.ts'
import { foldEdge } from '../edge/fold.ts'
import type { LeftOut } from '../edge/model.ts'
import type { CarriedPart, EdgePart } from '../edge/parts.ts'
import { renderCaddyfile } from '../edge/render.ts'
import { ownPaths } from '../install/install.ts'
import { type Drift, hashOf, type WrittenPlace, type WrittenRecord } from './record.ts'

export interface CaddyfileInput {
  readonly parts: readonly EdgePart[]
  /** The Caddyfile that the stack has without us. */
  readonly stock: () => { readonly path: string; readonly text: string } | undefined
  /** Ours, as it is now. */
  readonly current: string | undefined
  /** Ours, as we wrote it last. */
  readonly last: string | undefined
  readonly record: WrittenRecord
  /** The service of this stack that answers to a host. */
  readonly serviceOf: (host: string) => string | undefined
  /** Lines of ours that were changed are written anew; what was added stays. */
  readonly overwrite?: boolean
}

export interface CaddyfileDraft {
  readonly text: string
  readonly place: WrittenPlace | undefined
  readonly drift: readonly Drift[]
  /** What of the admin's has no room beside what was asked for, and why. */
  readonly leftOut: readonly LeftOut[]
}

const placeName = `file:${ownPaths.caddyfile}`

/**
 * Renders our Caddyfile with everything of the admin's: from the vendor's file, and from ours, where
 * routes were added since. Where a line of ours was changed, the file is the admin's and stays.
 */
export function draftCaddyfile(input: CaddyfileInput): CaddyfileDraft {
  const { current, record } = input
  const written = record.get(placeName)
  // Once ours is there it is the one that counts: a route deleted in it must not come back from the vendor's.
  const isFirst = written === undefined || current === undefined
  const stock = isFirst ? input.stock() : undefined
  const fromStock =
    stock === undefined ? noneCarried : carryOver(stock.text, stock.path, namesOf(input))
  const own = ownAdditions(input, written)
  if (own === 'changed') {
    return {
      text: current ?? '',
      place: written,
      drift: [{ file: ownPaths.caddyfile, what: 'lines that tracecat-harden wrote' }],
      leftOut: [],
    }
  }
  const carried = withoutTwins([...own.parts, ...fromStock.parts])
  const model = foldEdge([...input.parts, ...carried])
  const text = renderCaddyfile(model)
  return {
    text,
    place: { hash: hashOf(text), before: written?.before ?? { kind: 'absent' } },
    drift: [],
    leftOut: [
      ...model.leftOut,
      ...[...own.notCarried, ...fromStock.notCarried].map(({ text, why }) => ({ text, why })),
    ],
  }
}

function namesOf({ parts, serviceOf }: CaddyfileInput): Parameters<typeof carryOver>[2] {
  return { domain: parts.find((part) => part.part === 'site')?.domain, serviceOf }
}

interface Carried {
  readonly parts: readonly CarriedPart[]
  readonly notCarried: readonly NotCarried[]
}

const noneCarried: Carried = { parts: [], notCarried: [] }

function ownAdditions(
  input: CaddyfileInput,
  written: WrittenPlace | undefined,
): Carried | 'changed' {
  const { current } = input
  if (current === undefined) return noneCarried
  if (written === undefined) return withoutRecord(input, current)
  const last = input.last ?? (hashOf(current) === written.hash ? current : undefined)
  if (last === undefined) return 'changed'
  const { additions, ourPartsChanged } = addedTo(last, current, ownPaths.caddyfile)
  return ourPartsChanged && input.overwrite !== true
    ? 'changed'
    : { parts: additions, notCarried: [] }
}

/** The record is lost, or the file was never ours: where all that we would write stands in it, it was. */
function withoutRecord(input: CaddyfileInput, current: string): Carried {
  const ours = renderCaddyfile(foldEdge(input.parts))
  const { additions, ourPartsChanged } = addedTo(ours, current, ownPaths.caddyfile)
  return ourPartsChanged
    ? carryOver(current, ownPaths.caddyfile, namesOf(input))
    : { parts: additions, notCarried: [] }
}

/** The same directive from both files is carried once. */
function withoutTwins(parts: readonly CarriedPart[]): readonly CarriedPart[] {
  const seen = new Set<string>()
  return parts.filter((part) => {
    const lines = part.text.split('\n').map((line) => line.trim())
    const key = JSON.stringify([part.place, part.within, lines, part.copy ?? 0])
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
