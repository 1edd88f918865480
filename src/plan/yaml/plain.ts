import type { YamlValue } from '../../controls/edit.ts'
import type { Json } from '../../install/compose/model.ts'

/** A YAML value without its text: what an edit changes, and what a re-parsed text is compared by. */
export type Plain = string | number | boolean | null | readonly Plain[] | Mapping | Tagged

/** What a mapping gets through `<<` or by being an alias, and the anchor that it comes from. */
export interface Inherited {
  readonly values: ReadonlyMap<string, Plain>
  readonly anchor: string | undefined
}

/** A mapping: its own entries beat the inherited ones. */
export class Mapping {
  readonly own: ReadonlyMap<string, Plain>
  readonly inherited: Inherited | undefined
  /** The name under which others can refer to it. */
  readonly anchor: string | undefined

  constructor(own: ReadonlyMap<string, Plain>, inherited?: Inherited, anchor?: string) {
    this.own = own
    this.inherited = inherited
    this.anchor = anchor
  }

  /** The entry that counts; undefined where there is none. */
  get(key: string): Plain | undefined {
    return this.own.has(key) ? this.own.get(key) : this.inherited?.values.get(key)
  }

  /** All entries that count. */
  entries(): ReadonlyMap<string, Plain> {
    return this.inherited ? new Map([...this.inherited.values, ...this.own]) : this.own
  }

  /** The same mapping with one own entry set; or taken away, where `value` is undefined. */
  with(key: string, value: Plain | undefined): Mapping {
    const own = new Map(this.own)
    if (value === undefined) own.delete(key)
    else own.set(key, value)
    return new Mapping(own, this.inherited, this.anchor)
  }
}

/** A value under an explicit tag such as Compose's `!reset` and `!override`. */
export class Tagged {
  readonly tag: string
  readonly data: Plain

  constructor(tag: string, data: Plain) {
    this.tag = tag
    this.data = data
  }
}

export const isList = (value: Plain | undefined): value is readonly Plain[] => Array.isArray(value)

export const isScalar = (value: Plain | undefined): value is string | number | boolean | null =>
  value === null || (value !== undefined && typeof value !== 'object')

/** Do both read the same? The order of a mapping's keys and where an entry is inherited from don't count. */
export function equal(left: Plain | undefined, right: Plain | undefined): boolean {
  if (Object.is(left, right)) return true
  if (isList(left)) {
    return (
      isList(right) &&
      left.length === right.length &&
      left.every((item, index) => equal(item, right[index]))
    )
  }
  if (left instanceof Tagged) {
    return right instanceof Tagged && left.tag === right.tag && equal(left.data, right.data)
  }
  if (!(left instanceof Mapping && right instanceof Mapping)) return false
  const [these, those] = [left.entries(), right.entries()]
  if (these.size !== those.size) return false
  for (const [key, value] of these) {
    if (!those.has(key) || !equal(value, those.get(key))) return false
  }
  return true
}

/** What the second mapping has that the first has not, or differently: lists and single values whole. */
export function difference(before: Mapping, after: Mapping): Mapping {
  const own = [...after.entries()].flatMap(([key, value]): [string, Plain][] => {
    const old = before.get(key)
    if (before.entries().has(key) && equal(old, value)) return []
    return old instanceof Mapping && value instanceof Mapping
      ? [[key, difference(old, value)]]
      : [[key, value]]
  })
  return new Mapping(new Map(own))
}

/** The path of the first place of the second mapping, as far as the first one has it. */
export function pathInto(within: Mapping, part: Mapping): readonly string[] {
  const [entry] = part.own
  if (entry === undefined) return []
  const [key, value] = entry
  const inside = within.get(key)
  if (inside === undefined) return []
  return inside instanceof Mapping && value instanceof Mapping
    ? [key, ...pathInto(inside, value)]
    : [key]
}

function isTagged(value: YamlValue): value is { tag: '!reset' | '!override'; data: Json } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return (
    Object.keys(value).length === 2 &&
    'data' in value &&
    'tag' in value &&
    (value.tag === '!reset' || value.tag === '!override')
  )
}

/** The value of an edit as a plain one. */
export function fromValue(value: YamlValue): Plain {
  if (isTagged(value)) return new Tagged(value.tag, fromValue(value.data))
  if (Array.isArray(value)) return value.map(fromValue)
  if (typeof value !== 'object' || value === null) return value as string | number | boolean | null
  return new Mapping(new Map(Object.entries(value).map(([key, item]) => [key, fromValue(item)])))
}

/** Plain data; a tagged value stands as a mapping from its tag: `{ '!override': [...] }`. */
export function toJson(value: Plain): Json {
  if (isList(value)) return value.map(toJson)
  if (value instanceof Tagged) return { [value.tag]: toJson(value.data) }
  if (value instanceof Mapping) {
    return Object.fromEntries([...value.entries()].map(([key, item]) => [key, toJson(item)]))
  }
  return value
}

/** The inverse of `fromValue`: one of Compose's own tags at the top becomes `{ tag, data }`. */
export function toValue(value: Plain): YamlValue {
  if (value instanceof Tagged && (value.tag === '!reset' || value.tag === '!override')) {
    return { tag: value.tag, data: toJson(value.data) }
  }
  return toJson(value)
}
