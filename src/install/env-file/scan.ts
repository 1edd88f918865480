import {
  isInlineSpace,
  lineEnd,
  skipInlineSpace,
  skipWhiteSpace,
  trimmedEnd,
} from './characters.ts'
import type { EnvAssignment } from './env-file.ts'

/** Why Compose would reject the file, and on which line, counted from 1. */
export class ScanError extends Error {
  override readonly name = 'ScanError'
  readonly line: number

  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

const byteOrderMark = '\ufeff'
const asciiName = /[A-Za-z0-9_.\-[\]]*/y
const nameCharacter = /^[\p{L}\p{N}]$/u
const exportWord = /export[\t\n\f\r ]/y

/**
 * The assignments of a text in Compose's dialect, one after the other as Compose meets them, in
 * linear time. Measured with Compose 2.40: behind a closing quote the same line goes on with the next statement; a name
 * that ends in a line break is inherited; text without `=` or line break at the end of the file
 * is the value of a variable without a name.
 *
 * @throws ScanError for a name or a quote that Compose rejects; no value is quoted in its message
 */
export function* scan(text: string): Generator<EnvAssignment> {
  const lines = lineCounter(text)
  let position = text.startsWith(byteOrderMark) ? byteOrderMark.length : 0
  for (;;) {
    position = skipWhiteSpace(text, position)
    if (position >= text.length) return
    if (text[position] === '#') {
      position = lineEnd(text, position)
      continue
    }
    const { head, raw, next } = readStatement(text, position, lines(position))
    // Written out: a spread would make a large file three times slower.
    yield {
      name: head.name,
      line: head.line,
      endLine: lines(raw.end),
      raw: text.slice(raw.start, raw.end),
      start: head.start,
      valueStart: raw.start,
      inherits: raw.inherits,
    }
    position = next
  }
}

/** Turns rising indices into line numbers, reading the text once. */
function lineCounter(text: string): (index: number) => number {
  let line = 1
  let newline = text.indexOf('\n')
  return (index) => {
    while (newline >= 0 && newline < index) {
      line += 1
      newline = text.indexOf('\n', newline + 1)
    }
    return line
  }
}

type Head = Pick<EnvAssignment, 'name' | 'start' | 'line'>

interface Statement {
  readonly head: Head
  readonly raw: { readonly start: number; readonly end: number; readonly inherits: boolean }
  readonly next: number
}

function readStatement(text: string, start: number, line: number): Statement {
  const nameStart = skipExport(text, start)
  if (nameStart >= text.length) throw new ScanError('no name stands behind export', line)
  const terminator = findTerminator(text, nameStart, line)
  if (terminator === undefined) return readValue(text, { name: '', start, line }, nameStart)
  const nameEnd = trimmedEnd(text, nameStart, terminator)
  const name = text.slice(nameStart, nameEnd)
  if (name.includes(' ')) throw new ScanError('a variable name cannot hold a space', line)
  if (text[terminator] !== '\n') return readValue(text, { name, start, line }, terminator + 1)
  const raw = { start: nameEnd, end: nameEnd, inherits: true }
  return { head: { name, start, line }, raw, next: terminator + 1 }
}

function skipExport(text: string, start: number): number {
  exportWord.lastIndex = start
  return exportWord.test(text) ? skipInlineSpace(text, start + 'export'.length) : start
}

/** The `=`, `:` or line break behind the name; undefined where the text ends first. */
function findTerminator(text: string, from: number, line: number): number | undefined {
  let index = skipAsciiName(text, from)
  while (index < text.length) {
    const character = String.fromCodePoint(text.codePointAt(index) ?? 0)
    if (character === '=' || character === ':' || character === '\n') return index
    if (!isInlineSpace(character) && !nameCharacter.test(character)) {
      throw new ScanError(`a variable name cannot hold ${JSON.stringify(character)}`, line)
    }
    index = skipAsciiName(text, index + character.length)
  }
  return undefined
}

function skipAsciiName(text: string, from: number): number {
  asciiName.lastIndex = from
  asciiName.test(text)
  return asciiName.lastIndex
}

function readValue(text: string, head: Head, from: number): Statement {
  const skipped = skipInlineSpace(text, from)
  // A blank value ends before its CRLF: what is written there would come between the two.
  const start = text[skipped] === '\n' && text[skipped - 1] === '\r' ? skipped - 1 : skipped
  const quote = text[start]
  if (quote === '"' || quote === "'") {
    const closing = closingQuote(text, start, quote)
    if (closing === undefined) {
      throw new ScanError(`a quote opens the value of ${head.name} and never closes`, head.line)
    }
    const end = closing + 1
    return { head, raw: { start, end, inherits: false }, next: end }
  }
  const next = lineEnd(text, start)
  const comment = text.slice(start, next).indexOf(' #')
  const end = trimmedEnd(text, start, comment < 0 ? next : start + comment)
  return { head, raw: { start, end, inherits: false }, next }
}

function closingQuote(text: string, open: number, quote: string): number | undefined {
  for (let index = open + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1
    else if (text[index] === quote) return index
  }
  return undefined
}
