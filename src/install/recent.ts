/**
 * Puts an entry last, and drops the first ones that are over the limit: what was used longest ago goes.
 * @param limit entries that stay
 */
export function keepRecent<Value>(
  map: Map<string, Value>,
  key: string,
  value: Value,
  limit: number,
): void {
  map.delete(key)
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= limit) return
    map.delete(oldest)
  }
}
