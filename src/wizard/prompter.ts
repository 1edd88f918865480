import { Failure } from '../failure.ts'

export interface Choice<T> {
  readonly value: T
  readonly name: string
  /** One line that shows while the choice is under the cursor. */
  readonly hint?: string
}

/** What is wrong with an answer, or undefined. */
export type Validate = (text: string) => string | undefined

/** Whoever asks a person. Passed in, so that the flow is tested without a terminal. */
export interface Prompter {
  /** One line of text, without blanks around it. An empty line is the default, where there is one. */
  text(question: {
    readonly message: string
    readonly default?: string | undefined
    readonly validate: Validate
  }): Promise<string>
  choose<T extends string>(question: {
    readonly message: string
    readonly choices: readonly Choice<T>[]
    readonly default?: T | undefined
  }): Promise<T>
  /** Any number of them, none included; none is chosen at first. */
  chooseSome<T extends string>(question: {
    readonly message: string
    readonly choices: readonly Choice<T>[]
  }): Promise<readonly T[]>
  yesNo(question: { readonly message: string; readonly default: boolean }): Promise<boolean>
  /** Typed unseen. */
  secret(question: { readonly message: string; readonly validate: Validate }): Promise<string>
  /** Lines of text, wrapped; the first is set apart from what is above it. */
  say(...lines: readonly string[]): void
  /** Says what is being waited for, and waits; Ctrl-C ends it. */
  wait<T>(what: string, work: () => Promise<T>): Promise<T>
}

/** Somebody pressed Ctrl-C before anything was written. */
export function canceled(): Failure {
  return new Failure('canceled', 'Canceled: nothing was changed.')
}
