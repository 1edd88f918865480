import type { Where } from '../../failure.ts'
import { child, type Tree, textOf } from './tree.ts'

/**
 * Where a path of the merged model was last set. An item of a list is named by its index, its
 * text, or its target or source (a volume's mount point). Where the path goes further than the
 * files do, the place of its last part that is there; undefined where not even the first is.
 */
export function locate(root: Tree, path: readonly string[]): Where | undefined {
  let found: Tree | undefined
  let inside: Tree = root
  for (const part of path) {
    const next = step(inside, part)
    if (next === undefined) break
    found = next
    inside = next
  }
  return found?.at
}

function step(tree: Tree, part: string): Tree | undefined {
  if (tree.kind === 'map') return tree.entries.get(part)
  if (tree.kind === 'scalar') return undefined
  const byIndex = /^[0-9]+$/.test(part) ? tree.items[Number(part)] : undefined
  const isMeant = (item: Tree): boolean =>
    [item, child(item, 'target'), child(item, 'source')].some(
      (named) => named?.kind === 'scalar' && textOf(named) === part,
    )
  return byIndex ?? tree.items.findLast(isMeant)
}
