import envTemplate from '../../../templates/env/tracecat.env'
import { listBackups } from '../../apply/backup.ts'
import type { ContainerFact, DataFact, Fact, Facts } from '../../controls/facts.ts'
import { known, unknown } from '../../controls/facts.ts'
import { Failure } from '../../failure.ts'
import { type Install, ownPaths } from '../../install/install.ts'
import { composeArguments, composeEnvironment } from '../../live/compose-command.ts'
import type { Recovered } from '../../plan/choose-secrets.ts'
import { imageTagVariable } from '../../release/image-tag.ts'
import type { Release } from '../../release/release.ts'
import { releaseOf } from '../../release/release-of.ts'
import type { StockName } from '../../release/stock-files.ts'
import { newestFinal } from '../../release/tags.ts'
import { isReadableTag } from '../../release/version.ts'
import { commandAppends } from '../../servers/redis.ts'
import { redisOf } from '../../stack/redis.ts'
import { targetOf } from '../../stack/steps-from-files.ts'
import { dataTargets, judgeData } from '../../surroundings/data.ts'
import { dockerClient, ownContainers, type VolumeFact } from '../../surroundings/docker.ts'
import { findRelease } from '../../surroundings/find-release.ts'
import { readGit } from '../../surroundings/git.ts'
import { readHost } from '../../surroundings/host.ts'
import { readInstallFile } from '../../surroundings/read-files.ts'
import {
  missingStockFiles,
  type ReadInstall,
  readInstall,
} from '../../surroundings/read-install.ts'
import { rebuildEnv } from '../../surroundings/rebuild-env.ts'
import { type EnvCopy, findRecovered } from '../../surroundings/recovered.ts'
import { getStockFiles } from '../../surroundings/stock-files.ts'
import { errorCode } from '../../world/system-error.ts'
import type { World } from '../../world/world.ts'
import type { InitOptions } from './options.ts'

/** What the command line says about where to look. */
export type LookOptions = Pick<
  InitOptions,
  'fresh' | 'offline' | 'from' | 'upstream' | 'tracecatVersion'
>

/** What is there, whatever the admin wants. */
export interface Surroundings {
  readonly directory: string
  readonly read: ReadInstall
  readonly release: Release
  readonly facts: Facts
  /** What a person said when asked whether it was ever started. */
  readonly said?: 'started' | 'never started'
  readonly recovered: ReadonlyMap<string, Recovered>
  /** Where a lost `.env` was rebuilt from. */
  readonly rebuiltFrom: string | undefined
  /** Stock files that the folder lacks and that will be written. */
  readonly added: ReadonlyMap<string, string>
  /** Stock files that are missing and could not be had. */
  readonly stillMissing: readonly StockName[]
  readonly docker: ReturnType<typeof dockerClient>
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
  const data = await judge(
    world,
    read,
    version !== 'missing',
    projectContainers(allContainers, read.install, directory),
    volumes,
  )
  const fresh = isFresh(options, read, data)
  // Some Compose files default to the release before the one that they were published with.
  const release =
    fresh && added?.has('docker-compose.yml') === true
      ? releaseOf(wanted)
      : findRelease(read.install, options.tracecatVersion ?? stated)
  const recovered = findRecovered(own, await envCopies(world, directory, read.install.envPath))
  const facts: Facts = {
    docker: version === 'missing' ? unknown('Docker is not installed here') : version,
    containers: own,
    data,
    fresh,
    host: await readHost(world),
    privileges: undefined,
    shell: new Map(
      Object.entries(read.shell).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as const],
      ),
    ),
    git: await readGit(world, directory, read.install.envPath),
    redisAppends: await askRedis(world, read, own),
  }
  return {
    directory,
    read,
    release,
    facts,
    recovered,
    rebuiltFrom,
    added: added ?? new Map(),
    stillMissing: added === undefined ? missing.filter(isStockName) : [],
    docker,
  }
}

