import {
  asWritten,
  child,
  isNull,
  kindOf,
  listTree,
  type MapTree,
  mapTree,
  refuse,
  type Tree,
  textAt,
  textOf,
  textScalar,
  valueScalar,
  withEntry,
  withValues,
} from '../tree.ts'
import { withImpliedDependencies } from './dependencies.ts'
import { splitWords } from './shell-words.ts'
import { cleanPath, hostPath } from './volumes.ts'

/** What normalizing needs to know besides the files. */
export interface Surroundings {
  readonly env: ReadonlyMap<string, string>
  readonly projectDirectory: string
}

type Change = (value: Tree, surroundings: Surroundings) => Tree

const changes: Readonly<Record<string, Change>> = {
  command: asWords,
  entrypoint: asWords,
  healthcheck: withTestList,
  environment: (value, { env }) => resolveNulls(asMapping(value), env),
  labels: (value) => emptyForNull(asMapping(value)),
  sysctls: asMapping,
  extra_hosts: asHosts,
  tmpfs: (value) => (value.kind === 'scalar' ? listTree([value], value.at) : value),
  volumes: withHostPaths,
}

/**
 * A merged service as `docker compose config` shows it: commands split, lists of `NAME=value` as
 * mappings, a variable without a value taken from the environment, host paths absolute, the
 * default network and the dependencies that links and shared namespaces imply.
 *
 * @throws Failure('badInput') for a command that Compose cannot split and values of a wrong shape
 */
export function normalizeService(service: MapTree, surroundings: Surroundings): MapTree {
  const entries = new Map(service.entries)
  for (const [key, change] of Object.entries(changes)) {
    const value = entries.get(key)
    if (value !== undefined) entries.set(key, change(value, surroundings))
  }
  refuseSharedTargets(entries)
  return withImpliedDependencies(withDefaultNetwork({ ...service, entries }))
}

function asWords(command: Tree): Tree {
  if (command.kind !== 'scalar' || command.value === null) return command
  const words = splitWords(command.text)
  if (words === undefined) {
    throw refuse('the command has an open quote or a bare parenthesis', command.at)
  }
  return listTree(
    words.map((word) => textScalar(word, command.at)),
    command.at,
  )
}

function withTestList(healthcheck: Tree): Tree {
  const test = child(healthcheck, 'test')
  if (healthcheck.kind !== 'map' || test?.kind !== 'scalar') return healthcheck
  const words = [textScalar('CMD-SHELL', test.at), test]
  return withEntry(healthcheck, 'test', listTree(words, test.at))
}

/** A mapping, or a list of `NAME=value`, as a mapping of texts. */
export function asMapping(tree: Tree): Tree {
  if (tree.kind === 'scalar')
    throw refuse(`${kindOf(tree)} stands where a mapping or a list belongs`, tree.at)
  if (tree.kind === 'map') return withValues(tree, asText)
  return mapTree(tree.items.map(splitPair), tree.at)
}

function asText(value: Tree): Tree {
  if (value.kind !== 'scalar')
    throw refuse('a mapping or list stands where a value belongs', value.at)
  const isPlain = typeof value.value === 'string' && value.template === undefined
  return value.value === null || isPlain ? value : textScalar(value.text, value.at)
}

function splitPair(item: Tree): readonly [string, Tree] {
  if (item.kind !== 'scalar' || typeof item.value !== 'string') {
    throw refuse(`${kindOf(item)} stands where NAME=value belongs`, item.at)
  }
  const equals = item.text.indexOf('=')
  if (equals < 0) return [item.text, valueScalar(null, item.at)]
  return [item.text.slice(0, equals), textScalar(item.text.slice(equals + 1), item.at)]
}

function resolveNulls(tree: Tree, env: ReadonlyMap<string, string>): Tree {
  if (tree.kind !== 'map') return tree
  return withValues(tree, (value, name) => {
    const found = isNull(value) ? env.get(name) : undefined
    return found === undefined ? value : textScalar(found, value.at)
  })
}

function emptyForNull(tree: Tree): Tree {
  if (tree.kind !== 'map') return tree
  return withValues(tree, (value) => (isNull(value) ? textScalar('', value.at) : value))
}

/** `host=address`, one for each address. */
function asHosts(tree: Tree): Tree {
  if (tree.kind === 'scalar') throw refuse('extra_hosts is no list and no mapping', tree.at)
  const items =
    tree.kind === 'list'
      ? tree.items.flatMap(hostsOf)
      : [...tree.entries].flatMap(([host, value]) => {
          const addresses = value.kind === 'list' ? value.items : [value]
          return addresses.map((address) =>
            textScalar(`${host}=${bare(textOf(address))}`, address.at),
          )
        })
  return listTree(items, tree.at)
}

/** Only here a comma stands between addresses, and in no mapping. */
function hostsOf(item: Tree): readonly Tree[] {
  const [, host, addresses] = /^([^=:]+)[=:](.+)$/.exec(textOf(item)) ?? []
  if (addresses === undefined) throw refuse(`${asWritten(item)} is no host:address`, item.at)
  return addresses.split(',').map((one) => textScalar(`${host}=${bare(one)}`, item.at))
}

const bare = (address: string): string => /^\[(.*)\]$/.exec(address)?.[1] ?? address

function withHostPaths(volumes: Tree, { env, projectDirectory }: Surroundings): Tree {
  if (volumes.kind !== 'list') throw refuse('volumes is no list', volumes.at)
  const items = volumes.items.map((volume) => {
    const source = textAt(volume, 'source')
    if (volume.kind !== 'map' || source === undefined || textAt(volume, 'type') !== 'bind')
      return volume
    const path = hostPath(source, projectDirectory, env.get('HOME'))
    return withEntry(volume, 'source', textScalar(path, volume.at))
  })
  return { ...volumes, items }
}

/** Compose takes `/data` and `/data/` of the long form for two volumes, and refuses both together. */
function refuseSharedTargets(entries: ReadonlyMap<string, Tree>): void {
  const seen = new Set<string>()
  for (const key of ['volumes', 'tmpfs']) {
    const list = entries.get(key)
    if (list?.kind !== 'list') continue
    for (const item of list.items) {
      const text = item.kind === 'map' ? textAt(item, 'target') : textOf(item).split(':')[0]
      const target = cleanPath(text ?? '')
      if (seen.has(target)) throw refuse(`${target} is mounted twice`, item.at)
      seen.add(target)
    }
  }
}

function withDefaultNetwork(service: MapTree): MapTree {
  const networks = service.entries.get('networks')
  const joins = networks?.kind === 'map' && networks.entries.size > 0
  if (joins || service.entries.has('network_mode')) return service
  const alone = mapTree([['default', valueScalar(null, service.at)]], networks?.at ?? service.at)
  return withEntry(service, 'networks', alone)
}
