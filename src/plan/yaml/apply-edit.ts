import type { YamlEdit } from '../../controls/edit.ts'
import type { Failure } from '../../failure.ts'
import { isItem, isNamedList, splitItem } from './items.ts'
import { equal, fromValue, isList, isScalar, Mapping, type Plain, Tagged } from './plain.ts'

/** Makes the failure for a place of the admin's file that cannot be edited. */
export type Refuse = (path: readonly string[], why: string, remedy: string) => Failure

/** Keys where Compose takes one value in place of a list. */
const listOrOne = new Set(['dns', 'dns_search', 'env_file', 'tmpfs'])

const none = new Mapping(new Map())

/** Gives the value at the end of a path anew; undefined stands for absent, before and after. */
type Change = (value: Plain | undefined) => Plain | undefined

/**
 * The value that an edit makes out of a document's value; the same object where nothing changes.
 * What is inherited (`<<`, an alias) is never changed or removed, only overridden in its place.
 * Throws what `refuse` makes where a scalar, a list or a `!reset` stands in the way.
 */
export function applyEdit(root: Mapping, edit: YamlEdit, refuse: Refuse): Mapping {
  const editor = new Editor(edit, refuse)
  const changed = editor.within(root, 0)
  return changed instanceof Mapping ? changed : none
}

class Editor {
  readonly #edit: YamlEdit
  readonly #refuse: Refuse
  readonly #list: string

  constructor(edit: YamlEdit, refuse: Refuse) {
    this.#edit = edit
    this.#refuse = refuse
    this.#list =
      (edit.op === 'set' || edit.op === 'remove' ? edit.path.at(-2) : edit.path.at(-1)) ?? ''
  }

  get #removes(): boolean {
    return this.#edit.op === 'remove' || this.#edit.op === 'remove-item'
  }

  /** Follows the edit's path from `depth` on. */
  within(value: Plain | undefined, depth: number): Plain | undefined {
    const key = this.#edit.path[depth]
    if (key === undefined) return this.#leaf(value)
    if (value === undefined || value === null) {
      return this.#removes ? value : this.#inMapping(none, key, depth)
    }
    if (value instanceof Tagged)
      return this.#inTag(value, depth, (data) => this.within(data, depth))
    if (value instanceof Mapping) return this.#inMapping(value, key, depth)
    if (isList(value) && depth === this.#edit.path.length - 1 && isNamedList(this.#list)) {
      return this.#inNamedList(value, key)
    }
    if (this.#removes) return value
    throw this.#refuse(
      this.#edit.path.slice(0, depth),
      isList(value)
        ? 'is a list where we need a mapping'
        : 'is a single value where we need a mapping',
      'Write it as a mapping (`name: value`), and run again.',
    )
  }

  #inMapping(mapping: Mapping, key: string, depth: number): Plain | undefined {
    const isOwn = mapping.own.has(key)
    if (!isOwn && this.#removes) return mapping
    const before = isOwn ? mapping.own.get(key) : derive(mapping.get(key))
    const after = this.within(before, depth + 1)
    if (after === before) return mapping
    const changed = mapping.with(key, after)
    return after === undefined ? unlessEmpty(changed, depth === 0) : changed
  }

  #inTag(value: Tagged, depth: number, change: Change): Plain | undefined {
    if (value.tag === '!reset') {
      if (this.#removes) return value
      throw this.#refuse(
        this.#edit.path.slice(0, depth),
        'has the tag !reset, which makes Compose drop whatever stands there',
        'Remove the tag, or replace it by !override, and run again.',
      )
    }
    const data = change(value.data)
    if (data === value.data) return value
    return new Tagged(value.tag, data ?? (isList(value.data) ? [] : none))
  }

  #leaf(value: Plain | undefined): Plain | undefined {
    const edit = this.#edit
    if (edit.op === 'remove') return undefined
    if (edit.op === 'set') {
      const wanted = fromValue(edit.value)
      return value !== undefined && this.#reads(value, wanted) ? value : wanted
    }
    if (value instanceof Tagged) {
      return this.#inTag(value, edit.path.length, (data) => this.#inList(data ?? null))
    }
    return this.#inList(value)
  }

  /** Compose turns numbers and truth values under `environment` and its like into text. */
  #reads(value: Plain, wanted: Plain): boolean {
    if (equal(value, wanted)) return true
    return isNamedList(this.#list) && isScalar(value) && value !== null && String(value) === wanted
  }

  #inNamedList(items: readonly Plain[], name: string): Plain | undefined {
    const edit = this.#edit
    const named = (item: Plain): boolean =>
      typeof item === 'string' && splitItem(this.#list, item).name === name
    if (edit.op !== 'set')
      return shortened(
        items,
        items.filter((item) => !named(item)),
      )
    const value = fromValue(edit.value)
    if (!isScalar(value)) {
      throw this.#refuse(
        edit.path,
        'is an item of a list and can only hold text',
        'Write the list as a mapping.',
      )
    }
    return replaced(items, named, value === null ? name : `${name}=${String(value)}`)
  }

  #inList(value: Plain | undefined): Plain | undefined {
    const edit = this.#edit
    if (edit.op !== 'add-item' && edit.op !== 'remove-item') return value
    const same = (item: Plain): boolean => isItem(this.#list, item, edit.item, edit.key)
    if (isList(value)) {
      return edit.op === 'add-item'
        ? replaced(value, same, edit.item)
        : shortened(
            value,
            value.filter((item) => !same(item)),
          )
    }
    if (value instanceof Mapping && (isNamedList(this.#list) || this.#list === 'networks')) {
      return this.#inMappingForm(value, edit.item)
    }
    if (edit.op === 'remove-item') return value
    if (value === undefined || value === null) return [edit.item]
    if (isScalar(value) && listOrOne.has(this.#list)) {
      return same(value) ? value : [value, edit.item]
    }
    throw this.#refuse(edit.path, 'is not a list', 'Write it as a list (`- item`), and run again.')
  }

  /** An item where the admin wrote the list as a mapping: `extra_hosts: { name: address }`. */
  #inMappingForm(mapping: Mapping, item: string): Plain | undefined {
    const { name, value } =
      this.#list === 'networks' ? { name: item, value: null } : splitItem(this.#list, item)
    if (this.#edit.op === 'remove-item') {
      return mapping.own.has(name) ? unlessEmpty(mapping.with(name, undefined), false) : mapping
    }
    const before = mapping.get(name)
    const isThere = this.#list === 'networks' ? before !== undefined : equal(before, value)
    return isThere ? mapping : mapping.with(name, value)
  }
}

/** An inherited value as the start of an own one, so that the rest of it stays inherited. */
function derive(value: Plain | undefined): Plain | undefined {
  if (!(value instanceof Mapping) || (value.own.size === 0 && value.inherited)) return value
  return new Mapping(new Map(), { values: value.entries(), anchor: value.anchor })
}

function unlessEmpty(mapping: Mapping, isRoot: boolean): Mapping | undefined {
  return mapping.own.size > 0 || mapping.inherited || isRoot ? mapping : undefined
}

/** The list with the last item that matches replaced, or the item appended. */
function replaced(
  items: readonly Plain[],
  same: (item: Plain) => boolean,
  item: string,
): readonly Plain[] {
  const at = items.findLastIndex(same)
  if (at < 0) return [...items, item]
  const current = items[at]
  if (isScalar(current) && String(current) === item) return items
  return items.with(at, item)
}

function shortened(before: readonly Plain[], after: readonly Plain[]): Plain | undefined {
  if (after.length === before.length) return before
  return after.length > 0 ? after : undefined
}
