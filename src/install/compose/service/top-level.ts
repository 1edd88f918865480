import {
  child,
  isNull,
  type MapTree,
  mapTree,
  refuse,
  type Tree,
  textAt,
  textScalar,
  valueScalar,
  withEntry,
} from '../tree.ts'
import { asMapping, type Surroundings } from './normalize.ts'
import { hostPath } from './volumes.ts'

/**
 * Volumes, networks and configs as Compose names them: `<project>_<key>`, an external one by its
 * key, unless `name:` says otherwise; a config's file as an absolute path; the default network
 * where a service joins it. Measured with Compose 2.40.
 */
export function normalizeTop(
  root: MapTree,
  projectName: string,
  surroundings: Surroundings,
): MapTree {
  return ['volumes', 'networks', 'configs'].reduce((whole, key) => {
    const section = whole.entries.get(key)
    if (section === undefined) return whole
    if (section.kind !== 'map') throw refuse(`${key} is no mapping`, section.at)
    const entries = [...section.entries].map(
      ([name, value]) => [name, normalizeOne(name, value, projectName, surroundings)] as const,
    )
    return withEntry(whole, key, { ...section, entries: new Map(entries) })
  }, withDefaultNetwork(root))
}

function withDefaultNetwork(root: MapTree): MapTree {
  const services = root.entries.get('services')
  const joined =
    services?.kind === 'map' &&
    [...services.entries.values()].some((service) => child(child(service, 'networks'), 'default'))
  const networks = root.entries.get('networks') ?? mapTree([], root.at)
  if (!joined || networks.kind !== 'map' || networks.entries.has('default')) return root
  return withEntry(root, 'networks', withEntry(networks, 'default', valueScalar(null, networks.at)))
}

function normalizeOne(
  key: string,
  value: Tree,
  projectName: string,
  surroundings: Surroundings,
): Tree {
  const { at } = value
  if (value.kind !== 'map' && !isNull(value)) throw refuse(`${key} is no mapping`, at)
  const map = value.kind === 'map' ? value : mapTree([], at)
  const external = externalName(key, map)
  const name = textAt(map, 'name') ?? external ?? `${projectName}_${key}`
  const entries = new Map(map.entries).set('name', textScalar(name, at))
  if (external !== undefined) entries.set('external', valueScalar(true, at))
  const file = entries.get('file')
  if (file !== undefined) entries.set('file', absolute(file, surroundings))
  for (const part of ['labels', 'driver_opts']) {
    const pairs = entries.get(part)
    if (pairs !== undefined) entries.set(part, asMapping(pairs))
  }
  return withBindDevice({ ...map, entries }, surroundings)
}

/** The name of what exists outside the project; undefined for what Compose makes. */
function externalName(key: string, map: MapTree): string | undefined {
  const external = child(map, 'external')
  if (external?.kind === 'map') return textAt(external, 'name') ?? key
  return external?.kind === 'scalar' && external.value === true ? key : undefined
}

function absolute(path: Tree, { projectDirectory, env }: Surroundings): Tree {
  if (path.kind !== 'scalar') return path
  return textScalar(hostPath(path.text, projectDirectory, env.get('HOME')), path.at)
}

/** A local volume with `o: bind` is a folder of the host. */
function withBindDevice(volume: MapTree, surroundings: Surroundings): MapTree {
  const options = child(volume, 'driver_opts')
  const device = child(options, 'device')
  const isBind = textAt(volume, 'driver') === 'local' && textAt(options, 'o') === 'bind'
  if (!isBind || options?.kind !== 'map' || device === undefined) return volume
  return withEntry(
    volume,
    'driver_opts',
    withEntry(options, 'device', absolute(device, surroundings)),
  )
}
