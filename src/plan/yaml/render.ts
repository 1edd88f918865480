import { isList, isScalar, Mapping, type Plain, Tagged } from './plain.ts'
import { literalBlock, renderText } from './scalars.ts'

/** How a document is laid out; taken from the admin's file where there is one. */
export interface Layout {
  /** Columns that a nested mapping is further in. */
  readonly step: number
  /** Columns that a list is further in than its key. */
  readonly listStep: number
  /** Write `<<: *anchor` for what is inherited; otherwise it is copied. */
  readonly useAnchors: boolean
}

/** The layout of new files. */
export const newLayout: Layout = { step: 2, listStep: 2, useAnchors: true }

/** Comments of a new file: above everything, and above places named as `services.redis`. */
export interface Comments {
  readonly header?: string
  readonly above?: Readonly<Record<string, string>>
}

/** The entries to write: the own ones, with `<<` or a copy for the inherited. */
function written(
  mapping: Mapping,
  layout: Layout,
): { merge: string | undefined; entries: [string, Plain][] } {
  const anchor = layout.useAnchors ? mapping.inherited?.anchor : undefined
  const entries = anchor === undefined ? mapping.entries() : mapping.own
  return { merge: anchor, entries: [...entries] }
}

/** A value on one line, as it stands within brackets or braces. */
export function renderFlow(value: Plain, layout: Layout): string {
  if (isList(value)) return `[${value.map((item) => renderFlow(item, layout)).join(', ')}]`
  if (value instanceof Tagged) return `${value.tag} ${renderFlow(value.data, layout)}`
  if (value instanceof Mapping) {
    const { merge, entries } = written(value, layout)
    const parts = entries.map(([key, item]) => renderFlowEntry(key, item, layout))
    if (merge !== undefined) parts.unshift(`<<: *${merge}`)
    return parts.length > 0 ? `{ ${parts.join(', ')} }` : '{}'
  }
  return typeof value === 'string' ? renderText(value, true) : String(value)
}

export function renderFlowEntry(key: string, value: Plain, layout: Layout): string {
  return `${renderText(key, true)}: ${renderFlow(value, layout)}`
}

/** The lines of `key: value` in a block, the key in column `column`. */
export function renderEntry(key: string, value: Plain, column: number, layout: Layout): string[] {
  const [first = '', ...rest] = renderBehindKey(value, column, layout)
  return [`${' '.repeat(column)}${renderText(key, false)}:${first}`, ...rest]
}

/** What follows `key:`: the rest of its line (with its leading space), and the lines below. */
export function renderBehindKey(value: Plain, column: number, layout: Layout): string[] {
  if (value instanceof Tagged) {
    const [first = '', ...rest] = renderBehindKey(value.data, column, layout)
    return [` ${value.tag}${first}`, ...rest]
  }
  if (isList(value) && value.length > 0) {
    return ['', ...value.flatMap((item) => renderItem(item, column + layout.listStep, layout))]
  }
  if (value instanceof Mapping && value.entries().size > 0) {
    return ['', ...renderMapping(value, column + layout.step, layout)]
  }
  return renderInline(value, column, layout)
}

/** The lines of `- value` in a block, the dash in column `column`. */
export function renderItem(value: Plain, column: number, layout: Layout): string[] {
  const [first = '', ...rest] = renderBehindDash(value, column, layout)
  return [`${' '.repeat(column)}-${first}`, ...rest]
}

/** What follows `-`: the rest of its line (with its leading space), and the lines below. */
export function renderBehindDash(value: Plain, column: number, layout: Layout): string[] {
  if (value instanceof Mapping && value.entries().size > 0) {
    const [first = '', ...rest] = renderMapping(value, column + 2, layout)
    return [` ${first.trimStart()}`, ...rest]
  }
  if (value instanceof Tagged || (isList(value) && value.length > 0)) {
    return renderBehindKey(value, column, { ...layout, listStep: 2 })
  }
  return renderInline(value, column, layout)
}

function renderMapping(mapping: Mapping, column: number, layout: Layout): string[] {
  const { merge, entries } = written(mapping, layout)
  const lines = merge === undefined ? [] : [`${' '.repeat(column)}<<: *${merge}`]
  return [...lines, ...entries.flatMap(([key, item]) => renderEntry(key, item, column, layout))]
}

function renderInline(value: Plain, column: number, layout: Layout): string[] {
  const block = typeof value === 'string' ? literalBlock(value) : undefined
  if (!block) {
    return [
      ` ${isScalar(value) && typeof value === 'string' ? renderText(value, false) : renderFlow(value, layout)}`,
    ]
  }
  const indent = ' '.repeat(column + layout.step)
  return [` ${block.header}`, ...block.lines.map((line) => (line === '' ? '' : indent + line))]
}

const commented = (text: string, column: number): string[] =>
  text.split('\n').map((line) => `${' '.repeat(column)}# ${line}`.trimEnd())

/**
 * A whole document's text in block style: two spaces, a blank line between the top-level keys and
 * between services, ending in a newline. An empty mapping gives an empty text below the header.
 */
export function renderDocument(
  root: Mapping,
  comments: Comments = {},
  layout: Layout = newLayout,
): string {
  const above = (place: string, column: number): string[] => {
    const text =
      comments.above && Object.hasOwn(comments.above, place) ? comments.above[place] : undefined
    return text === undefined ? [] : commented(text, column)
  }
  const sections = [...root.entries()].map(([key, value]) => {
    if (key !== 'services' || !(value instanceof Mapping) || value.entries().size === 0) {
      return [...above(key, 0), ...renderEntry(key, value, 0, layout)]
    }
    const services = [...value.entries()].map(([name, service]) => [
      ...above(`services.${name}`, layout.step),
      ...renderEntry(name, service, layout.step, layout),
    ])
    return [...above(key, 0), 'services:', ...separated(services)]
  })
  const header = comments.header === undefined ? [] : [commented(comments.header, 0)]
  return separated([...header, ...sections])
    .map((line) => `${line}\n`)
    .join('')
}

const separated = (blocks: readonly string[][]): string[] =>
  blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]))
