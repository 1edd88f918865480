import { type Alias, isAlias, isMap, isNode, isScalar, isSeq, type Node } from 'yaml'
import { refuse } from '../tree.ts'

/**
 * Each alias with the nearest anchor of its name above it.
 * @throws Failure('badInput') for an alias without one
 */
export function aliasTargets(
  root: Node,
  file: string,
  lineAt: (offset: number) => number,
): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node>()
  const visit = (node: unknown): void => {
    if (!isNode(node)) return
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      if (target === undefined)
        throw refuse('an alias names no anchor above it', {
          file,
          line: lineAt(node.range?.[0] ?? 0),
        })
      targets.set(node, target)
      return
    }
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return
    if (node.anchor !== undefined) anchors.set(node.anchor, node)
    if (isMap(node)) {
      for (const pair of node.items) {
        visit(pair.key)
        visit(pair.value)
      }
    } else if (isSeq(node)) {
      for (const item of node.items) visit(item)
    }
  }
  visit(root)
  return targets
}
