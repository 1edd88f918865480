import { isScalar, Mapping, type Plain } from './plain.ts'

/** Lists that Compose reads as mappings too, and how their items separate name and value. */
const namedLists = new Map([
  ['environment', /=/],
  ['labels', /=/],
  ['args', /=/],
  ['annotations', /=/],
  ['sysctls', /=/],
  ['driver_opts', /=/],
  ['extra_hosts', /[=:]/],
])

/** Does Compose read this list (`environment`, `labels`, ...) as `NAME=value` items? */
export const isNamedList = (list: string | undefined): boolean => namedLists.has(list ?? '')

/** Splits `NAME=value`; the value is null for an item that only passes a name on. */
export function splitItem(list: string, item: string): { name: string; value: string | null } {
  const at = item.search(namedLists.get(list) ?? /=/)
  return at < 0
    ? { name: item, value: null }
    : { name: item.slice(0, at), value: item.slice(at + 1) }
}

/** Splits at colons, but not within `${NAME:-default}`, nor behind a Windows drive letter. */
function splitColons(item: string): string[] {
  const parts = item.match(/(?:\$\{(?:[^{}]|\{[^{}]*\})*\}|[^:])+/g) ?? []
  const [drive, path, ...rest] = parts
  return drive && path && /^[A-Za-z]$/.test(drive) && /^[\\/]/.test(path)
    ? [`${drive}:${path}`, ...rest]
    : [...parts]
}

const trimSlash = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path)

function portKey(item: string): string {
  const last = splitColons(item).at(-1) ?? item
  return last.replace(/\/tcp$/, '')
}

/**
 * What identifies an item of a service's list, as Compose merges it: a volume's or device's target
 * path, a port's container side (`443`, `443/udp`), the name of `NAME=value`, the part of a
 * security option before `=` or `:`, the source of a config; otherwise the whole text.
 */
function itemKey(list: string, item: Plain): string | undefined {
  if (item instanceof Mapping) return longFormKey(list, item)
  if (!isScalar(item)) return undefined
  const text = String(item)
  if (list === 'volumes' || list === 'devices') {
    const parts = splitColons(text)
    return trimSlash(parts[1] ?? parts[0] ?? text)
  }
  if (list === 'tmpfs') return trimSlash(splitColons(text)[0] ?? text)
  if (list === 'ports') return portKey(text)
  if (list === 'security_opt') return text.split(/[=:]/, 1)[0]
  if (isNamedList(list)) return splitItem(list, text).name
  return text
}

/** Is this the item that is meant: the same text, or the same key where one is given? */
export function isItem(list: string, candidate: Plain, item: string, key?: string): boolean {
  if (isScalar(candidate) && String(candidate) === item) return true
  return key !== undefined && itemKey(list, candidate) === key
}

/** Do two items of a list stand for the same thing, as `NAME=a` and `NAME=b` do? */
export function isSameItem(list: string, left: Plain, right: Plain): boolean {
  const key = itemKey(list, left)
  return key !== undefined && key === itemKey(list, right)
}

function longFormKey(list: string, item: Mapping): string | undefined {
  const text = (key: string): string | undefined => {
    const value = item.get(key)
    return isScalar(value) && value !== null ? String(value) : undefined
  }
  const target = text('target')
  if (list === 'ports') {
    const protocol = text('protocol') ?? 'tcp'
    return target && (protocol === 'tcp' ? target : `${target}/${protocol}`)
  }
  if (list === 'configs' || list === 'secrets') return text('source')
  return target && trimSlash(target)
}
