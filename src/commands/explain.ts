import { controlIds, findControl } from '../controls/find-control.ts'
import { exitCodes, Failure } from '../failure.ts'
import { explanation } from '../report/explain.ts'
import { Masked } from '../secrets/masked.ts'
import type { World } from '../world/world.ts'

/** Prints what a control is about: as its page in docs/controls has it, or as JSON. */
export function explain(
  world: World,
  { control, json }: { readonly control: string | undefined; readonly json: boolean },
): number {
  if (control === undefined) {
    throw new Failure('badInput', 'explain needs a control.', {
      remedy: `There are: ${controlIds().join(', ')}.`,
    })
  }
  const { meta } = findControl(control)
  const text = json ? JSON.stringify(meta, null, 2) : explanation(meta).trimEnd()
  world.terminal.out(Masked.trusted(text))
  return exitCodes.done
}
