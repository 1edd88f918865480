import { closest } from '../answers/closest.ts'
import { Failure } from '../failure.ts'
import type { Control } from './control.ts'
import { controls } from './registry.ts'

/** @throws Failure('badInput') for an id that no control has, with what was probably meant */
export function findControl(id: string): Control {
  const found = controls.find(({ meta }) => meta.id === id)
  if (found !== undefined) return found
  const word = id.toLowerCase()
  const within = controlIds().filter((one) => word !== '' && one.split('-').includes(word))
  const near = closest(id, controlIds())
  const meant = within.length > 0 ? within : near === undefined ? [] : [near]
  throw new Failure('badInput', `There is no control '${id}'.`, {
    remedy:
      meant.length === 0
        ? `There are: ${controlIds().join(', ')}.`
        : `Did you mean ${meant.join(', ')}?`,
  })
}

export function controlIds(): readonly string[] {
  return controls.map(({ meta }) => meta.id).sort()
}
