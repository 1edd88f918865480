import type { Masked } from '../secrets/masked.ts'

/** The screen. Only masked text can be printed. */
export interface Terminal {
  /** Results: stdout. One line, or several; a newline is added. */
  out(text: Masked): void
  /** Notices, progress and errors: stderr. */
  err(text: Masked): void
  /** Everything from standard input, for `--answers -`. */
  readInput(): Promise<string>
  readonly colour: boolean
  /** Columns to wrap text at; 80 where it is not a terminal. */
  readonly columns: number
  readonly interactive: boolean
}
