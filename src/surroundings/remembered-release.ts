import { parseAnswers } from '../answers/parse.ts'
import { attempt } from '../failure.ts'
import { type Install, ownPaths } from '../install/install.ts'

/** What the folder's answers say; a file of answers that cannot be read says nothing. */
export function rememberedRelease(install: Install): string | undefined {
  const text = install.files.get(ownPaths.answers)?.text
  if (text === undefined) return undefined
  return attempt(
    () => parseAnswers(text, ownPaths.answers).answers.tracecatVersion,
    () => undefined,
  )
}
