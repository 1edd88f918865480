import { Failure, type Where } from '../../failure.ts'
import type { Json } from './model.ts'

/** Where a value stands; the line counts from 1. */
export interface Place {
  readonly file: string
  readonly line: number
}

export interface ScalarTree {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  /** The value as Compose turns it into a string (`1e+21`, `+Inf`); a null is ''. */
  readonly text: string
  readonly at: Place
  /** The text as written, where variables were substituted in it: messages show this, never the value. */
  readonly template?: string
}

export interface ListTree {
  readonly kind: 'list'
  readonly items: readonly Tree[]
  readonly at: Place
}

export interface MapTree {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, Tree>
  readonly at: Place
}

/** A Compose file's data; every value knows its place. A map's entry stands where its key does. */
export type Tree = ScalarTree | ListTree | MapTree

/** Keys from the root; `[]` stands for any item of a list. */
export type TreePath = readonly string[]

export const anyItem = '[]'

export function textScalar(text: string, at: Place): ScalarTree {
  return { kind: 'scalar', value: text, text, at }
}

export function valueScalar(value: number | boolean | null, at: Place): ScalarTree {
  return { kind: 'scalar', value, text: value === null ? '' : String(value), at }
}

export function mapTree(entries: Iterable<readonly [string, Tree]>, at: Place): MapTree {
  return { kind: 'map', entries: new Map(entries), at }
}

export function listTree(items: readonly Tree[], at: Place): ListTree {
  return { kind: 'list', items, at }
}

export function isNull(tree: Tree): boolean {
  return tree.kind === 'scalar' && tree.value === null
}

export function child(tree: Tree | undefined, key: string): Tree | undefined {
  return tree?.kind === 'map' ? tree.entries.get(key) : undefined
}

/** The string at a key; undefined where there is none or it is no string. */
export function textAt(tree: Tree | undefined, key: string): string | undefined {
  const found = child(tree, key)
  return found?.kind === 'scalar' && typeof found.value === 'string' ? found.value : undefined
}

/** The map with one entry set. */
export function withEntry(map: MapTree, key: string, value: Tree): MapTree {
  return { ...map, entries: new Map(map.entries).set(key, value) }
}

/** The map with its values changed: itself where none changes, since a copy of every level costs memory. */
export function withValues(map: MapTree, change: (value: Tree, key: string) => Tree): MapTree {
  let entries: Map<string, Tree> | undefined
  map.entries.forEach((value, key) => {
    const changed = change(value, key)
    if (changed !== value) entries = (entries ?? new Map(map.entries)).set(key, changed)
  })
  return entries === undefined ? map : { kind: 'map', entries, at: map.at }
}

/** The list with its items changed: itself where none changes. */
export function withItems(list: ListTree, change: (item: Tree) => Tree): ListTree {
  const items = list.items.map(change)
  return items.every((item, index) => item === list.items[index]) ? list : { ...list, items }
}

/** A pattern has `*` for one part of any name: `services.*.ports`. */
export type Pattern = readonly string[]

export function pattern(text: string): Pattern {
  return text.split('.')
}

export function matches(path: TreePath, wanted: Pattern): boolean {
  return (
    path.length === wanted.length &&
    wanted.every((part, index) => part === '*' || part === path[index])
  )
}

export function toJson(tree: Tree): Json {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'list') return tree.items.map(toJson)
  return Object.fromEntries([...tree.entries].map(([key, value]) => [key, toJson(value)]))
}

/** A scalar's text after substitution; '' for a list or mapping. */
export function textOf(tree: Tree | undefined): string {
  return tree?.kind === 'scalar' ? tree.text : ''
}

/** What stands in the file: the template of a substituted text, so that no message shows a secret. */
export function asWritten(tree: Tree): string {
  if (tree.kind !== 'scalar') return tree.kind === 'list' ? 'a list' : 'a mapping'
  return tree.template ?? tree.text
}

/** What a value is, without the value: a password may stand anywhere, unquoted or in the wrong place. */
export function kindOf(tree: Tree): string {
  if (tree.kind !== 'scalar') return tree.kind === 'list' ? 'a list' : 'a mapping'
  if (tree.value === null) return 'nothing'
  if (typeof tree.value === 'number') return 'a number'
  return typeof tree.value === 'boolean' ? String(tree.value) : 'a text'
}

/** Bad input at a place. Compose refuses it too, unless the message says otherwise. */
export function refuse(message: string, at: Where, remedy?: string): Failure {
  const where = { file: at.file, ...(at.line === undefined ? {} : { line: at.line }) }
  return new Failure('badInput', message, { where, remedy })
}
