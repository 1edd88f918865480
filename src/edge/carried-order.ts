import type { CarriedPart } from './parts.ts'

/**
 * The admin's parts in a fixed order, whatever order they come in. The same text from two files
 * counts once, at the earlier of its places.
 */
export function sortCarried(parts: readonly CarriedPart[]): readonly CarriedPart[] {
  const byKey = new Map<string, CarriedPart>()
  for (const part of parts) {
    const key = keyOf(part)
    const known = byKey.get(key)
    if (known === undefined || orderOf(part) < orderOf(known)) byKey.set(key, part)
  }
  return [...byKey.entries()]
    .sort(([a, one], [b, other]) => orderOf(one) - orderOf(other) || (a < b ? -1 : 1))
    .map(([, part]) => part)
}

function orderOf(part: CarriedPart): number {
  return part.order ?? 0
}

function keyOf({ place, text, copy, within }: CarriedPart): string {
  return JSON.stringify([place, text.trim(), copy ?? 0, within?.route ?? '', within?.inside ?? ''])
}
