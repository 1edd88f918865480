import type { ParsedYaml } from './parse.ts'
import { commentsWithin, Lines, type Place } from './places.ts'
import type { Splice } from './splice.ts'

/** Gathers the splices that put entries into a text, take them out, or give them another value. */
export class Drafting {
  readonly parsed: ParsedYaml
  readonly lines: Lines
  readonly splices: Splice[] = []
  readonly #setsApart: boolean

  /** @param setsApart whether blank lines come and go with entries */
  constructor(parsed: ParsedYaml, setsApart: boolean) {
    this.parsed = parsed
    this.#setsApart = setsApart
    this.lines = new Lines(parsed.text)
  }

  splice(start: number, end: number, text: string): void {
    this.splices.push({ start, end, text })
  }

  /** Inserts lines behind the first `count` places; a blank line apart where the last two are. */
  insertLines(places: readonly Place[], count: number, blocks: readonly string[][]): void {
    if (blocks.length === 0) return
    const [first, last, previous] = [places[0], places[count - 1], places[count - 2]]
    const at = last ? this.lines.next(last.end) : this.lines.start(first?.start ?? 0)
    const isApart =
      this.#setsApart &&
      last &&
      previous &&
      /\n[ \t\r]*\n/.test(this.parsed.text.slice(previous.end, last.start))
    const lines = blocks.flatMap((block) => (isApart ? ['', ...block] : block))
    this.splice(at, at, lines.map((line) => line + this.lines.eol).join(''))
  }

  /** Removes an entry's lines and a blank line above; comments stay, in lines of their own. */
  removeLines(places: readonly Place[], index: number): void {
    const place = places[index]
    if (!place) return
    const { text, comments } = this.parsed
    const next = this.lines.next(place.end)
    let start = this.lines.start(place.start)
    const isBlankBelow = this.parsed.text.slice(next, this.lines.next(next)).trim() === ''
    const isApart = this.#setsApart && index > 0 && this.lines.isBlankAbove(start)
    if (isApart && (index === places.length - 1 || isBlankBelow))
      start = this.lines.start(start - 1)
    const kept = commentsWithin(comments, start, next).map((comment) => {
      const column = this.lines.isFirst(comment.start) ? comment.start : place.start
      return `${' '.repeat(this.lines.column(column))}${text.slice(comment.start, comment.end)}${this.lines.eol}`
    })
    this.splice(start, next, kept.join(''))
  }

  /** Puts a value on one line in an entry's place in brackets or braces. */
  replaceInFlow(place: Place, value: string): void {
    const { text, comments } = this.parsed
    const kept = commentsWithin(comments, place.start, place.end)
      .map((comment) => ` ${text.slice(comment.start, comment.end)}${this.lines.eol}`)
      .join('')
    if (place.value !== undefined) this.splice(place.value, place.end, value + kept)
    else this.splice(place.end, place.end, `${place.marker === undefined ? ':' : ''} ${value}`)
  }

  /** Puts a rendered value behind a colon or a dash; comments stay beside or below it. */
  replaceBehind(place: Place, marker: number, column: number, rendered: readonly string[]): void {
    const { text, comments } = this.parsed
    const [first = '', ...rest] = rendered
    const isOneLine = rest.length === 0 && !text.slice(marker, place.end).includes('\n')
    if (isOneLine && place.value !== undefined) {
      this.splice(place.value, place.end, first.trimStart())
      return
    }
    if (isOneLine) {
      this.splice(marker, marker, first)
      return
    }
    const end = this.lines.end(place.end)
    const kept = commentsWithin(comments, marker, end)
    const beside = kept.filter((comment) => !text.slice(marker, comment.start).includes('\n'))
    const below = kept.filter((comment) => !beside.includes(comment))
    const textOf = (comment: { start: number; end: number }): string =>
      text.slice(comment.start, comment.end)
    const lines = [
      [first, ...beside.map((comment) => ` ${textOf(comment)}`)].join(''),
      ...rest,
      ...below.map((comment) => ' '.repeat(column) + textOf(comment)),
    ]
    this.splice(marker, end, lines.join(this.lines.eol))
  }
}
