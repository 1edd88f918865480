import { dirname } from 'node:path'
import { type Container, type Fact, isUp, known, unknown } from '../controls/facts.ts'
import { attemptLater } from '../failure.ts'
import { parseJson } from '../json.ts'
import { listContainers } from '../live/containers.ts'
import { catalogue } from '../secrets/catalogue.ts'
import { Masked } from '../secrets/masked.ts'
import type { ProcessResult } from '../world/process.ts'
import type { World } from '../world/world.ts'

const timeoutMs = 15_000
/** An engine that runs says its version in a moment, also under load. */
const firstTimeoutMs = 10_000
const slowMs = 2_000

/** A volume of any Compose project, with the name that its Compose file gives it. */
export interface VolumeFact {
  readonly name: string
  readonly project: string
  readonly volume: string
}

/** Asks the Docker engine; every answer is unknown where there is none or it does not answer. */
export interface DockerClient {
  version(): Promise<Fact<string> | 'missing'>
  containers(): Promise<Fact<readonly Container[]>>
  volumes(): Promise<Fact<readonly VolumeFact[]>>
  hasImage(image: string): Promise<Fact<boolean>>
}

export function dockerClient(world: World): DockerClient {
  // Whoever did not answer the first question is not asked others: each would take its time again.
  let isSilent = false
  const ask = async (args: readonly string[]): Promise<Fact<string>> => {
    if (isSilent) return silent
    const result = await world.processes.run('docker', args, { timeoutMs })
    return result !== 'missing' && result.exitCode === 0 ? known(result.stdout) : noAnswer(result)
  }
  return {
    async version() {
      const result = await world.processes.run(
        'docker',
        ['version', '--format', '{{.Server.Version}}'],
        {
          timeoutMs: firstTimeoutMs,
          whenSlow: {
            afterMs: slowMs,
            tell: () => world.terminal.err(Masked.trusted('Waiting for Docker to answer ...')),
          },
        },
      )
      if (result === 'missing') return 'missing'
      isSilent = result.timedOut
      if (isSilent) return silent
      if (result.exitCode !== 0)
        return unknown(`Docker does not answer: ${reasonIn(result.stderr)}`)
      return known(result.stdout.trim())
    },
    async containers() {
      if (isSilent) return silent
      const found = await attemptLater(
        () => listContainers(world, 'com.docker.compose.service', timeoutMs),
        () => unknown(undescribed),
      )
      if ('known' in found) return found
      return 'failed' in found ? noAnswer(found.failed) : known(found)
    },
    async volumes() {
      const names = await ask([
        'volume',
        'ls',
        '--quiet',
        '--filter',
        'label=com.docker.compose.volume',
      ])
      if (!names.known) return names
      const list = names.value.split('\n').filter((name) => name !== '')
      if (list.length === 0) return known([])
      const inspected = await ask(['volume', 'inspect', ...list])
      return inspected.known ? described(inspected.value, toVolume) : inspected
    },
    async hasImage(image) {
      const result = await ask(['images', '--quiet', image])
      return result.known ? known(result.value.trim() !== '') : result
    },
  }
}

const silent = unknown('Docker did not answer in time')

/** Why it gave no answer. */
function noAnswer(result: ProcessResult | 'missing') {
  if (result === 'missing') return unknown('Docker is not installed here')
  if (result.timedOut) return silent
  return unknown(`Docker does not answer: ${reasonIn(result.stderr)}`)
}

/** Services that hold a secret of Tracecat's: what else was started from the same folder has few of them, or none. */
const ofTracecat = new Set(Object.values(catalogue).flatMap(({ holders }) => holders))

/**
 * Containers of the stack in this folder. Another project may have been started from here too, such as a
 * monitoring with files of its own, or `docker compose -p debug run api`: of several projects the one counts
 * that runs most of Tracecat's services.
 */
export function ownContainers(
  all: Fact<readonly Container[]>,
  directory: string,
): Fact<readonly Container[]> {
  if (!all.known) return all
  const isHere = ({ workingDirectory, configFiles }: Container) =>
    workingDirectory === directory || configFiles.some((path) => dirname(path) === directory)
  const here = largestStack(all.value.filter(isHere))
  if (here.length > 0) return known(here)
  // COMPOSE_FILE may name files in folders below alone.
  const isBelow = ({ configFiles }: Container) =>
    configFiles.some((path) => path.startsWith(`${directory}/`))
  return known(largestStack(all.value.filter(isBelow)))
}

/** Of several projects the one that runs most of Tracecat's services; none where none has any. */
function largestStack(containers: readonly Container[]): readonly Container[] {
  const services = (project: string, isCounted: (one: Container) => boolean) =>
    new Set(
      containers
        .filter((one) => one.project === project && ofTracecat.has(one.service) && isCounted(one))
        .map(({ service }) => service),
    ).size
  const [first] = [...new Set(containers.map(({ project }) => project))]
    .map((project) => ({
      project,
      running: services(project, isUp),
      made: services(project, () => true),
    }))
    .filter(({ made }) => made > 0)
    .sort((a, b) => b.running - a.running || b.made - a.made)
  return containers.filter(({ project }) => project === first?.project)
}

/** What its program says, without its question whether the daemon runs: others put this into a sentence. */
function reasonIn(stderr: string): string {
  return firstLine(stderr).replace(/\.?(?: Is the docker daemon running\?)?$/, '')
}

function toVolume(value: unknown): readonly VolumeFact[] {
  const labels = record(record(value).Labels)
  const volume = text(labels['com.docker.compose.volume'])
  const name = text(record(value).Name)
  if (volume === undefined || name === undefined) return []
  return [{ name, volume, project: text(labels['com.docker.compose.project']) ?? '' }]
}

const undescribed = 'Docker described its containers and volumes in a way that cannot be read'

/** What Docker describes in JSON; unknown where that is no list: none would mean that nothing is there. */
function described<T>(json: string, read: (value: unknown) => readonly T[]): Fact<readonly T[]> {
  const value = parseJson(json)
  return Array.isArray(value) ? known(value.flatMap(read)) : unknown(undescribed)
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function firstLine(output: string): string {
  return output.trim().split('\n')[0] ?? ''
}
