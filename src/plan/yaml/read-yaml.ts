import type { YamlValue } from '../../controls/edit.ts'
import { isItem, isNamedList, splitItem } from './items.ts'
import { parseYaml } from './parse.ts'
import { isList, isScalar, Mapping, type Plain, Tagged, toValue } from './plain.ts'

/** A place in an override: a path; with `item`, the item of the list there with that text or key. */
export interface YamlPlace {
  readonly path: readonly string[]
  readonly item?: string
}

/** The text that was read last: one text is asked for many places in a row. */
let last: { readonly text: string; readonly value: Mapping } | undefined

function rootOf(text: string, file: string): Mapping {
  if (last?.text !== text)
    last = { text, value: parseYaml(text.replace(/^\ufeff/, ''), file).value }
  return last.value
}

/**
 * What stands at a place now, or undefined. `environment` and its like read the same in list and
 * in mapping form: text, or null for a name without a value. An item comes back as it is written,
 * a long-form one as a mapping; the empty path is the whole text.
 * Throws a Failure ('badInput', file and line) for broken YAML and duplicate keys.
 */
export function valueAt(text: string, place: YamlPlace, file: string): YamlValue | undefined {
  let value: Plain | undefined = rootOf(text, file)
  for (const [depth, key] of place.path.entries()) value = step(value, key, place.path[depth - 1])
  if (place.item !== undefined) value = findItem(value, place, place.item)
  return value === undefined ? undefined : toValue(value)
}

const untagged = (value: Plain | undefined): Plain | undefined =>
  value instanceof Tagged && value.tag !== '!reset' ? value.data : value

function step(
  value: Plain | undefined,
  key: string,
  container: string | undefined,
): Plain | undefined {
  const collection = untagged(value)
  if (collection instanceof Mapping) return asText(collection.get(key), container)
  if (!isList(collection) || !isNamedList(container)) return undefined
  const found = collection.findLast(
    (item) => typeof item === 'string' && splitItem(container ?? '', item).name === key,
  )
  return typeof found === 'string' ? splitItem(container ?? '', found).value : undefined
}

/** Compose turns numbers and truth values under `environment` and its like into text. */
function asText(value: Plain | undefined, container: string | undefined): Plain | undefined {
  return isNamedList(container) && isScalar(value) && value !== null ? String(value) : value
}

function findItem(value: Plain | undefined, place: YamlPlace, item: string): Plain | undefined {
  const list = place.path.at(-1) ?? ''
  const collection = untagged(value)
  if (isList(collection)) {
    return collection.findLast((candidate) => isItem(list, candidate, item, item))
  }
  if (!(collection instanceof Mapping)) {
    return isScalar(collection) && collection !== null && String(collection) === item
      ? item
      : undefined
  }
  if (list === 'networks') return collection.get(item) === undefined ? undefined : item
  if (!isNamedList(list)) return undefined
  const { name, value: wanted } = splitItem(list, item)
  const current = asText(collection.get(name), list)
  if (current === undefined) return undefined
  if (current === wanted) return item
  return `${name}=${String(current)}`
}
