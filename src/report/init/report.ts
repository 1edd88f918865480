import type { HardenCase } from '../../controls/control.ts'
import type { Judgement } from '../../controls/judge.ts'
import type { Plan } from '../../plan/make-plan.ts'
import type { Masker } from '../../secrets/masker.ts'
import type { NextStep } from './next-steps.ts'

/** Everything that `init` has to say. */
export interface InitReport {
  readonly case: HardenCase
  readonly plan: Plan
  /** What was wrong before, and what is left after. */
  readonly before: Judgement
  readonly after: Judgement
  readonly ends: readonly string[]
  readonly notices: readonly string[]
  /** The running stack follows in the same run. */
  readonly live: boolean
  readonly next: readonly NextStep[]
}

export interface Printer {
  readonly masker: Masker
  readonly columns: number
  readonly color: boolean
  readonly verbose: boolean
}
