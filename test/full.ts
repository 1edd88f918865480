/**
 * Are all cases to be tried? Else those that CI has the time for: a tenth of the random ones, and of the kills
 * in containers those that show that the simulation, which has them all, is right. docs/testing.md says more.
 */
export const isFull = process.env.TEST_FULL === '1'

/** How many random cases to try. */
export function casesOf(full: number): number {
  return isFull ? full : Math.ceil(full / 10)
}

/** Of these, the ones to try: all, or those that hold this. */
export function chosen<Item>(items: readonly Item[], isInCi: (item: Item) => boolean): Item[] {
  return items.filter((item) => isFull || isInCi(item))
}
