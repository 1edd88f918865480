import type { Masked } from '../secrets/masked.ts'

/** The screen. Only masked text can be printed. */
export interface Terminal {
  /** Results: stdout. One line, or several; a newline is added. */
  out(text: Masked): void
  /** Notices, progress and errors: stderr. */
  err(text: Masked): void
  /** Everything from standard input, for `--answers -`. */
  readInput(): Promise<string>
  /**
   * Shows a text that is longer than the screen in the admin's pager, and waits until that is left.
   * `fits`: it is not longer; `none`: there is no pager. Nothing was shown in these two cases.
   */
  page(text: Masked): Promise<'paged' | 'fits' | 'none'>
  /** Lets a prompt read keys, on every terminal, and again after Ctrl-Z and `fg`. */
  reading<T>(prompt: () => Promise<T>): Promise<T>
  readonly color: boolean
  /** Columns to wrap text at; 80 where it is not a terminal. */
  readonly columns: number
  /** Lines of the screen; 24 where nobody knows. */
  readonly rows: number
  readonly interactive: boolean
}
