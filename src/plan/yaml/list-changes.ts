import { equal, type Plain } from './plain.ts'

/**
 * What turns one list into the other: the items in front that stay, then as many replaced in place
 * or, where the count differs, removed and added.
 */
export function changes(
  before: readonly Plain[],
  after: readonly Plain[],
): { same: number; replaced: number[]; removed: number[]; added: readonly Plain[] } {
  const shorter = Math.min(before.length, after.length)
  let same = 0
  while (same < shorter && equal(before[same], after[same])) same += 1
  let tail = 0
  while (tail < shorter - same && equal(before.at(-1 - tail), after.at(-1 - tail))) tail += 1
  const middle = Array.from({ length: before.length - tail - same }, (_, index) => same + index)
  const added = after.slice(same, after.length - tail)
  return middle.length === added.length
    ? { same, replaced: middle, removed: [], added: [] }
    : { same, replaced: [], removed: middle, added }
}
