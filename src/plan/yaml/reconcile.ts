import { isAlias, isMap, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import { isMergeKey, tagOf } from './convert.ts'
import { Drafting } from './drafting.ts'
import { reconcileFlowList, reconcileFlowMapping } from './flow.ts'
import { isSameItem } from './items.ts'
import { type ListChange, listChanges } from './list-changes.ts'
import type { ParsedYaml } from './parse.ts'
import { entryPlaces, itemPlaces, layoutOf, type Place } from './places.ts'
import { equal, isList, Mapping, type Plain, Tagged } from './plain.ts'
import {
  type Layout,
  renderBehindDash,
  renderBehindKey,
  renderEntry,
  renderFlow,
  renderItem,
} from './render.ts'

/** How to write what YAML can write in several ways; tried in turn until the text proves right. */
export interface Strategy {
  /** `<<: *anchor` for the rest of an aliased mapping; otherwise the rest is copied. */
  readonly useAnchors: boolean
  /** Put an anchored mapping that others use below `<<:` in its own place; otherwise it is edited. */
  readonly nestShared: boolean
  /** Set what is new apart by blank lines as the file does; a text that keeps its blank lines (`|+`) takes no more. */
  readonly setApart: boolean
}

/** Where a value stands: behind a key or a dash of a block, or within brackets or braces. */
type Slot =
  | {
      readonly kind: 'key' | 'dash'
      /** The key; for an item that of its list. */
      readonly name: string
      readonly place: Place
      readonly marker: number
      readonly column: number
    }
  | { readonly kind: 'flow'; readonly name: string; readonly place: Place }

/** Walks a document beside the value it should have, and gathers the splices that lead there. */
export class Reconciler extends Drafting {
  /** The first anchored node that others use and that a change goes through. */
  sharedChange: Node | undefined
  readonly layout: Layout
  readonly #strategy: Strategy

  constructor(parsed: ParsedYaml, strategy: Strategy) {
    super(parsed, strategy.setApart)
    this.#strategy = strategy
    this.layout = layoutOf(parsed.text, parsed.root, strategy.useAnchors)
  }

  /** The root is a mapping, in a block or in braces. */
  root(node: YAMLMap, wanted: Mapping): void {
    if (!node.flow) this.#blockMapping(node, wanted)
    else if (!reconcileFlowMapping(this, node, wanted)) {
      const [start, end] = node.range ?? [0, 0]
      this.splice(start, end, renderFlow(wanted, this.layout))
    }
  }

  value(slot: Slot, node: unknown, wanted: Plain): void {
    const current = this.parsed.plainOf(node)
    if (equal(current, wanted)) return
    const known = isMap(node) || isSeq(node) || isAlias(node) ? node : undefined
    if (known && !isAlias(known) && this.parsed.isShared(known)) {
      this.sharedChange ??= known
      if (this.#strategy.nestShared && this.#nest(slot, known, current, wanted)) return
    }
    if (known && this.#descend(slot.name, known, current, wanted)) return
    this.#replace(slot, node, wanted)
  }

  /** Changes a collection entry by entry, where it stays the same kind of collection. */
  #descend(name: string, node: Node, current: Plain, wanted: Plain): boolean {
    const [before, after] =
      current instanceof Tagged && wanted instanceof Tagged && current.tag === wanted.tag
        ? [current.data, wanted.data]
        : [current, wanted]
    // The items of a set have no values: it becomes a mapping, which Compose takes it for.
    if (isMap(node) && node.tag === setTag) return false
    if (isMap(node) && before instanceof Mapping && after instanceof Mapping) {
      if (!sameInheritance(before, after) || node.items.length === 0 || after.entries().size === 0)
        return false
      if (node.flow) return reconcileFlowMapping(this, node, after)
      this.#blockMapping(node, after)
      return true
    }
    if (isSeq(node) && isList(before) && isList(after)) {
      if (before.length === 0 || after.length === 0) return false
      const changes = listChanges(before, after, (old, item) => isSameItem(name, old, item))
      return node.flow
        ? reconcileFlowList(this, name, node, before.length, changes)
        : this.#blockList(name, node, before.length, changes)
    }
    return false
  }

  #blockMapping(node: YAMLMap, wanted: Mapping): void {
    const places = entryPlaces(this.parsed.text, node.items)
    const seen = new Set<string>()
    node.items.forEach((pair, index) => {
      const place = places[index]
      if (!place || isMergeKey(pair.key)) return
      const name = this.nameOf(pair)
      seen.add(name)
      const value = wanted.own.get(name)
      if (value === undefined) this.removeLines(places, index)
      else if (!equal(this.parsed.plainOf(pair.value), value))
        this.#entry(name, place, pair.value, value)
    })
    const column = this.lines.column(places[0]?.start ?? 0)
    const blocks = [...wanted.own]
      .filter(([name]) => !seen.has(name))
      .map(([name, value]) => renderEntry(name, value, column, this.layout))
    this.insertLines(places, places.length, blocks)
  }

  #entry(name: string, place: Place, node: unknown, wanted: Plain): void {
    const column = this.lines.column(place.start)
    if (place.marker !== undefined) {
      const slot: Slot = { kind: 'key', name, place, marker: place.marker, column }
      this.value(slot, node, wanted)
      return
    }
    // `? key` without a colon is a key without a value.
    const lines = renderEntry(name, wanted, column, this.layout)
    this.splice(place.start, place.end, lines.join(this.lines.eol).trimStart())
  }

  nameOf(pair: Pair): string {
    const key: unknown = pair.key
    if (isAlias(key)) return String(this.parsed.plainOf(key))
    const scalar = key as { value: unknown; source?: string }
    return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? String(scalar.value))
  }

  #blockList(name: string, node: YAMLSeq, length: number, changes: readonly ListChange[]): boolean {
    const places = itemPlaces(this.parsed.text, node)
    if (places.length !== length || !this.lines.isFirst(places[0]?.start ?? 0)) return false
    const column = this.lines.column(places[0]?.start ?? 0)
    for (const change of changes) {
      if (change.kind === 'add') {
        const blocks = change.items.map((item) => renderItem(item, column, this.layout))
        this.insertLines(places, change.index, blocks)
        continue
      }
      const place = places[change.index]
      if (place?.marker === undefined) throw new Error('an item of a block has no dash')
      const slot: Slot = { kind: 'dash', name, place, marker: place.marker, column }
      if (change.kind === 'replace') this.#replace(slot, node.items[change.index], change.item)
      else this.removeLines(places, change.index)
    }
    return true
  }

  #replace(slot: Slot, node: unknown, wanted: Plain): void {
    const anchor = (isMap(node) || isSeq(node) || isScalarNode(node)) && node.anchor
    const prefix = anchor ? ` &${anchor}` : ''
    if (slot.kind === 'flow') {
      const value = `${prefix} ${renderFlow(wanted, this.layout)}`.trimStart()
      this.replaceInFlow(slot.place, value)
      return
    }
    const render = slot.kind === 'key' ? renderBehindKey : renderBehindDash
    const [first = '', ...rest] = render(wanted, slot.column, this.layout)
    this.replaceBehind(slot.place, slot.marker, slot.column, [prefix + first, ...rest])
  }

  /** `key: &a {...}` becomes `key:`, below it `<<: &a {...}` and what is wanted beyond it. */
  #nest(slot: Slot, node: Node, current: Plain, wanted: Plain): boolean {
    if (slot.kind !== 'key' || slot.place.value === undefined || tagOf(node) !== undefined)
      return false
    if (!(current instanceof Mapping && wanted instanceof Mapping)) return false
    if ([...current.own.keys()].some((key) => !wanted.own.has(key))) return false
    const { step } = this.layout
    const column = slot.column + step
    const end = this.lines.end(slot.place.end)
    const [first = '', ...rest] = this.parsed.text.slice(slot.place.value, end).split(/\r?\n/)
    const moved = rest.map((line) => (line === '' ? '' : ' '.repeat(step) + line))
    const extra = [...wanted.own].filter(([key, value]) => !equal(current.get(key), value))
    const lines = [
      '',
      `${' '.repeat(column)}<<: ${first}`,
      ...moved,
      ...extra.flatMap(([key, value]) => renderEntry(key, value, column, this.layout)),
    ]
    this.splice(slot.marker, end, lines.join(this.lines.eol))
    return true
  }
}

const setTag = 'tag:yaml.org,2002:set'

const isScalarNode = (node: unknown): node is { anchor?: string } =>
  typeof node === 'object' && node !== null && 'anchor' in node && !isAlias(node)

function sameInheritance(before: Mapping, after: Mapping): boolean {
  const empty = new Map()
  return (
    (before.inherited === undefined) === (after.inherited === undefined) &&
    equal(
      new Mapping(before.inherited?.values ?? empty),
      new Mapping(after.inherited?.values ?? empty),
    )
  )
}
