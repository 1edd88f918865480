import { Failure } from '../../failure.ts'
import { heredocMarker, heredocText } from './heredoc.ts'
import type { Comment, Token } from './token.ts'

// What Go's unicode.IsSpace takes for white space.
const whiteSpace = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/

/**
 * Splits a Caddyfile into words and comments, as Caddy 2.8 to 2.11 do, odd cases included: a
 * backslash anywhere in a comment escapes that comment's line end, `\r` ends no word, and `\` is an
 * escape only before `"` in double quotes and before a line end. `{$NAME:default}` is one piece
 * wherever it stands outside of comments: Caddy replaces it before it looks for words.
 * Throws a Failure with file and line where a quote or heredoc has no end.
 */
export function tokenize(
  text: string,
  file: string,
): { tokens: readonly Token[]; comments: readonly Comment[] } {
  const lexer = new Lexer(text, file)
  lexer.run()
  return { tokens: lexer.tokens, comments: lexer.comments }
}

type Place = Pick<Token, 'start' | 'line' | 'countedLine'>

/** Characters that mean nothing of their own: read together, since most of a file is made of them. */
const ordinary = /[\w./:*@-]+/y

/** Some hundred times what Tracecat's has; many more take seconds to look at. */
const mostWords = 30_000

class Lexer {
  readonly tokens: Token[] = []
  readonly comments: Comment[] = []
  readonly #text: string
  readonly #file: string
  /** Where the next `}` stands, as far as it was looked for. */
  #brace = -1
  #at = 0
  #line = 1
  #countedLine = 1
  #skippedLines = 0

  constructor(text: string, file: string) {
    this.#text = text
    this.#file = file
    if (text.startsWith('\uFEFF')) this.#at = 1
  }

  run(): void {
    while (this.#at < this.#text.length) {
      this.#next()
      if (this.tokens.length > mostWords) {
        throw new Failure('badInput', `More than ${mostWords} words are no Caddyfile`, {
          where: { file: this.#file, line: this.#line },
        })
      }
    }
  }

  /** Reads up to the end of one word. */
  #next(): void {
    let value = ''
    let begin = this.#here()
    let end = this.#at
    let escaped = false
    let plainLess = false
    // Kept, not asked of the growing word each time: that would copy it for each character.
    let heredoc = false
    for (;;) {
      const before = this.#here()
      const piece = this.#piece()
      if (piece === '') {
        if (value !== '') this.tokens.push({ ...begin, text: value, quote: '', end })
        return
      }
      if (heredoc && piece !== '\n' && piece !== ' ') {
        if (piece !== '\r') value += piece
        end = this.#at
        continue
      }
      if (heredoc && piece === '\n') {
        this.#heredoc(value, begin)
        return
      }
      if (!escaped && piece === '\\') {
        escaped = true
        if (value === '') begin = before
        continue
      }
      if (whiteSpace.test(piece)) {
        if (piece === '\r') continue
        if (piece === '\n') {
          this.#breakLine(escaped)
          escaped = false
        }
        if (value === '') continue
        this.tokens.push({ ...begin, text: value, quote: '', end })
        return
      }
      if (value === '' && piece === '#') {
        this.#comment(before, escaped)
        escaped = false
        continue
      }
      if (value === '' && !escaped) begin = before
      if (value === '' && (piece === '"' || piece === '`')) {
        this.#quoted(piece, begin, escaped)
        return
      }
      if (escaped) {
        // An escaped < begins no heredoc; elsewhere the backslash stays.
        if (piece === '<') plainLess = true
        else value += '\\'
        escaped = false
      }
      value += piece
      heredoc ||= value === '<<' && !plainLess
      end = this.#at
    }
  }

  #quoted(quote: '"' | '`', begin: Place, escapedBefore: boolean): void {
    let value = ''
    let escaped = escapedBefore && quote === '"'
    for (;;) {
      const piece = this.#piece()
      if (piece === '')
        throw new Failure('badInput', `A ${quote} has no end`, {
          where: { file: this.#file, line: begin.line },
          remedy: `Close the quoted text with ${quote}.`,
        })
      if (quote === '"' && !escaped && piece === '\\') {
        escaped = true
        continue
      }
      if (escaped) {
        if (piece !== '"') value += '\\'
        escaped = false
      } else if (piece === quote) {
        this.tokens.push({ ...begin, text: value, quote, end: this.#at })
        return
      }
      if (piece === '\n') this.#breakLine(false)
      value += piece
    }
  }

  #heredoc(word: string, begin: Place): void {
    const where = { file: this.#file, line: begin.line }
    const marker = heredocMarker(word, where)
    const from = this.#at
    const found = this.#text.indexOf(marker, from)
    if (found < 0)
      throw new Failure('badInput', `The heredoc <<${marker} has no end`, {
        where,
        remedy: `Put ${marker} on a line of its own behind the text.`,
      })
    this.#at = found + marker.length
    const body = this.#text.slice(from, this.#at)
    const breaks = body.split('\n').length
    this.#line += breaks
    this.#countedLine += this.#skippedLines + breaks
    this.#skippedLines = 0
    this.tokens.push({
      ...begin,
      text: heredocText(body, marker, where),
      quote: '<',
      end: this.#at,
    })
  }

  /** Reads the rest of a comment whose `#` was just read, with its line end. */
  #comment(begin: Place, escapedBefore: boolean): void {
    const lineEnd = this.#text.indexOf('\n', begin.start)
    const stop = lineEnd < 0 ? this.#text.length : lineEnd
    const text = this.#text.slice(begin.start, stop).replace(/\r+$/, '')
    const { start, line } = begin
    this.comments.push({ text, start, end: start + text.length, line })
    this.#at = stop
    if (lineEnd < 0) return
    this.#at += 1
    this.#breakLine(escapedBefore || text.includes('\\'))
  }

  #breakLine(escaped: boolean): void {
    this.#line += 1
    if (escaped) {
      this.#skippedLines += 1
    } else {
      this.#countedLine += 1 + this.#skippedLines
      this.#skippedLines = 0
    }
  }

  /** The next ordinary characters, one other character, or a whole `{$NAME}`; empty at the end. */
  #piece(): string {
    ordinary.lastIndex = this.#at
    const run = ordinary.exec(this.#text)?.[0]
    if (run !== undefined) {
      this.#at += run.length
      return run
    }
    if (this.#text.startsWith('{$', this.#at)) {
      const end = this.#nextBrace()
      if (end > this.#at + 2) {
        const span = this.#text.slice(this.#at, end + 1)
        this.#at = end + 1
        this.#line += span.split('\n').length - 1
        return span
      }
    }
    const character = this.#text.charAt(this.#at)
    this.#at += character.length
    return character
  }

  /** Looked for once: a text of nothing but `{$` would else take the square of its length. */
  #nextBrace(): number {
    if (this.#brace < this.#at) {
      const found = this.#text.indexOf('}', this.#at)
      this.#brace = found < 0 ? Number.POSITIVE_INFINITY : found
    }
    return this.#brace === Number.POSITIVE_INFINITY ? -1 : this.#brace
  }

  #here(): Place {
    return { start: this.#at, line: this.#line, countedLine: this.#countedLine }
  }
}
