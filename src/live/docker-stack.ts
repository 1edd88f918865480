import type { Container } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import type { ProcessResult } from '../world/process.ts'
import type { World } from '../world/world.ts'
import {
  composeArguments,
  composeEnvironment,
  type StackTarget,
  typedCompose,
} from './compose-command.ts'
import { configHashes } from './config-hashes.ts'
import { listContainers } from './containers.ts'
import {
  askDocker,
  dockerMissing,
  isDockersOwn,
  reasonOf,
  runDocker,
  whereMore,
} from './docker-command.ts'
import type { RunOptions, Stack } from './stack.ts'

const timeoutMs = 30_000

/** `up` waits for what a service depends on to be healthy, where it is among those named. */
const upTimeoutMs = 300_000
/** More than most stop_grace_periods; Docker's own default is 10 s. */
const upTimeoutPerServiceMs = 60_000

/**
 * The stack of this Compose project, through the docker command.
 * @param seen containers of this host as a run saw them: they count until it changes one of this stack, and so
 *   do the hashes; undefined: Docker is asked each time
 */
export function dockerStack(world: World, target: StackTarget, seen?: readonly Container[]): Stack {
  let known = seen && servicesOf(seen.filter(({ project }) => project === target.project))
  const hashes = new Map<string, Promise<ReadonlyMap<string, string>>>()
  const containers = async () => known ?? (await findContainers(world, target.project))
  const askHashes = (variables: Readonly<Record<string, string>>) =>
    configHashes(world, target, variables, containers)
  const compose = async (args: readonly string[], services: readonly string[]) => {
    const options = {
      cwd: target.directory,
      env: await composeEnvironment(world, target, {}),
      timeoutMs: upTimeoutMs + services.length * upTimeoutPerServiceMs,
    }
    known = undefined
    const doing = `docker compose ${args[0]} fails for ${services.join(', ')}`
    await askDocker(world, [...composeArguments(target), ...args], options, doing)
  }
  return {
    project: target.project,
    now: world.now,
    pause: world.pause,
    command: typedCompose(target),
    containers,
    configHashes(variables = {}) {
      if (known === undefined) return askHashes(variables)
      const key = JSON.stringify(variables)
      const answer = hashes.get(key) ?? askHashes(variables)
      hashes.set(key, answer)
      return answer
    },
    async up(services, how, which = 'changed') {
      if (services.length === 0) return
      const args = [
        'up',
        how === 'create' ? '--no-start' : '--detach',
        ...(which === 'anew' ? ['--force-recreate'] : []),
        '--no-deps',
        '--no-build',
        '--pull',
        'never',
        ...services,
      ]
      await compose(args, services)
    },
    async restart(services) {
      if (services.length === 0) return
      await compose(['restart', '--no-deps', ...services], services)
    },
    async exec(container, command, options = {}) {
      const args = ['exec', '--interactive', ...named(options), container.id, ...command]
      return await runInside(world, args, options, container)
    },
    async runBeside(container, [program, ...rest], options = {}) {
      const [network] = container.networks
      if (network === undefined)
        throw new Failure('surroundings', `The container ${container.name} is on no network`)
      const args = [
        ...['run', '--rm', '--interactive', '--pull=never', '--network', network],
        ...named(options),
        ...['--entrypoint', program, container.imageId, ...rest],
      ]
      return await runInside(world, args, options, container)
    },
    async logs(container, lines) {
      const args = ['logs', '--tail', String(lines), container.id]
      const result = await runDocker(world, args, { timeoutMs })
      if (result.exitCode !== 0) throw failed(container, result, timeoutMs)
      return result.stdout + result.stderr
    },
  }
}

async function findContainers(world: World, project: string): Promise<readonly Container[]> {
  const found = await listContainers(world, `com.docker.compose.project=${project}`, timeoutMs)
  if (!('failed' in found)) return servicesOf(found)
  if (found.failed === 'missing') throw dockerMissing()
  throw new Failure(
    'surroundings',
    `Docker does not list the containers: ${reasonOf(found.failed, timeoutMs)}`,
    { remedy: whereMore },
  )
}

/** Without those that `docker compose run` made, sorted by service and name. */
function servicesOf(containers: readonly Container[]): readonly Container[] {
  return containers
    .filter(({ oneOff }) => !oneOff)
    .sort((a, b) => compare(a.service, b.service) || compare(a.name, b.name))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Names alone: Docker's client takes the values from its own environment, where nobody else reads them. */
function named({ env = {} }: RunOptions): readonly string[] {
  return Object.keys(env).flatMap((name) => ['--env', name])
}

async function runInside(
  world: World,
  args: readonly string[],
  options: RunOptions,
  container: Container,
): Promise<ProcessResult> {
  const limits = { timeoutMs, ...options }
  const result = await runDocker(world, args, limits)
  if (isDockersOwn(result)) throw failed(container, result, limits.timeoutMs)
  return result
}

function failed(container: Container, result: ProcessResult, limitMs: number): Failure {
  const reason = reasonOf(result, limitMs)
  return new Failure('surroundings', `Docker cannot ask the container ${container.name}: ${reason}`)
}
