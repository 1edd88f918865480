import type { Json, Mount, Port, Service } from '../model.ts'
import {
  asWritten,
  child,
  isNull,
  kindOf,
  type MapTree,
  refuse,
  type Tree,
  textAt,
  textOf,
  toJson,
} from '../tree.ts'
import { bytes } from './quantities.ts'

/**
 * A normalized service in the words of the contract.
 * @throws Failure('badInput') for a value of a shape that Compose refuses
 */
export function readService(name: string, service: MapTree): Service {
  const of = (key: string): Tree | undefined => present(service, key)
  const deployLimits = child(child(of('deploy'), 'resources'), 'limits')
  let raw: Service['raw'] | undefined
  return {
    name,
    image: text(of('image')),
    containerName: text(of('container_name')),
    command: words(service.entries.get('command')),
    entrypoint: words(service.entries.get('entrypoint')),
    environment: new Map(
      entriesOf(of('environment')).map(([key, value]) => [key, textOrNull(value)]),
    ),
    ports: listOf(of('ports')).map(readPort),
    mounts: listOf(of('volumes')).map(readMount),
    networks: entriesOf(of('networks')).map(([network]) => network),
    capAdd: texts(of('cap_add')),
    capDrop: texts(of('cap_drop')),
    securityOpt: texts(of('security_opt')),
    devices: listOf(of('devices')).map(readDevice),
    privileged: flag(of('privileged')),
    readOnly: flag(of('read_only')),
    user: text(of('user')),
    restart: text(of('restart')),
    healthcheckTest: readTest(of('healthcheck')),
    dependsOn: new Map(
      entriesOf(of('depends_on')).map(([dependency, value]) => [
        dependency,
        { condition: textAt(value, 'condition') ?? 'service_started' },
      ]),
    ),
    configs: listOf(of('configs')).map(readConfig),
    extraHosts: texts(of('extra_hosts')),
    networkMode: text(of('network_mode')),
    pid: text(of('pid')),
    logging: json(of('logging')),
    memoryLimit: size(of('mem_limit')) ?? size(child(deployLimits, 'memory')),
    pidsLimit: whole(of('pids_limit')) ?? whole(child(deployLimits, 'pids')),
    // Few ask for it, and it is a copy of everything.
    get raw() {
      raw ??= rawOf(service)
      return raw
    },
  }
}

/** Compose takes an empty value for none in an override, and refuses it in the first file. */
function present(service: MapTree, key: string): Tree | undefined {
  const value = service.entries.get(key)
  if (value !== undefined && isNull(value) && key !== 'deploy') {
    throw refuse(`${key} has no value`, value.at, `give it one, or remove it`)
  }
  return value
}

function text(tree: Tree | undefined): string | undefined {
  if (tree === undefined) return undefined
  if (tree.kind === 'scalar' && typeof tree.value === 'string') {
    return tree.value === '' ? undefined : tree.value
  }
  throw refuse(`${kindOf(tree)} stands where a string belongs`, tree.at, 'quote it')
}

function flag(tree: Tree | undefined): boolean {
  if (tree === undefined) return false
  if (tree.kind === 'scalar' && typeof tree.value === 'boolean') return tree.value
  throw refuse(`${asWritten(tree)} is neither true nor false`, tree.at)
}

function listOf(tree: Tree | undefined): readonly Tree[] {
  if (tree === undefined) return []
  if (tree.kind === 'list') return tree.items
  throw refuse(`${kindOf(tree)} stands where a list belongs`, tree.at)
}

function entriesOf(tree: Tree | undefined): readonly (readonly [string, Tree])[] {
  if (tree === undefined) return []
  if (tree.kind === 'map') return [...tree.entries]
  throw refuse(`${kindOf(tree)} stands where a mapping belongs`, tree.at)
}

function texts(tree: Tree | undefined): readonly string[] {
  return listOf(tree).map((item) => {
    if (item.kind === 'scalar' && typeof item.value === 'string') return item.value
    throw refuse(`${kindOf(item)} stands where a string belongs`, item.at, 'quote it')
  })
}

function words(tree: Tree | undefined): readonly string[] | undefined {
  return tree === undefined || isNull(tree) ? undefined : texts(tree)
}

const textOrNull = (tree: Tree): string | null => (isNull(tree) ? null : textOf(tree))

function readPort(port: Tree): Port {
  const target = child(port, 'target')
  if (target?.kind !== 'scalar' || typeof target.value !== 'number') {
    throw refuse('a port has no target', port.at)
  }
  return {
    hostIp: textAt(port, 'host_ip'),
    published: textAt(port, 'published'),
    target: target.value,
    protocol: textAt(port, 'protocol') ?? 'tcp',
  }
}

function readMount(mount: Tree): Mount {
  const type = textAt(mount, 'type')
  if (type === undefined) throw refuse('a volume has no type', mount.at)
  return {
    type,
    source: textAt(mount, 'source'),
    target: textAt(mount, 'target') ?? '',
    readOnly: flag(child(mount, 'read_only')),
  }
}

/** `source:target`, and the permissions where they are not the usual `rwm`. */
function readDevice(device: Tree): string {
  const [source = '', target = '', permissions] = ['source', 'target', 'permissions'].map((key) =>
    textAt(device, key),
  )
  return permissions === 'rwm' ? `${source}:${target}` : `${source}:${target}:${permissions}`
}

/** A disabled check is `NONE`, which is what Compose tells the engine. */
function readTest(healthcheck: Tree | undefined): readonly string[] | undefined {
  if (healthcheck === undefined) return undefined
  if (healthcheck.kind !== 'map') throw refuse('healthcheck is no mapping', healthcheck.at)
  if (flag(child(healthcheck, 'disable'))) return ['NONE']
  const test = words(child(healthcheck, 'test'))
  if (test === undefined || test.length === 0) return undefined
  if (['CMD', 'CMD-SHELL', 'NONE'].includes(test[0] ?? '')) return test
  throw refuse('healthcheck.test must begin with CMD, CMD-SHELL or NONE', healthcheck.at)
}

function readConfig(config: Tree): { readonly source: string; readonly target: string } {
  const source = textAt(config, 'source')
  if (source === undefined) throw refuse('a config has no source', config.at)
  return { source, target: textAt(config, 'target') ?? `/${source}` }
}

function size(tree: Tree | undefined): number | undefined {
  if (tree === undefined) return undefined
  const found = tree.kind === 'scalar' ? bytes(tree.text) : undefined
  if (found === undefined) throw refuse(`${asWritten(tree)} is no size`, tree.at)
  return found
}

function whole(tree: Tree | undefined): number | undefined {
  if (tree === undefined) return undefined
  if (tree.kind === 'scalar' && typeof tree.value === 'number') return tree.value
  throw refuse(`${asWritten(tree)} is no whole number`, tree.at)
}

const json = (tree: Tree | undefined): Json | undefined =>
  tree === undefined ? undefined : toJson(tree)

function rawOf(service: MapTree): Service['raw'] {
  return Object.fromEntries([...service.entries].map(([key, value]) => [key, toJson(value)]))
}