/** And those of the same project name, wherever they were made. */
function projectContainers(
  all: Fact<readonly ContainerFact[]>,
  install: Install,
  directory: string,
): Fact<readonly ContainerFact[]> {
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

async function judge(
  world: World,
  read: ReadInstall,
  dockerInstalled: boolean,
  containers: Fact<readonly ContainerFact[]>,
  volumes: Fact<readonly VolumeFact[]>,
): Promise<DataFact> {
  const { install } = read
  const declared: string[] = []
  const folders: string[] = []
  for (const [service, target] of Object.entries(dataTargets)) {
    const mount = install.compose?.model.services
      .get(service)
      ?.mounts.find((one) => one.target === target)
    if (mount?.source === undefined) continue
    if (mount.type === 'bind') {
      if (await mayHoldData(world, mount.source)) folders.push(mount.source)
    } else declared.push(mount.source)
  }
  return judgeData({
    dockerInstalled,
    hasEnv: install.env !== undefined,
    containers,
    volumes,
    declared,
    folders,
    project: install.compose?.model.projectName,
  })
}

/** One that the system does not list may be full: PostgreSQL's is its own user's alone. */
async function mayHoldData(world: World, folder: string): Promise<boolean> {
  try {
    return (await world.files.list(folder)).length > 0
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return true
  }
}

/** Only a statement, or proof, lets credentials of volumes be replaced; proof of data beats the statement. */
function isFresh(options: LookOptions, read: ReadInstall, data: DataFact): boolean {
  if (options.fresh) {
    if (data.state !== 'exists' || !data.certain) return true
    throw new Failure(
      'surroundings',
      `--fresh says that this stack was never started, but there is ${data.evidence.slice(0, 3).join(', ')}.`,
      {
        remedy:
          'Run without --fresh: what its servers hold is kept. If the data may go: docker compose down --volumes first.',
      },
    )
  }
  return read.install.env === undefined && data.state === 'none'
}

/** Reads the install; a lost `.env` is rebuilt from a copy of ours, a backup or the containers. */
async function readOrRebuild(
  world: World,
  directory: string,
  containers: Fact<readonly ContainerFact[]>,
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

async function envCopies(
  world: World,
  directory: string,
  envPath: string,
): Promise<readonly EnvCopy[]> {
  const copies: EnvCopy[] = []
  const last = await readInstallFile(world, directory, ownPaths.lastEnv)
  if (last !== undefined)
    copies.push({ source: 'last', from: 'what tracecat-harden wrote last', text: last.text })
  const backups = await listBackups(world, directory)
  for (const { id } of [...backups].reverse()) {
    const file = await readInstallFile(
      world,
      directory,
      `${ownPaths.state}/backups/${id}/files/${envPath}`,
    )
    if (file !== undefined)
      copies.push({ source: 'backup', from: `the backup ${id}`, text: file.text })
  }
  return copies
}

/** Matters only where the files dropped `--appendonly yes`: is it on in the running server? */
async function askRedis(
  world: World,
  read: ReadInstall,
  containers: Fact<readonly ContainerFact[]>,
): Promise<Fact<boolean>> {
  const { install } = read
  const login = redisOf(install)
  const service = login?.service ?? 'redis'
  const command = install.compose?.model.services.get(service)?.command
  if (commandAppends(command)) return unknown('not asked: the files have it')
  const redis = containers.known
    ? containers.value.find((one) => one.service === service && one.running)
    : undefined
  if (redis === undefined) return unknown('Redis does not run here')
  const target = targetOf(read, redis.project === '' ? undefined : redis.project)
  const question = ['redis-cli', 'CONFIG', 'GET', 'appendonly']
  const result = await world.processes.run(
    'docker',
    [...composeArguments(target), 'exec', '-T', '-e', 'REDISCLI_AUTH', service, ...question],
    {
      cwd: install.directory,
      timeoutMs: 15_000,
      // Always set: a password of our shell, or of the container, would sign in for us.
      env: await composeEnvironment(world, target, {
        REDISCLI_AUTH: login?.password?.reveal() ?? '',
      }),
    },
  )
  if (result === 'missing' || result.exitCode !== 0) return unknown('Redis did not answer')
  return known(/appendonly\s+yes/.test(result.stdout))
}
