import {
  type MapTree,
  mapTree,
  type Tree,
  textOf,
  textScalar,
  valueScalar,
  withEntry,
} from '../tree.ts'

/**
 * A service with the dependencies that Compose adds for links, shared namespaces and
 * `volumes_from`, where `depends_on` does not have them. Measured with Compose 2.40.
 */
export function withImpliedDependencies(service: MapTree): MapTree {
  const implied = [...linked(service), ...sharingNamespace(service), ...volumesFrom(service)]
  if (implied.length === 0) return service
  const written = service.entries.get('depends_on')
  const entries = new Map(written?.kind === 'map' ? written.entries : [])
  for (const { name, restart, at } of implied) {
    if (entries.has(name)) continue
    const parts: (readonly [string, Tree])[] = [['condition', textScalar('service_started', at.at)]]
    if (restart) parts.push(['restart', valueScalar(true, at.at)])
    parts.push(['required', valueScalar(true, at.at)])
    entries.set(name, mapTree(parts, at.at))
  }
  return withEntry(service, 'depends_on', { kind: 'map', entries, at: written?.at ?? service.at })
}

interface Implied {
  readonly name: string
  readonly restart: boolean
  readonly at: Tree
}

function itemsOf(service: MapTree, key: string): readonly Tree[] {
  const list = service.entries.get(key)
  return list?.kind === 'list' ? list.items : []
}

function linked(service: MapTree): readonly Implied[] {
  return itemsOf(service, 'links').map((at) => ({
    name: textOf(at).split(':')[0] ?? '',
    restart: true,
    at,
  }))
}

function sharingNamespace(service: MapTree): readonly Implied[] {
  return ['network_mode', 'ipc', 'pid', 'uts', 'cgroup'].flatMap((key) => {
    const at = service.entries.get(key)
    const name = /^service:(.*)$/.exec(textOf(at))?.[1]
    return at === undefined || name === undefined ? [] : [{ name, restart: true, at }]
  })
}

function volumesFrom(service: MapTree): readonly Implied[] {
  return itemsOf(service, 'volumes_from')
    .filter((at) => !textOf(at).startsWith('container:'))
    .map((at) => ({ name: textOf(at).split(':')[0] ?? '', restart: false, at }))
}
