/** What `init` was asked on the command line. */
export interface InitOptions {
  readonly directory: string
  /** A file, or `-` for standard input. */
  readonly answers: string | undefined
  readonly set: readonly string[]
  readonly yes: boolean
  readonly dryRun: boolean
  readonly offline: boolean
  readonly fresh: boolean
  readonly tracecatVersion: string | undefined
  readonly from: string | undefined
  readonly upstream: string | undefined
  readonly json: boolean
  readonly verbose: boolean
}
