import type { YAMLMap, YAMLSeq } from 'yaml'
import { isMergeKey } from './convert.ts'
import type { ListChange } from './list-changes.ts'
import { commentsWithin, entryPlaces, itemPlaces, type Place, trailingComma } from './places.ts'
import type { Mapping } from './plain.ts'
import type { Reconciler } from './reconcile.ts'
import { renderFlow, renderFlowEntry } from './render.ts'

/**
 * Changes a mapping in braces in place: values are replaced, entries taken out with their comma, new
 * ones put behind the last. False, and nothing done, where that can't be told apart.
 */
export function reconcileFlowMapping(context: Reconciler, node: YAMLMap, wanted: Mapping): boolean {
  const places = entryPlaces(context.parsed.text, node.items)
  const names = node.items.map((pair) => (isMergeKey(pair.key) ? undefined : context.nameOf(pair)))
  const removed = names.flatMap((name, index) =>
    name === undefined || wanted.own.has(name) ? [] : [index],
  )
  const added = [...wanted.own]
    .filter(([name]) => !names.includes(name))
    .map(([name, value]) => renderFlowEntry(name, value, context.layout))
  if (!canSplice(places, removed, added)) return false
  node.items.forEach((pair, index) => {
    const name = names[index]
    const place = places[index]
    const value = name === undefined ? undefined : wanted.own.get(name)
    if (name === undefined || !place || value === undefined) return
    context.value({ kind: 'flow', name, place }, pair.value, value)
  })
  remove(context, node, places, removed)
  append(context, node, places, added)
  return true
}

/** As `reconcileFlowMapping`, for a list in brackets of `length` items. */
export function reconcileFlowList(
  context: Reconciler,
  name: string,
  node: YAMLSeq,
  length: number,
  changes: readonly ListChange[],
): boolean {
  const places = itemPlaces(context.parsed.text, node)
  const removed = changes.flatMap((change) => (change.kind === 'remove' ? [change.index] : []))
  const additions = changes.flatMap((change) => (change.kind === 'add' ? [change] : []))
  const added = additions.flatMap(({ items }) =>
    items.map((item) => renderFlow(item, context.layout)),
  )
  if (places.length !== length || additions.some(({ index }) => index < length)) return false
  if (!canSplice(places, removed, added)) return false
  for (const change of changes) {
    const place = places[change.index]
    if (change.kind !== 'replace' || !place) continue
    context.value({ kind: 'flow', name, place }, node.items[change.index], change.item)
  }
  remove(context, node, places, removed)
  append(context, node, places, added)
  return true
}

function canSplice(
  places: readonly Place[],
  removed: readonly number[],
  added: readonly string[],
): boolean {
  if (places.length === 0 || removed.length === places.length) return false
  return added.length === 0 || !removed.includes(places.length - 1)
}

function remove(
  context: Reconciler,
  node: YAMLMap | YAMLSeq,
  places: readonly Place[],
  removed: readonly number[],
): void {
  const lastKept = places.findLastIndex((_, index) => !removed.includes(index))
  for (const index of removed) {
    const place = places[index]
    const next = places[index + 1]
    if (!place || index > lastKept) continue
    if (next) cutFront(context, place.start, next.start)
  }
  const kept = places[lastKept]
  const last = places.at(-1)
  if (!kept || !last || lastKept === places.length - 1) return
  const comma = trailingComma(node)
  if (comma === undefined) cutBack(context, kept.end, last.end)
  else cutBack(context, commaBehind(context, kept.end), comma)
}

/** Takes out entries in front of one that stays; their comments stay in front of it. */
function cutFront(context: Reconciler, start: number, end: number): void {
  const { text, comments } = context.parsed
  const kept = commentsWithin(comments, start, end)
  const gap = kept.length > 0 && /\S/.test(text[start - 1] ?? ' ') ? ' ' : ''
  const indent = ' '.repeat(context.lines.column(start))
  const pieces = kept.map(
    (comment) => text.slice(comment.start, comment.end) + context.lines.eol + indent,
  )
  context.splice(start, end, gap + pieces.join(''))
}

/** Takes out the last entries; comments stay where they are, the space before them too. */
function cutBack(context: Reconciler, start: number, end: number): void {
  const { text, comments } = context.parsed
  const { eol } = context.lines
  const kept = commentsWithin(comments, start, end).map((comment) => {
    const space = /\s*$/.exec(text.slice(start, comment.start))?.[0] ?? ''
    return (space === '' ? ' ' : space) + text.slice(comment.start, comment.end)
  })
  const isLineEnd = /^[ \t]*\r?\n/.test(text.slice(end))
  context.splice(start, end, kept.join('') + (kept.length === 0 || isLineEnd ? '' : eol))
}

/** The offset behind the comma that follows an entry. */
function commaBehind(context: Reconciler, end: number): number {
  const { text, comments } = context.parsed
  let at = text.indexOf(',', end)
  for (const comment of comments) {
    if (comment.start >= end && comment.start < at && at < comment.end)
      at = text.indexOf(',', comment.end)
  }
  return at + 1
}

function append(
  context: Reconciler,
  node: YAMLMap | YAMLSeq,
  places: readonly Place[],
  added: readonly string[],
): void {
  const last = places.at(-1)
  if (!last || added.length === 0) return
  const { lines } = context
  const comma = trailingComma(node)
  // Compose reads `{a:, b: 1}` as an entry named `a:` (measured with Compose 2.40).
  const separator = context.parsed.text[last.end - 1] === ':' ? ' ,' : ','
  if (lines.isFirst(last.start) && places.length > 0) {
    const indent = ' '.repeat(lines.column(last.start))
    const close = (node.range?.[1] ?? 0) - 1
    const lineEnd = lines.end(comma ?? last.end)
    if (close > lineEnd) {
      if (comma === undefined) context.splice(last.end, last.end, separator)
      const body = added.map((item) => lines.eol + indent + item).join(',')
      context.splice(lineEnd, lineEnd, body + (comma === undefined ? '' : ','))
      return
    }
  }
  const body = added.map((item) => ` ${item}`).join(',')
  if (comma === undefined) context.splice(last.end, last.end, `${separator}${body}`)
  else context.splice(comma, comma, `${body},`)
}
