import { isAlias, isMap, isScalar, type Node } from 'yaml'
import { lineAt } from './broken.ts'
import type { ParsedYaml } from './parse.ts'

/** The line (from 1) on which a path, or the last part of it that is there, is written. */
export function lineOfPath(parsed: ParsedYaml, path: readonly string[]): number {
  let node: Node | undefined = parsed.root
  let offset = node?.range?.[0] ?? 0
  for (const key of path) {
    if (!isMap(node)) break
    const pair = node.items.find(({ key: candidate }) => {
      if (isAlias(candidate)) return parsed.plainOf(candidate) === key
      return isScalar(candidate) && (candidate.value === key || candidate.source === key)
    })
    if (!pair) break
    offset = isScalar(pair.key) || isAlias(pair.key) ? (pair.key.range?.[0] ?? offset) : offset
    node = pair.value as Node | undefined
  }
  return lineAt(parsed.text, offset)
}
