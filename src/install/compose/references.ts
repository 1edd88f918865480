import type { Unresolved } from './model.ts'
import { asWritten, child, type MapTree, type Tree, textAt, withEntry } from './tree.ts'

/**
 * A file's tree without what points into other files (`include`, `extends`, `label_file`), each
 * of which is noted: what they would bring is missing from the model.
 */
export function withoutReferences(root: Tree, unresolved: Unresolved[]): Tree {
  if (root.kind !== 'map') return root
  const include = root.entries.get('include')
  for (const item of include?.kind === 'list' ? include.items : []) {
    unresolved.push({ where: item.at, what: `include ${nameOf(item, 'path')}` })
  }
  const own = without(root, 'include')
  const services = own.entries.get('services')
  if (services?.kind !== 'map') return own
  const plain = [...services.entries].map(
    ([name, service]) => [name, withoutFiles(name, service, unresolved)] as const,
  )
  return withEntry(own, 'services', { ...services, entries: new Map(plain) })
}

function withoutFiles(name: string, service: Tree, unresolved: Unresolved[]): Tree {
  if (service.kind !== 'map') return service
  const extended = child(service, 'extends')
  if (extended !== undefined) {
    unresolved.push({ where: extended.at, what: `${name}: extends ${nameOf(extended, 'service')}` })
  }
  const labels = child(service, 'label_file')
  if (labels !== undefined) unresolved.push({ where: labels.at, what: `${name}: label_file` })
  return without(without(service, 'extends'), 'label_file')
}

function nameOf(item: Tree, key: string): string {
  return item.kind === 'map' ? (textAt(item, key) ?? asWritten(item)) : asWritten(item)
}

function without(map: MapTree, key: string): MapTree {
  if (!map.entries.has(key)) return map
  return { ...map, entries: new Map([...map.entries].filter(([name]) => name !== key)) }
}
