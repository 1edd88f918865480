export interface ProcessResult {
  /** Exit code; undefined where it was killed or timed out. */
  readonly exitCode: number | undefined
  readonly timedOut: boolean
  readonly stdout: string
  readonly stderr: string
}

export interface ProcessOptions {
  readonly cwd?: string
  /** Added to our own environment: the way for secrets. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly timeoutMs: number
}

/** Other programs. Arguments are visible to every user of the host: an argument that holds a learned secret is a fault and throws. */
export interface Processes {
  /** Runs to the end. `missing` where the program is not installed. Never throws for a failing program. */
  run(program: string, args: readonly string[], options: ProcessOptions): Promise<ProcessResult | 'missing'>
}
