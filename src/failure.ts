/** Exit codes of the command line's contract. */
export const exitCodes = {
  done: 0,
  findings: 1,
  badInput: 2,
  surroundings: 3,
  midway: 4,
  canceled: 130,
} as const

/** The codes that an expected failure can end with. */
export type FailureKind = 'badInput' | 'surroundings' | 'midway' | 'canceled'

/** Where in the admin's files something is wrong; the line counts from 1. */
export interface Where {
  readonly file: string
  readonly line?: number
}

/**
 * Something the admin did or can mend. The command line prints `message`, `where` and `remedy`
 * and never a stack trace; any other error is a fault of the program (`faultOf`).
 */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly kind: FailureKind
  readonly where: Where | undefined
  readonly remedy: string | undefined
  /** Lines to copy, shown below the remedy as they are. */
  readonly lines: readonly string[]

  constructor(
    kind: FailureKind,
    message: string,
    more: {
      readonly where?: Where | undefined
      readonly remedy?: string | undefined
      readonly lines?: readonly string[]
    } = {},
  ) {
    super(message)
    this.kind = kind
    this.where = more.where
    this.remedy = more.remedy
    this.lines = more.lines ?? []
  }

  /** The same failure in other words. */
  but(more: {
    readonly kind?: FailureKind
    readonly message?: string
    readonly remedy?: string
  }): Failure {
    const { kind = this.kind, message = this.message, remedy = this.remedy } = more
    return new Failure(kind, message, { where: this.where, remedy, lines: this.lines })
  }

  get exitCode(): number {
    return exitCodes[this.kind]
  }
}

/** What `run` gives; where it ends in a Failure, what `instead` makes of that. Faults of the program stay what they are. */
export function attempt<T, U>(run: () => T, instead: (failure: Failure) => U): T | U {
  try {
    return run()
  } catch (error) {
    if (error instanceof Failure) return instead(error)
    throw error
  }
}

/** The same for what takes time. */
export async function attemptLater<T, U>(
  run: () => Promise<T>,
  instead: (failure: Failure) => U | Promise<U>,
): Promise<T | U> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Failure) return await instead(error)
    throw error
  }
}

/** An error that nobody expected, whatever was thrown: a fault of this program, which an input has brought out. */
export function faultOf(error: unknown): Failure {
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  const [, place = 'a place that is not known'] = /^ +at (.+)$/m.exec(stack) ?? []
  return new Failure('surroundings', `A fault of tracecat-harden itself: ${name}: ${message}`, {
    remedy: 'Please report it, with this line:',
    lines: [`at ${place}`],
  })
}
