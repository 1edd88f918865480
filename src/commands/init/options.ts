import type { LookOptions } from '../../surroundings/look.ts'
import type { AnswerOptions } from '../../surroundings/read-answers.ts'

/** What `init` was asked on the command line. */
export interface InitOptions extends LookOptions, AnswerOptions {
  readonly directory: string
  readonly yes: boolean
  readonly dryRun: boolean
  readonly json: boolean
  readonly verbose: boolean
}
