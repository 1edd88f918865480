import type { Run } from '../run.ts'

/** What `restore` was asked on the command line. */
export interface RestoreOptions {
  readonly directory: string
  /** As typed: the id may be none of ours. undefined: which ones are there? */
  readonly backup: string | undefined
  readonly yes: boolean
  readonly dryRun: boolean
  readonly filesOnly: boolean
  readonly prune: boolean
  readonly json: boolean
  readonly verbose: boolean
}

/** What all parts of it have in hand. */
export type RestoreRun = Run<RestoreOptions>
