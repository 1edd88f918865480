import { sourceRange } from '../install/caddyfile/source.ts'
import type { Comment } from '../install/caddyfile/token.ts'
import type { Caddyfile, Directive } from '../install/caddyfile/tree.ts'
import type { CarriedPart } from './parts.ts'
import { slotsOf } from './slots.ts'

interface Node {
  readonly start: number
  readonly end: number
}

/** Makes carried parts from nodes of one file, and remembers which text it took. */
export class Collector {
  readonly #caddyfile: Caddyfile
  readonly #orderOfFirst: number
  readonly #isOurs: (comment: Comment) => boolean
  readonly #slotAt: (offset: number) => string | undefined
  readonly #parts: CarriedPart[] = []
  readonly #taken: Node[] = []

  constructor(
    caddyfile: Caddyfile,
    orderOfFirst = 0,
    isOurs: (comment: Comment) => boolean = () => false,
  ) {
    this.#caddyfile = caddyfile
    this.#orderOfFirst = orderOfFirst
    this.#isOurs = isOurs
    this.#slotAt = slotsOf(caddyfile)
  }

  get parts(): readonly CarriedPart[] {
    return this.#parts
  }

  textOf(node: Node): string {
    const { start, end } = sourceRange(this.#caddyfile, node, this.#isOurs)
    return this.#caddyfile.text.slice(start, end)
  }

  /** @param least the slot of what stands before all routes, and must not */
  add(
    place: CarriedPart['place'],
    node: Node,
    within?: CarriedPart['within'],
    least?: string,
  ): void {
    this.#push(place, this.textOf(node), node.start, within, least)
    this.#taken.push(sourceRange(this.#caddyfile, node, this.#isOurs))
  }

  /** Global options: of a plain `servers` block each option alone, so that it merges with ours. */
  addGlobal(option: Directive): void {
    if (option.name !== 'servers' || option.words.length > 1) {
      this.add('global', option)
      return
    }
    for (const inner of option.block?.directives ?? []) this.addServersOption(inner)
  }

  addServersOption(option: Directive): void {
    this.#push('global', `\tservers {\n${this.textOf(option)}\n\t}`, option.start)
    this.#taken.push(sourceRange(this.#caddyfile, option, this.#isOurs))
  }

  /** Comments that are neither ours nor part of what was taken; neighbors stay together. */
  addLooseComments(placeOf: (offset: number) => CarriedPart['place']): void {
    const loose = this.#caddyfile.comments.filter(
      (comment) =>
        !this.#isOurs(comment) &&
        !this.#taken.some(({ start, end }) => start <= comment.start && comment.start < end),
    )
    for (const [index, comment] of loose.entries()) {
      const before = loose[index - 1]
      if (before !== undefined && before.line + 1 === comment.line) continue
      let last = comment
      for (const next of loose.slice(index + 1)) if (next.line === last.line + 1) last = next
      this.#push(placeOf(comment.start), this.#linesOf(comment, last), comment.start)
    }
  }

  #linesOf(first: Comment, last: Comment): string {
    const { text } = this.#caddyfile
    const lineStart = text.lastIndexOf('\n', first.start - 1) + 1
    const alone = text.slice(lineStart, first.start).trim() === ''
    return text.slice(alone ? lineStart : first.start, last.end)
  }

  #push(
    place: CarriedPart['place'],
    text: string,
    start: number,
    within?: CarriedPart['within'],
    least?: string,
  ): void {
    const behind =
      place === 'site' && within === undefined ? (this.#slotAt(start) ?? least) : undefined
    const same = this.#parts.filter(
      (part) =>
        part.place === place &&
        part.text === text &&
        JSON.stringify(part.within) === JSON.stringify(within),
    ).length
    this.#parts.push({
      part: 'carried',
      place,
      text,
      order: this.#orderOfFirst + start,
      ...(same > 0 ? { copy: same } : {}),
      ...(behind === undefined ? {} : { behind }),
      ...(within === undefined ? {} : { within }),
    })
  }
}
