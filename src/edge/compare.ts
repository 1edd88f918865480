import type { Directive } from '../install/caddyfile/tree.ts'
import type { CarriedPart } from './parts.ts'
import { routes } from './routes.ts'
import { type Shape, sameShape, sameWords, shapeOf } from './shape.ts'

type Within = NonNullable<CarriedPart['within']>

export interface Comparison {
  /** Stand beside what we know. */
  readonly extra: readonly Directive[]
  /** Stand inside a route that is otherwise as we know it. */
  readonly inside: readonly { readonly directive: Directive; readonly within: Within }[]
  /** Begin as something we know, and differ in more than additions. */
  readonly changed: readonly Directive[]
  /** Of what we know, what is not there in any form. */
  readonly missing: readonly Shape[]
}

/** Compares a site's directives, node by node, with those that we know. */
export function compareDirectives(
  known: readonly Shape[],
  actual: readonly Directive[],
): Comparison {
  const { unmatched, missing } = pair(known, actual)
  const extra: Directive[] = []
  const inside: { directive: Directive; within: Within }[] = []
  const changed: Directive[] = []
  for (const directive of unmatched) {
    const shape = shapeOf(directive)
    const index = missing.findIndex((one) => sameWords(one, shape))
    const partner = missing[index]
    if (partner === undefined) {
      extra.push(directive)
      continue
    }
    missing.splice(index, 1)
    const additions = additionsInside(partner, directive)
    if (additions === undefined) changed.push(directive)
    else inside.push(...additions)
  }
  return { extra, inside, changed, missing }
}

/** Takes away what is on both sides. */
function pair(
  known: readonly Shape[],
  actual: readonly Directive[],
): { unmatched: Directive[]; missing: Shape[] } {
  const missing = [...known]
  const unmatched = actual.filter((directive) => {
    const shape = shapeOf(directive)
    const index = missing.findIndex((one) => sameShape(one, shape))
    if (index >= 0) missing.splice(index, 1)
    return index < 0
  })
  return { unmatched, missing }
}

/** What was added to a route or its proxy; undefined where that is not all, or it is none of ours. */
function additionsInside(
  known: Shape,
  actual: Directive,
): readonly { directive: Directive; within: Within }[] | undefined {
  const isProxy = known.words[0] === 'reverse_proxy'
  const route = isProxy ? 'reverse_proxy' : known.words.join(' ')
  if (!routes.some(({ id }) => id === route)) return undefined
  const { unmatched, missing } = pair(known.block, actual.block?.directives ?? [])
  const into = (directives: readonly Directive[], inside: Within['inside']) =>
    directives.map((directive) => ({ directive, within: { route, inside } }))
  const [lost, ...more] = missing
  if (lost === undefined) return into(unmatched, isProxy ? 'proxy' : 'route')
  const proxy = unmatched.find((one) => sameWords(shapeOf(one), lost))
  if (isProxy || more.length > 0 || proxy?.name !== 'reverse_proxy') return undefined
  const deeper = pair(lost.block, proxy.block?.directives ?? [])
  if (deeper.missing.length > 0) return undefined
  return [
    ...into(
      unmatched.filter((one) => one !== proxy),
      'route',
    ),
    ...into(deeper.unmatched, 'proxy'),
  ]
}
