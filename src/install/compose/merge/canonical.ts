import { expandPort } from '../service/ports.ts'
import { expandVolume } from '../service/volumes.ts'
import {
  anyItem,
  child,
  isNull,
  kindOf,
  listTree,
  type MapTree,
  mapTree,
  refuse,
  type Tree,
  textOf,
  textScalar,
  valueScalar,
  withEntry,
  withItems,
  withValues,
} from '../tree.ts'
import { type Rules, rulesOf } from './rules.ts'

/** Counts the ports that ranges expand to, over all files. */
export interface Expansion {
  ports: number
}

const maximumPorts = 100_000

type Expand = (tree: Tree, run: Expansion) => Tree

const expansions = rulesOf<Expand>([
  ['services.*.build', expandBuild],
  ['services.*.depends_on', expandDependsOn],
  ['services.*.env_file', asListOfFiles],
  ['services.*.label_file', asListOfTexts],
  ['services.*.networks', expandNetworks],
  ['services.*.dns', asListOfTexts],
  ['services.*.ports', expandPorts],
  [`services.*.volumes.${anyItem}`, (item) => (item.kind === 'map' ? item : expandVolume(item))],
  [`services.*.devices.${anyItem}`, expandDevice],
  [`services.*.configs.${anyItem}`, expandFileMount],
  [`services.*.secrets.${anyItem}`, expandFileMount],
])

/**
 * Short forms as long forms, as Compose does after each file: ports, volumes, devices, networks,
 * `depends_on`, `build`, configs and secrets of a service.
 *
 * @throws Failure('badInput') where Compose refuses a short form
 */
export function canonical(
  tree: Tree,
  run: Expansion,
  rules: Rules<Expand> | undefined = expansions,
): Tree {
  if (rules === undefined) return tree
  if (rules.rule !== undefined) return rules.rule(tree, run)
  if (tree.kind === 'map')
    return withValues(tree, (value, key) => canonical(value, run, rules.below(key)))
  if (tree.kind === 'scalar') return tree
  const below = rules.below(anyItem)
  return withItems(tree, (item) => canonical(item, run, below))
}

function wrongShape(tree: Tree, wanted: string): Error {
  return refuse(`${kindOf(tree)} stands where ${wanted} belongs`, tree.at)
}

function expandPorts(ports: Tree, run: Expansion): Tree {
  if (ports.kind !== 'list') throw wrongShape(ports, 'a list of ports')
  const items = ports.items.flatMap((item) => {
    const expanded = item.kind === 'scalar' ? expandPort(item) : [longPort(item)]
    run.ports += expanded.length
    if (run.ports > maximumPorts) throw refuse('the ports are too many', item.at)
    return expanded
  })
  return listTree(items, ports.at)
}

function longPort(port: Tree): Tree {
  if (port.kind !== 'map') throw wrongShape(port, 'a port')
  const published = child(port, 'published')
  const whole =
    published === undefined || isNull(published)
      ? port
      : withEntry(port, 'published', textScalar(textOf(published), published.at))
  return withDefaults(whole, {
    mode: textScalar('ingress', port.at),
    protocol: textScalar('tcp', port.at),
  })
}

function withDefaults(map: MapTree, defaults: Readonly<Record<string, Tree>>): MapTree {
  const entries = new Map(map.entries)
  for (const [key, value] of Object.entries(defaults))
    if (!entries.has(key)) entries.set(key, value)
  return { ...map, entries }
}

function expandDevice(device: Tree): Tree {
  if (device.kind === 'list') throw wrongShape(device, 'a device')
  if (device.kind === 'map') {
    const source = child(device, 'source')
    return withDefaults(device, {
      ...(source === undefined ? {} : { target: source }),
      permissions: textScalar('rwm', device.at),
    })
  }
  const [source = '', target = source, permissions = 'rwm', ...rest] = device.text.split(':')
  if (rest.length > 0) throw wrongShape(device, 'a device')
  const parts = { source, target, permissions }
  return mapTree(
    Object.entries(parts).map(([key, text]) => [key, textScalar(text, device.at)] as const),
    device.at,
  )
}

function expandFileMount(item: Tree): Tree {
  return item.kind === 'scalar' ? mapTree([['source', item]], item.at) : item
}

function expandDependsOn(tree: Tree): Tree {
  const defaults = (item: Tree) => ({
    condition: textScalar('service_started', item.at),
    required: valueScalar(true, item.at),
  })
  if (tree.kind === 'scalar') throw wrongShape(tree, 'a list or mapping of services')
  if (tree.kind === 'list') {
    return mapTree(
      tree.items.map((item) => [textOf(item), withDefaults(mapTree([], item.at), defaults(item))]),
      tree.at,
    )
  }
  const entries = [...tree.entries].map(([name, value]) => {
    if (value.kind !== 'map') throw wrongShape(value, 'a mapping with a condition')
    return [name, withDefaults(value, defaults(value))] as const
  })
  return { ...tree, entries: new Map(entries) }
}

function expandNetworks(tree: Tree): Tree {
  if (tree.kind === 'map') return tree
  if (tree.kind === 'scalar') throw wrongShape(tree, 'a list or mapping of networks')
  return mapTree(
    tree.items.map((item) => [textOf(item), valueScalar(null, item.at)]),
    tree.at,
  )
}

function expandBuild(tree: Tree): Tree {
  const build = tree.kind === 'scalar' ? mapTree([['context', tree]], tree.at) : tree
  if (build.kind === 'list') throw wrongShape(build, 'a build')
  const dockerfile = textScalar('Dockerfile', build.at)
  return withDefaults(build, {
    context: textScalar('.', build.at),
    ...(build.entries.has('dockerfile_inline') ? {} : { dockerfile }),
  })
}

function asListOfTexts(tree: Tree): Tree {
  return tree.kind === 'scalar' ? listTree([tree], tree.at) : tree
}

function asListOfFiles(tree: Tree): Tree {
  const items = tree.kind === 'list' ? tree.items : [tree]
  return listTree(
    items.map((item) => (item.kind === 'scalar' ? mapTree([['path', item]], item.at) : item)),
    tree.at,
  )
}
