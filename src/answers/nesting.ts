import type { CST } from 'yaml'

/** Compose files and answers nest some ten levels deep. */
const deepest = 200

/**
 * Is a YAML text, as the parser's tokens, nested deeper than any that people write? Asked before nodes
 * are composed: the `yaml` package does that by recursion and relies on catching the engine's stack
 * overflow, which ends the whole process where it comes in the middle of compiling a regular
 * expression (seen with Node 20: "RegExpCompiler Allocation failed"). Making tokens needs no recursion.
 */
export function isTooDeep(tokens: readonly CST.Token[]): boolean {
  let level: readonly CST.Token[] = tokens
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return true
    level = level.flatMap(children)
  }
  return false
}

function children(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value]
  if (!('items' in token)) return []
  return token.items.flatMap(({ key, value }) => [key, value].filter((part) => part != null))
}
