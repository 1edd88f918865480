import type { Caddyfile, Directive } from '../install/caddyfile/tree.ts'
import { ourMatchers } from './marks.ts'
import { routes } from './routes.ts'
import { shapeOf } from './shape.ts'

/** The route of the object store, which guards take the place of. */
export const storeSlot = 's3'

/**
 * Behind which of the stock routes something stands in its site: `handle` blocks whose matchers are not
 * one path each run in the order of the text (httpcaddyfile, sortRoutes), so that a guard before all
 * routes guards them all, and an answer behind them is for what is left. undefined: before all of them.
 * @returns the slot of an offset of the file
 */
export function slotsOf({ entries }: Caddyfile): (offset: number) => string | undefined {
  const marks = entries.flatMap((entry) =>
    entry.kind === 'site'
      ? [
          { start: entry.start, slot: undefined },
          ...entry.block.directives.flatMap((one) => {
            const slot = slotOf(one)
            return slot === undefined ? [] : [{ start: one.start, slot }]
          }),
        ]
      : [],
  )
  return (offset) => marks.findLast(({ start }) => start < offset)?.slot
}

/** All slots in the order of the file; the first is before all routes. */
export const allSlots: readonly (string | undefined)[] = [
  undefined,
  storeSlot,
  ...routes.map(({ id }) => id),
]

const ids: ReadonlySet<string> = new Set(routes.map(({ id }) => id))

function slotOf(directive: Directive): string | undefined {
  const words = shapeOf(directive).words.join(' ')
  if (/^handle(?:_path)? \/s3(?:\/?\*)?$/.test(words)) return storeSlot
  if (words === `handle ${ourMatchers}s3`) return storeSlot
  if (directive.name === 'reverse_proxy')
    return /^[@/*]/.test(directive.words[1]?.text ?? '') ? undefined : 'reverse_proxy'
  return ids.has(words) ? words : undefined
}
