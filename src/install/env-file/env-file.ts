/** One assignment of the file; lines count from 1. */
export interface EnvAssignment {
  readonly name: string
  readonly line: number
  /** The last line of a value that spans several. */
  readonly endLine: number
  /** What stands behind `=`, quotes and all, without a trailing comment. */
  readonly raw: string
  /** Where the statement begins in the text, at `export` or the name: a UTF-16 index, as all here. */
  readonly start: number
  /** Where `raw` begins. */
  readonly valueStart: number
  /** A bare name without `=`: its value comes from the shell, and `raw` is empty. */
  readonly inherits: boolean
}

/** A `.env` file in Compose's dialect, read without loss. Never changed: the editors return a new one. */
export interface EnvFile {
  /** The name to show: `.env`. */
  readonly file: string
  readonly text: string
  readonly assignments: readonly EnvAssignment[]
}

/**
 * What to write behind a name. A literal is quoted so that Compose reads exactly this value;
 * an expression keeps its `${...}` alive (`redis://:${REDIS_PASSWORD}@redis:6379`).
 */
export type EnvValue =
  | { readonly kind: 'literal'; readonly value: string }
  | { readonly kind: 'expression'; readonly text: string }
