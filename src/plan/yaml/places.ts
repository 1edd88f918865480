import { type CST, isCollection, isMap, isNode, isScalar, isSeq, type Node, type Pair } from 'yaml'
import type { Comment } from './parse.ts'
import { type Layout, newLayout } from './render.ts'

/** Where an entry of a mapping or an item of a list stands: offsets into the text. */
export interface Place {
  /** The first character: of the key, its anchor or tag, or the dash. */
  readonly start: number
  /** Behind the colon or the dash; undefined where there is none (`{ a }`, items in brackets). */
  readonly marker: number | undefined
  /** The first character of the value, its anchor or tag; undefined for an empty one. */
  readonly value: number | undefined
  /** Behind the last character of all, without a block scalar's last line break. */
  readonly end: number
}

type Tokens = readonly CST.SourceToken[]

const trivia = new Set(['space', 'newline', 'comment', 'comma'])
const isSignificant = (token: CST.SourceToken): boolean => !trivia.has(token.type)
const isProperty = (token: CST.SourceToken): boolean =>
  token.type === 'anchor' || token.type === 'tag'
const endOf = (token: CST.SourceToken): number => token.offset + token.source.length

/** Line starts, line ends and columns of a text. */
export class Lines {
  readonly text: string
  readonly eol: string

  constructor(text: string) {
    this.text = text
    const crlf = text.split('\r\n').length - 1
    this.eol = crlf * 2 > text.split('\n').length - 1 ? '\r\n' : '\n'
  }

  start(offset: number): number {
    return this.text.lastIndexOf('\n', offset - 1) + 1
  }

  /** Behind the line's break; or the text's end. */
  next(offset: number): number {
    const at = this.text.indexOf('\n', offset)
    return at < 0 ? this.text.length : at + 1
  }

  /** Before the line's break. */
  end(offset: number): number {
    const next = this.next(offset)
    const line = this.text.slice(offset, next)
    return next - (line.endsWith('\r\n') ? 2 : line.endsWith('\n') ? 1 : 0)
  }

  column(offset: number): number {
    return offset - this.start(offset)
  }

  /** Is there nothing but space before the offset on its line? */
  isFirst(offset: number): boolean {
    return this.text.slice(this.start(offset), offset).trim() === ''
  }

  /** Is the line before that of the offset blank? */
  isBlankAbove(offset: number): boolean {
    const start = this.start(offset)
    return start > 0 && this.text.slice(this.start(start - 1), start).trim() === ''
  }
}

/** Behind the last character of a node's content, without comments and blank lines that follow. */
function contentEnd(text: string, node: Node): number {
  if (isCollection(node) && !node.flow) {
    const last = (isMap(node) ? entryPlaces(text, node.items) : itemPlaces(text, node)).at(-1)
    if (last) return last.end
  }
  const end = node.range?.[1] ?? 0
  if (!(isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')))
    return end
  return text.startsWith('\r\n', end - 2) ? end - 2 : text[end - 1] === '\n' ? end - 1 : end
}

function place(
  text: string,
  start: Tokens,
  key: CST.Token | null | undefined,
  sep: Tokens,
  value: unknown,
): Place {
  const marker = [...start, ...sep].findLast(
    (token) => token.type === 'map-value-ind' || token.type === 'seq-item-ind',
  )
  const markerEnd = marker && endOf(marker)
  const before = start.filter(isSignificant)
  const properties = (key ? sep : start).filter(isProperty)
  const range =
    isNode(value) && value.range && value.range[0] < value.range[1] ? value.range : undefined
  const valueStart = properties[0]?.offset ?? range?.[0]
  const ends = [...before, ...sep.filter(isSignificant)].map(endOf)
  const keyEnd = key && 'source' in key ? key.offset + key.source.length : 0
  return {
    start: before[0]?.offset ?? key?.offset ?? range?.[0] ?? 0,
    marker: markerEnd,
    value: valueStart,
    end: Math.max(keyEnd, ...ends, range && isNode(value) ? contentEnd(text, value) : 0),
  }
}

/** The places of a mapping's entries, in the order of `pairs`. */
export function entryPlaces(text: string, pairs: readonly Pair[]): Place[] {
  return pairs.map((pair) => {
    const token = pair.srcToken
    return place(text, token?.start ?? [], token?.key, token?.sep ?? [], pair.value)
  })
}

/** The places of a list's items. */
export function itemPlaces(text: string, node: Node): Place[] {
  if (!isSeq(node)) return []
  const token = node.srcToken
  if (token?.type !== 'block-seq' && token?.type !== 'flow-collection') return []
  const all: readonly CST.CollectionItem[] = token.items
  const items = all.filter((item) =>
    token.type === 'block-seq'
      ? item.start.some((part) => part.type === 'seq-item-ind')
      : item.key || item.sep || item.value || item.start.some(isProperty),
  )
  return items.map((item, index) =>
    place(text, item.start, item.key, item.sep ?? [], node.items[index]),
  )
}

/** The offset behind a comma after the last item of a flow collection, where there is one. */
export function trailingComma(node: Node): number | undefined {
  const token = node.srcToken
  if (token?.type !== 'flow-collection') return undefined
  const last = token.items.at(-1)
  const isEmpty = last && !last.key && !last.sep && !last.value && !last.start.some(isProperty)
  const comma = isEmpty ? last.start.find((part) => part.type === 'comma') : undefined
  return comma && endOf(comma)
}

/** The admin's own indentation: that of the first nested mapping, and of the first list below a key. */
export function layoutOf(text: string, root: Node | undefined, useAnchors: boolean): Layout {
  const lines = new Lines(text)
  let step: number | undefined
  let listStep: number | undefined
  const look = (node: unknown): void => {
    if (!isMap(node) || node.flow || (step !== undefined && listStep !== undefined)) return
    const places = entryPlaces(text, node.items)
    node.items.forEach((pair, index) => {
      const column = lines.column(places[index]?.start ?? 0)
      if (isMap(pair.value) && !pair.value.flow) {
        const [first] = entryPlaces(text, pair.value.items)
        if (first) step ??= lines.column(first.start) - column
      }
      if (isSeq(pair.value) && !pair.value.flow) {
        const [first] = itemPlaces(text, pair.value)
        if (first) listStep ??= lines.column(first.start) - column
      }
      look(pair.value)
    })
  }
  look(root)
  const width = step !== undefined && step > 0 ? step : newLayout.step
  return { step: width, listStep: listStep ?? width, useAnchors }
}

/** The comments between two offsets. */
export function commentsWithin(
  comments: readonly Comment[],
  start: number,
  end: number,
): Comment[] {
  return comments.filter((comment) => comment.start >= start && comment.start < end)
}
