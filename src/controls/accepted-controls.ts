import { closest } from '../answers/closest.ts'
import { answersFailure, type Locate, type Problem } from '../answers/problems.ts'
import type { PartialAnswers } from '../answers/schema.ts'
import { controlIds } from './find-control.ts'

/** Risks that are accepted of controls that there are not: nothing ever comes of them. */
export function unknownAccepted({ accept = [] }: PartialAnswers): readonly UnknownControl[] {
  const ids = controlIds()
  return accept.flatMap(({ control }, index) => {
    if (ids.includes(control)) return []
    const meant = closest(control, ids)
    const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`
    return [
      { control, path: ['accept', index, 'control'], text: `there is no such control${hint}` },
    ]
  })
}

interface UnknownControl extends Problem {
  readonly control: string
}

/**
 * @param file what the file alone says, for the places
 * @throws Failure('badInput') that names every accepted control that there is not
 */
export function refuseUnknownAccepted(
  given: PartialAnswers,
  file: PartialAnswers,
  locate: Locate,
): void {
  const inFile = new Map(unknownAccepted(file).map(({ control, path }) => [control, path]))
  const problems = unknownAccepted(given).map(({ control, text }) => ({
    path: inFile.get(control) ?? ['accept', control],
    text: inFile.has(control) ? `is ${control}, and ${text}` : `is of no use: ${text}`,
  }))
  if (problems.length === 0) return
  throw answersFailure(
    problems,
    (path) => (typeof path[1] === 'number' ? locate(path) : undefined),
    'tracecat-harden explain lists all controls.',
  )
}
