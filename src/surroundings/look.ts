import envTemplate from '../../templates/env/tracecat.env'
import { type Container, type Fact, type Facts, known, unknown } from '../controls/facts.ts'
import { setIn } from '../install/env-file/resolve.ts'
import type { Install } from '../install/install.ts'
import type { Recovered } from '../plan/choose-secrets.ts'
import { imageTagVariable } from '../release/image-tag.ts'
import type { Release } from '../release/release.ts'
import { releaseOf } from '../release/release-of.ts'
import type { StockName } from '../release/stock-files.ts'
import { newestFinal } from '../release/tags.ts'
import { isReadableTag } from '../release/version.ts'
import type { World } from '../world/world.ts'
import { type DockerClient, dockerClient, ownContainers } from './docker.ts'
import { envCopies } from './env-copies.ts'
import { findRelease } from './find-release.ts'
import { readGit } from './git.ts'
import { readHost } from './host.ts'
import { missingStockFiles, type ReadInstall, readInstall } from './read-install.ts'
import { rebuildEnv } from './rebuild-env.ts'
import { findRecovered } from './recovered.ts'
import { redisAppends } from './redis-appends.ts'
import { rememberedRelease } from './remembered-release.ts'
import { dataHere, isFresh } from './started.ts'
import { getStockFiles } from './stock-files.ts'

/** What the command line says about where to look. */
export interface LookOptions {
  /** States that this stack was never started. */
  readonly fresh: boolean
  readonly offline: boolean
  readonly from: string | undefined
  readonly upstream: string | undefined
  readonly tracecatVersion: string | undefined
}

/** What is there, whatever the admin wants. */
export interface Surroundings {
  readonly directory: string
  readonly read: ReadInstall
  readonly release: Release
  readonly facts: Facts
  /** All that Compose made on this host, whatever its folder. */
  readonly containers: Fact<readonly Container[]>
  /** What a person said when asked whether it was ever started. */
  readonly said?: 'started' | 'never started'
  readonly recovered: ReadonlyMap<string, Recovered>
  /** Where a lost `.env` was rebuilt from. */
  readonly rebuiltFrom: string | undefined
  /** Stock files that the folder lacks and that will be written. */
  readonly added: ReadonlyMap<string, string>
  /** Stock files that are missing and could not be had. */
  readonly stillMissing: readonly StockName[]
  readonly docker: DockerClient
}

/**
 * Looks at folder, Docker and host; asks nobody and changes nothing.
 * @param stated the release, where neither files nor the command line say it
 */
export async function look(
  world: World,
  directory: string,
  options: LookOptions,
  stated: string | undefined,
): Promise<Surroundings> {
  const docker = dockerClient(world)
  const version = await docker.version()
  const allContainers =
    version === 'missing' ? unknown('Docker is not installed here') : await docker.containers()
  const own = ownContainers(allContainers, directory)
  const missing = await missingStockFiles(world, directory)
  const named = missing.length === 0 ? undefined : await releaseInEnv(world, directory)
  const wanted = named ?? options.tracecatVersion ?? stated ?? newestFinal
  const added = await addMissing(world, options, wanted, missing)
  const { read, rebuiltFrom } = await readOrRebuild(
    world,
    directory,
    own,
    added ?? new Map(),
    options.fresh,
  )
  const volumes =
    version === 'missing' ? unknown('Docker is not installed here') : await docker.volumes()
  const data = await dataHere(
    world,
    read,
    version !== 'missing',
    projectContainers(allContainers, read.install, directory),
    volumes,
  )
  const fresh = isFresh(options.fresh, read, data)
  // Some Compose files default to the release before the one that they were published with.
  const release =
    fresh && added?.has('docker-compose.yml') === true
      ? releaseOf(wanted)
      : findRelease(read.install, options.tracecatVersion ?? stated, rememberedRelease)
  const recovered = findRecovered(own, await envCopies(world, directory, read.install.envPath))
  const facts: Facts = {
    docker: version === 'missing' ? unknown('Docker is not installed here') : version,
    containers: own,
    data,
    fresh,
    host: await readHost(world),
    privileges: undefined,
    shell: setIn(read.shell),
    git: await readGit(world, directory, read.install.envPath),
    redisAppends: await redisAppends(world, read, own),
  }
  return {
    directory,
    read,
    release,
    facts,
    containers: allContainers,
    recovered,
    rebuiltFrom,
    added: added ?? new Map(),
    stillMissing: added === undefined ? missing.filter(isStockName) : [],
    docker,
  }
}

/** And those of the same project name, wherever they were made. */
function projectContainers(
  all: Fact<readonly Container[]>,
  install: Install,
  directory: string,
): Fact<readonly Container[]> {
  if (!all.known) return all
  const own = ownContainers(all, directory)
  const project = install.compose?.model.projectName
  return known(
    all.value.filter((one) => one.project === project || (own.known && own.value.includes(one))),
  )
}

/** The release that `.env` names: it decides which images run, whatever else is said. */
export async function releaseInEnv(world: World, directory: string): Promise<string | undefined> {
  const { install } = await readInstall(
    world,
    directory,
    unknown('not asked'),
    new Map(),
    'count-as-set',
  )
  const tag = install.values.get(imageTagVariable)
  return tag !== undefined && isReadableTag(tag) ? tag : undefined
}

function isStockName(name: string): name is StockName {
  return name === 'docker-compose.yml' || name === '.env.example' || name === 'Caddyfile'
}

async function addMissing(
  world: World,
  options: LookOptions,
  tag: string,
  missing: readonly string[],
): Promise<ReadonlyMap<string, string> | undefined> {
  if (missing.length === 0) return new Map()
  const release = releaseOf(tag)
  return await getStockFiles(world, release.tag, missing.filter(isStockName), options)
}

/** Reads the install; a lost `.env` is rebuilt from a copy of ours, a backup or the containers. */
async function readOrRebuild(
  world: World,
  directory: string,
  containers: Fact<readonly Container[]>,
  added: ReadonlyMap<string, string>,
  fresh: boolean,
): Promise<{ read: ReadInstall; rebuiltFrom: string | undefined }> {
  const read = await readInstall(world, directory, containers, added, 'count-as-set')
  if (read.install.env !== undefined || fresh) return { read, rebuiltFrom: undefined }
  const { envPath } = read.install
  const example = added.get('.env.example') ?? read.onDisk.get('.env.example')?.text ?? envTemplate
  const copies = await envCopies(world, directory, envPath)
  const rebuilt = rebuildEnv(envPath, example, copies, containers.known ? containers.value : [])
  if (rebuilt === undefined) return { read, rebuiltFrom: undefined }
  const again = await readInstall(
    world,
    directory,
    containers,
    new Map([...added, [envPath, rebuilt.text]]),
    'count-as-set',
  )
  return { read: again, rebuiltFrom: rebuilt.from }
}
