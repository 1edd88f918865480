import type { Json } from './model.ts'

/** What stands at a key; undefined where there is no such key, or no mapping at all. */
export function fieldOf(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return new Map(Object.entries(value)).get(key)
}
