import type { Run } from '../run.ts'

/** What `rotate` was asked on the command line. */
export interface RotateOptions {
  readonly directory: string
  /** As typed: a name may be none of ours. */
  readonly names: readonly string[]
  readonly all: boolean
  readonly yes: boolean
  readonly dryRun: boolean
  readonly acceptBreakage: boolean
  readonly json: boolean
  readonly verbose: boolean
}

/** What all parts of it have in hand. */
export type RotateRun = Run<RotateOptions>
