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
    if (depth >= deepest) return true
    const next: CST.Token[] = []
    for (const token of level) addChildren(token, next)
    level = next
  }
  return false
}

/** Only what may have children itself: most tokens are scalars. */
function addChildren(token: CST.Token, to: CST.Token[]): void {
  if (token.type === 'document') {
    if (token.value !== undefined) to.push(token.value)
  } else if ('items' in token) {
    for (const { key, value } of token.items) {
      if (key != null && 'items' in key) to.push(key)
      if (value != null && 'items' in value) to.push(value)
    }
  }
}
