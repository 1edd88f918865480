import { locate } from './locate.ts'
import { canonical, type Expansion } from './merge/canonical.ts'
import { clear, merge } from './merge/merge.ts'
import { keepUnique } from './merge/unique.ts'
import type { ComposeSource, Json, ResolvedCompose, Service, Unresolved } from './model.ts'
import { parseCompose } from './parse.ts'
import { isActive, profilesOf } from './profiles.ts'
import { type ProjectName, projectNameOf } from './project-name.ts'
import { withoutReferences } from './references.ts'
import { normalizeService, type Surroundings } from './service/normalize.ts'
import { readService } from './service/service.ts'
import { normalizeTop } from './service/top-level.ts'
import { type Substitution, substitute } from './substitute.ts'
import { type MapTree, mapTree, refuse, type Tree, textAt, toJson, withEntry } from './tree.ts'

export interface ResolveOptions {
  /** Absolute: what relative paths on the host begin at. */
  readonly projectDirectory: string
  /** As given with `-p`: beats COMPOSE_PROJECT_NAME and `name:`. */
  readonly projectName?: string
}

/**
 * Reads, substitutes and merges Compose files into the model that `docker compose config` prints,
 * measured with Compose 2.40. Nothing is read from disk.
 *
 * @param sources in the order in which Compose merges them
 * @param env the variables that Compose substitutes: `.env` under the shell's
 * @throws Failure('badInput') with file and line, for files that Compose refuses to read and for
 *   input that is too large; unknown attributes and references to undeclared services, networks
 *   and volumes are Compose's business
 */
export function resolveCompose(
  sources: readonly ComposeSource[],
  env: ReadonlyMap<string, string>,
  options: ResolveOptions,
): ResolvedCompose {
  const unresolved: Unresolved[] = []
  const unset = new Set<string>()
  const { merged, project } = mergeSources(sources, env, options, unset, unresolved)
  const surroundings: Surroundings = { env, projectDirectory: options.projectDirectory }
  const services = servicesOf(merged, sources)
  const profiles = profilesOf(env)
  const active = [...services.entries].filter(([, service]) => isActive(service, profiles))
  const inactive = [...services.entries].filter(([, service]) => !isActive(service, profiles))
  const normalized = active.map(([name, service]) => {
    if (service.kind !== 'map') throw refuse(`the service ${name} is no mapping`, service.at)
    unresolved.push(...envFilesOf(name, service))
    return [name, normalizeService(service, surroundings)] as const
  })
  const whole = normalizeTop(
    withEntry(merged, 'services', mapTree(normalized, services.at)),
    project.name,
    surroundings,
  )
  return {
    model: {
      name: project.isSet ? project.name : undefined,
      projectName: project.name,
      services: new Map(
        normalized.map(([name, service]): [string, Service] => [name, readService(name, service)]),
      ),
      inactiveServices: inactive.map(([name]) => name),
      volumes: section(whole, 'volumes'),
      networks: section(whole, 'networks'),
      configs: section(whole, 'configs'),
    },
    unresolved,
    unsetVariables: [...unset],
    locate: (path) => locate(whole, path),
  }
}

interface Merged {
  readonly merged: MapTree
  readonly project: ProjectName
}

function mergeSources(
  sources: readonly ComposeSource[],
  env: ReadonlyMap<string, string>,
  options: ResolveOptions,
  unset: Set<string>,
  unresolved: Unresolved[],
): Merged {
  const documents = sources.flatMap((source) => parseCompose(source))
  const project = nameOf(documents, env, options)
  const run: Substitution = {
    lookup: (name) => env.get(name) ?? (name === 'COMPOSE_PROJECT_NAME' ? project.name : undefined),
    unset,
    made: 0,
  }
  const expansion: Expansion = { ports: 0 }
  let merged: Tree = mapTree([], { file: sources[0]?.file ?? '', line: 1 })
  for (const { root, cleared } of documents) {
    if (root.kind !== 'map') throw refuse(`${root.at.file} is no mapping`, root.at)
    const services = root.entries.get('services')
    if (services !== undefined && services.kind !== 'map') {
      throw refuse('services is no mapping', services.at)
    }
    const own = withoutReferences(substitute(root, run), unresolved)
    const together = merge(clear(merged, cleared), own, [])
    merged = keepUnique(canonical(keepUnique(together), expansion))
  }
  if (merged.kind !== 'map') throw refuse('the files hold no mapping', merged.at)
  return { merged, project }
}

function nameOf(
  documents: readonly { readonly root: Tree }[],
  env: ReadonlyMap<string, string>,
  options: ResolveOptions,
): ProjectName {
  const run: Substitution = { lookup: (name) => env.get(name), unset: new Set(), made: 0 }
  const names = documents.flatMap(({ root }) => {
    const name = root.kind === 'map' ? root.entries.get('name') : undefined
    return name === undefined ? [] : [mapTree([['name', substitute(name, run)]], name.at)]
  })
  return projectNameOf(options.projectName, env, names, options.projectDirectory)
}

function servicesOf(merged: MapTree, sources: readonly ComposeSource[]): MapTree {
  const services = merged.entries.get('services')
  if (services?.kind === 'map') return services
  const names = sources.map(({ file }) => file).join(', ')
  throw refuse(
    `no services in ${names === '' ? 'no file' : names}`,
    services?.at ?? { file: sources[0]?.file ?? '' },
  )
}

/** Files that give a service variables below its `environment`: they are not read. */
function envFilesOf(name: string, { entries }: MapTree): readonly Unresolved[] {
  const list = entries.get('env_file')
  if (list?.kind !== 'list') return []
  return list.items.map((item) => ({
    where: item.at,
    what: `${name}: env_file ${textAt(item, 'path') ?? ''}`,
  }))
}

function section(whole: MapTree, name: string): ReadonlyMap<string, Json> {
  const found = whole.entries.get(name)
  if (found === undefined) return new Map()
  if (found.kind !== 'map') throw refuse(`${name} is no mapping`, found.at)
  return new Map([...found.entries].map(([key, value]) => [key, toJson(value)]))
}
