import { isAbsolute } from 'node:path'
import envTemplate from '../../templates/env/tracecat.env'
import type { Container, Fact } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { assembleInstall } from '../install/assemble.ts'
import { caddySource, inInstall } from '../install/caddyfile/mounted.ts'
import {
  type ComposeFileNames,
  composeFileNames,
  defaultOverride,
} from '../install/compose/file-names.ts'
import { parseEnvFile } from '../install/env-file/parse.ts'
import { lastingValues, type Shell, setIn } from '../install/env-file/resolve.ts'
import { type Install, type InstallFile, ownPaths } from '../install/install.ts'
import { readIfText, readInstallFile, readInstallFiles, relativeTo } from '../live/read-files.ts'
import { isOurOverride } from '../plan/override-header.ts'
import { load } from '../world/loading.ts'
import type { World } from '../world/world.ts'

/** An install as it is on disk, with what missing stock files would add. */
export interface ReadInstall {
  readonly install: Install
  /** What really lies on disk; `install.files` has the missing stock files too. */
  readonly onDisk: ReadonlyMap<string, InstallFile>
  readonly names: ComposeFileNames
  /** The Compose files in order once our override exists. */
  readonly sourcePathsAfter: readonly string[]
  readonly shell: Shell
  /** Names of what lies in the folder. */
  readonly entries: readonly string[]
}

const ourFiles = [
  ownPaths.stockCaddyfile,
  ownPaths.caddyfile,
  ownPaths.answers,
  ownPaths.seccomp,
  ownPaths.trustBundle,
  ownPaths.written,
  ownPaths.fingerprints,
  ownPaths.privileges,
  ownPaths.lastEnv,
  ownPaths.lastCaddyfile,
  ownPaths.history,
  '.env.example',
  '.gitignore',
] as const

/** Texts by path that stand in for what lies on disk; undefined: there is no such file. */
export type Overlay = ReadonlyMap<string, string | undefined>

async function textOf(
  world: World,
  directory: string,
  path: string,
  added: Overlay,
): Promise<string | undefined> {
  return added.has(path) ? added.get(path) : (await readInstallFile(world, directory, path))?.text
}

/** Secrets that come in through our own environment are input, not what Compose would see. */
const inputNames = new Set(['OIDC_CLIENT_SECRET', 'OAUTH_CLIENT_SECRET'])

/** Our environment as Compose would see it. */
export function shellOf(world: World, directory: string): Shell {
  const names = Object.entries(world.env).filter(([name]) => !inputNames.has(name))
  // Whoever starts the stack does so in its folder, wherever we were started.
  return { ...Object.fromEntries(names), PWD: directory }
}

/** Does a folder hold the stock files, and which are missing? */
export async function missingStockFiles(
  world: World,
  directory: string,
): Promise<readonly string[]> {
  const names = await world.files.list(directory)
  const bases = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml']
  if (bases.some((name) => names.includes(name))) return []
  const envFile = await readInstallFile(world, directory, '.env')
  if (envFile !== undefined && /^\s*(export\s+)?COMPOSE_FILE=/m.test(envFile.text)) return []
  return ['docker-compose.yml', '.env.example', ownPaths.stockCaddyfile].filter(
    (name) => !names.includes(name),
  )
}

/**
 * Reads the files of an install.
 * @param added texts that count instead of what lies on disk; undefined: there is no such file
 * @param missing what a required variable without a value does
 * @throws Failure('badInput') for what Compose would not read, Failure('surroundings') for what we may not
 */
export async function readInstall(
  world: World,
  directory: string,
  containers: Fact<readonly Container[]>,
  added: Overlay = new Map(),
  missing: 'stop' | 'count-as-set' = 'stop',
): Promise<ReadInstall> {
  const shell = shellOf(world, directory)
  const envPath = environmentPath(directory, containers)
  const envText = await textOf(world, directory, envPath, added)
  const values =
    envText === undefined
      ? new Map<string, string>()
      : lastingValues(parseEnvFile(envText, envPath), shell)
  const entries = await world.files.list(directory)
  const names = await namesOf({ world, directory, values, shell, added, entries })
  const sourcePaths = pathsOfContainers(directory, containers, names) ?? names.files
  const paths = new Set([envPath, ...sourcePaths, names.override.file, ...ourFiles])
  const known = await readInstallFiles(
    world,
    directory,
    [...paths].filter((path) => !added.has(path)),
  )
  const files = new Map(known)
  for (const [path, text] of added) {
    if (text !== undefined) files.set(path, { path, text, hash: '', mode: 0o644 })
  }
  const overridePath = names.override.file
  const envExample = files.get('.env.example')?.text ?? envTemplate
  const assembled = assembleInstall({
    directory,
    files,
    envPath,
    sourcePaths,
    overridePath,
    shell,
    envExample,
    missing,
    overrideWithoutUs: await adminsOverride(files, overridePath),
  })
  const mounted = await mountedCaddyfiles(world, assembled)
  const onDisk = new Map([...known, ...mounted])
  const install = { ...assembled, files: new Map([...files, ...mounted]) }
  const loads =
    sourcePaths.includes(overridePath) ||
    (sourcePaths === names.files && willLoad(names, values, shell))
  const sourcePathsAfter =
    !loads || sourcePaths.includes(overridePath) ? sourcePaths : [...sourcePaths, overridePath]
  return { install, onDisk, names, sourcePathsAfter, shell, entries }
}

