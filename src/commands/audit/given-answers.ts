import type { Answers } from '../../answers/answers.ts'
import { completeAnswers } from '../../answers/complete.ts'
import { parseAnswers } from '../../answers/parse.ts'
import type { PartialAnswers } from '../../answers/schema.ts'
import { unknownAccepted } from '../../controls/accepted-controls.ts'
import type { Judgement } from '../../controls/judge.ts'
import { ownPaths } from '../../install/install.ts'
import type { Release } from '../../release/release.ts'

/** What the answers of a folder say to `audit`. */
export interface GivenAnswers {
  /** The release, where the answers name it. */
  readonly stated: string | undefined
  /** Accepted controls that there are not: another version may have them, so that it is only said. */
  readonly unknown: Judgement['skipped']
  complete(release: Release): {
    readonly answers: Answers | undefined
    readonly accept: PartialAnswers['accept'] & {}
  }
}

/**
 * Reads the answers. A file that only accepts risks is no answer to `init` yet, and counts
 * all the same: an install that was never hardened may have accepted risks, too.
 * @throws Failure('badInput') with file and line for answers that cannot be
 */
export function givenAnswers(text: string): GivenAnswers {
  const { answers: given, locate } = parseAnswers(text, ownPaths.answers)
  const { accept = [], tracecatVersion, ...rest } = given
  return {
    stated: tracecatVersion,
    unknown: unknownAccepted(given).map(({ control, path, text }) => {
      const { file = ownPaths.answers, line } = locate(path) ?? {}
      return {
        control,
        reason: `accepted in ${file}${line === undefined ? '' : `:${line}`}, but ${text}`,
      }
    }),
    complete: (release) => ({
      answers:
        Object.keys(rest).length === 0 ? undefined : completeAnswers(given, { release, locate }),
      accept,
    }),
  }
}
