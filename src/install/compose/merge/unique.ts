import { parseVolume } from '../service/volumes.ts'
import { child, listTree, refuse, type Tree, type TreePath, textOf, withValues } from '../tree.ts'
import { type Rules, rulesOf } from './rules.ts'

type KeyOf = (item: Tree) => string

const byName: KeyOf = (item) => {
  const text = plainText(item)
  const equals = text.indexOf('=')
  return equals < 0 ? text : text.slice(0, equals)
}

const byText: KeyOf = (item) => plainText(item)

const byTarget: KeyOf = (item) => {
  if (item.kind !== 'map') return parseVolume(item).target
  const target = child(item, 'target')
  if (target === undefined) throw refuse('a volume has no target', item.at)
  return textOf(target)
}

const byMountPoint =
  (folder: string): KeyOf =>
  (item) => {
    if (item.kind !== 'map') return `${folder}/${plainText(item)}`
    const target = child(item, 'target')
    return target === undefined ? `${folder}/${textOf(child(item, 'source'))}` : textOf(target)
  }

const byDeviceTarget: KeyOf = (item) => {
  if (item.kind === 'map') return textOf(child(item, 'target'))
  const [source = '', target] = plainText(item).split(':')
  return target ?? source
}

const byPort: KeyOf = (item) => {
  if (item.kind !== 'map') return plainText(item)
  const host = child(item, 'host_ip')
  const protocol = child(item, 'protocol')
  const address = host === undefined ? '0.0.0.0' : textOf(host)
  const ports = `${textOf(child(item, 'published'))}:${textOf(child(item, 'target'))}`
  // a short form that is written just so counts as the same port
  return `${address}:${ports}/${protocol === undefined ? 'tcp' : textOf(protocol)}`
}

const byPath: KeyOf = (item) =>
  item.kind === 'map' ? textOf(child(item, 'path')) : plainText(item)

/** Where Compose refuses an item that stands there twice. */
type Rule = KeyOf | 'refuse equal items'

const uniqueness = rulesOf<Rule>([
  ['networks.*.labels', byName],
  ['services.*.annotations', byName],
  ['services.*.build.args', byName],
  ['services.*.build.additional_contexts', byName],
  ['services.*.build.labels', byName],
  ['services.*.cap_add', byName],
  ['services.*.cap_drop', byName],
  ['services.*.configs', byMountPoint('')],
  ['services.*.deploy.labels', byName],
  ['services.*.devices', byDeviceTarget],
  ['services.*.dns', byName],
  ['services.*.dns_opt', byName],
  ['services.*.dns_search', byName],
  ['services.*.env_file', byPath],
  ['services.*.environment', byName],
  ['services.*.expose', byText],
  ['services.*.labels', byName],
  ['services.*.links', byName],
  ['services.*.networks.*.aliases', byName],
  ['services.*.ports', byPort],
  ['services.*.profiles', byName],
  ['services.*.secrets', byMountPoint('/run/secrets')],
  ['services.*.sysctls', byName],
  ['services.*.tmpfs', byName],
  ['services.*.volumes', byTarget],
  ['services.*.security_opt', 'refuse equal items'],
  ['services.*.group_add', 'refuse equal items'],
])

function plainText(item: Tree): string {
  if (item.kind !== 'scalar') throw refuse('a list item is no plain value', item.at)
  return item.text
}

/**
 * Keeps of list items with one meaning (a variable, a target path, a published port) the last one,
 * at the place of the first. Measured with Compose 2.40.
 *
 * @throws Failure('badInput') for items of a wrong shape, and where Compose refuses equal items:
 *   `security_opt` may not name one option twice, over all files
 */
export function keepUnique(
  tree: Tree,
  path: TreePath = [],
  rules: Rules<Rule> | undefined = uniqueness,
): Tree {
  if (rules === undefined || tree.kind === 'scalar') return tree
  if (tree.kind === 'map')
    return withValues(tree, (value, key) => {
      const below = rules.below(key)
      return below === undefined ? value : keepUnique(value, [...path, key], below)
    })
  if (rules.rule === undefined) return tree
  if (rules.rule === 'refuse equal items') {
    refuseEqualItems(tree.items, path)
    return tree
  }
  const kept = new Map<string, Tree>()
  for (const item of tree.items) kept.set(rules.rule(item), item)
  return kept.size === tree.items.length ? tree : listTree([...kept.values()], tree.at)
}

function refuseEqualItems(items: readonly Tree[], path: TreePath): void {
  const seen = new Set<string>()
  for (const item of items) {
    const text = plainText(item)
    if (seen.has(text)) {
      throw refuse(`${path.join('.')} has one item twice`, item.at, 'remove one of the two')
    }
    seen.add(text)
  }
}
