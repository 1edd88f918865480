import { closest } from '../answers/closest.ts'
import type { Control } from '../controls/control.ts'
import { controls } from '../controls/registry.ts'
import { Failure } from '../failure.ts'

/** @throws Failure('badInput') for an id that no control has, with the one that was probably meant */
export function findControl(id: string): Control {
  const found = controls.find(({ meta }) => meta.id === id)
  if (found !== undefined) return found
  const meant = closest(id, controlIds())
  throw new Failure('badInput', `There is no control '${id}'.`, {
    remedy:
      meant === undefined ? `There are: ${controlIds().join(', ')}.` : `Did you mean ${meant}?`,
  })
}

export function controlIds(): readonly string[] {
  return controls.map(({ meta }) => meta.id).sort()
}
