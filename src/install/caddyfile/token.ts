/** One word of a Caddyfile. Offsets count UTF-16 units of the text, `end` is behind the last one. */
export interface Token {
  /** What Caddy reads: without quotes, escapes and a heredoc's padding. `{$NAME}` stays as it is. */
  readonly text: string
  readonly quote: '' | '"' | '`' | '<'
  readonly start: number
  readonly end: number
  /** The line that an editor shows; counts from 1. */
  readonly line: number
  /** The line as Caddy counts: an escaped line end does not begin a new one. */
  readonly countedLine: number
}

/** From `#` to the end of the line, without the line end. */
export interface Comment {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly line: number
}

/**
 * Whether `token` begins a new line after `before`: ends a directive. Caddy compares its own line
 * counts and the line ends in the word before (caddyconfig/caddyfile, isNextOnNewLine).
 */
export function beginsLine(before: Token | undefined, token: Token): boolean {
  if (before === undefined) return true
  if (before.quote === '') return before.countedLine < token.countedLine
  // The line of a heredoc's marker and the last line end are not in its text.
  const breaks = before.text.split('\n').length - 1 + (before.quote === '<' ? 2 : 0)
  return before.countedLine + breaks < token.countedLine
}
