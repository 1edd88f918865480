import { equal, type Plain } from './plain.ts'

/** One step from a list to another. `index` counts in the old list; an item is added in front of it. */
export type ListChange =
  | { readonly kind: 'replace'; readonly index: number; readonly item: Plain }
  | { readonly kind: 'remove'; readonly index: number }
  | { readonly kind: 'add'; readonly index: number; readonly items: readonly Plain[] }

/** How many items both lists share at their start. */
function common(before: readonly Plain[], after: readonly Plain[]): number {
  let count = 0
  const most = Math.min(before.length, after.length)
  while (count < most && equal(before[count], after[count])) count += 1
  return count
}

/**
 * The steps from one list to the other. Items that stay, or that are replaced by another one with
 * their key, are the longest such subsequence; the others are removed and added.
 */
export function listChanges(
  before: readonly Plain[],
  after: readonly Plain[],
  isSameItem: (old: Plain, wanted: Plain) => boolean,
): ListChange[] {
  const head = common(before, after)
  const tail = common(before.slice(head).reverse(), after.slice(head).reverse())
  const old = before.slice(head, before.length - tail)
  const wanted = after.slice(head, after.length - tail)
  const changes: ListChange[] = []
  let [oldAt, wantedAt] = [0, 0]
  const end = [old.length, wanted.length] as const
  for (const [oldStop, wantedStop] of [...matches(old, wanted, isSameItem), end]) {
    for (; oldAt < oldStop; oldAt += 1) changes.push({ kind: 'remove', index: head + oldAt })
    if (wantedAt < wantedStop) {
      changes.push({
        kind: 'add',
        index: head + oldStop,
        items: wanted.slice(wantedAt, wantedStop),
      })
    }
    const item = wanted[wantedStop]
    if (item !== undefined && !equal(old[oldStop], item)) {
      changes.push({ kind: 'replace', index: head + oldStop, item })
    }
    oldAt = oldStop + 1
    wantedAt = wantedStop + 1
  }
  return changes
}

/** The pairs of positions of a longest common subsequence. */
function matches(
  before: readonly Plain[],
  after: readonly Plain[],
  isSameItem: (old: Plain, wanted: Plain) => boolean,
): [number, number][] {
  const width = after.length + 1
  const lengths = new Uint32Array((before.length + 1) * width)
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0
  const isMatch = (row: number, column: number): boolean => {
    const [old, wanted] = [before[row] ?? null, after[column] ?? null]
    return equal(old, wanted) || isSameItem(old, wanted)
  }
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] = isMatch(row, column)
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  const pairs: [number, number][] = []
  let [row, column] = [0, 0]
  while (row < before.length && column < after.length) {
    if (isMatch(row, column)) {
      pairs.push([row, column])
      row += 1
      column += 1
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1
    else column += 1
  }
  return pairs
}