/** Most folders have none, and to draft one takes a tenth of the program. */
async function adminsOverride(
  files: ReadonlyMap<string, InstallFile>,
  overridePath: string,
): Promise<string> {
  const text = files.get(overridePath)?.text
  if (text === undefined) return ''
  const { withoutUs } = await load(() => import('./override-without-us.ts'))
  return withoutUs(text, overridePath, files.get(ownPaths.written)?.text)
}

/** By default, or since `.env` names the files and we add ours; a COMPOSE_FILE of the shell is not ours to change. */
function willLoad(
  names: ComposeFileNames,
  values: ReadonlyMap<string, string>,
  shell: Shell,
): boolean {
  if (names.files.length === 0) return false
  if (names.chosenBy === 'default') return names.override.loaded
  return values.has('COMPOSE_FILE') && shell.COMPOSE_FILE === undefined
}

interface NamesFrom {
  readonly world: World
  readonly directory: string
  readonly values: ReadonlyMap<string, string>
  readonly shell: Shell
  readonly added: Overlay
  readonly entries: readonly string[]
}

async function namesOf({
  world,
  directory,
  values,
  shell,
  added,
  entries,
}: NamesFrom): Promise<ComposeFileNames> {
  const onDisk = entries.filter((name) => !added.has(name))
  const stated = [...added].flatMap(([name, text]) => (text === undefined ? [] : [name]))
  const present = [...onDisk, ...stated]
  const listed = (shell.COMPOSE_FILE ?? values.get('COMPOSE_FILE') ?? '')
    .split(/[:;,]/)
    .filter((path) => path.includes('/'))
  for (const path of listed) {
    if ((await readInstallFile(world, directory, path)) !== undefined) present.push(path)
  }
  const own = await textOf(world, directory, defaultOverride, added)
  const ours = own !== undefined && isOurOverride(own) ? [defaultOverride] : []
  const names = composeFileNames(values, setIn(shell), present, ours)
  if (names.remote.length > 0) {
    throw new Failure(
      'surroundings',
      `COMPOSE_FILE names ${names.remote.join(', ')}, which is no file of this folder.`,
      {
        remedy: 'Put the Compose files into the folder and name those.',
      },
    )
  }
  return names
}

/** `--env-file`: the containers say which file made them. */
function environmentPath(directory: string, containers: Fact<readonly Container[]>): string {
  const named = (containers.known ? containers.value : [])
    .map((one) => one.environmentFile)
    .find((path) => path !== undefined)
  if (named === undefined) return '.env'
  const path = relativeTo(directory, named)
  if (!isAbsolute(path)) return path
  throw new Failure(
    'surroundings',
    `This stack was started with --env-file ${named}, which is outside of ${directory}.`,
    {
      remedy: `Make it the folder's own: ln -s ${named} ${directory}/.env, start Compose without --env-file, and name the file to us: TRACECAT_HARDEN_LINKS=${named}.`,
    },
  )
}

/** The files that made the running containers, where they are not what Compose finds by itself. */
function pathsOfContainers(
  directory: string,
  containers: Fact<readonly Container[]>,
  names: ComposeFileNames,
): readonly string[] | undefined {
  const labelled = containers.known ? containers.value.map((one) => one.configFiles) : []
  const made = commonest(labelled.filter((files) => files.length > 0))
  if (made === undefined) return undefined
  const paths = made.map((path) => relativeTo(directory, path))
  if (paths.some(isAbsolute)) return undefined
  const withoutOurs = (list: readonly string[]) =>
    list.filter((path) => path !== names.override.file).join('\n')
  return withoutOurs(paths) === withoutOurs(names.files) ? undefined : paths
}

/** One container may have been made by hand from other files: those of most count. */
function commonest(lists: readonly (readonly string[])[]): readonly string[] | undefined {
  const counts = new Map<string, number>()
  for (const list of lists) counts.set(list.join(), (counts.get(list.join()) ?? 0) + 1)
  const [first] = [...counts].sort(([, a], [, b]) => b - a)
  return lists.find((list) => list.join() === first?.[0])
}

/** What Caddy reads, with us and without, where it is a file of this host; one that cannot be read is left out. */
async function mountedCaddyfiles(
  world: World,
  { directory, files, compose, base }: Install,
): Promise<ReadonlyMap<string, InstallFile>> {
  const found = new Map<string, InstallFile>()
  for (const resolved of [compose, base]) {
    const caddy = resolved?.model.services.get('caddy')
    const source = caddy === undefined ? undefined : caddySource(caddy)
    if (source?.kind !== 'file') continue
    const path = inInstall(directory, source.path)
    if (files.has(path) || found.has(path)) continue
    const file = await readIfText(world, directory, path)
    if (file !== undefined) found.set(path, file)
  }
  return found
}
