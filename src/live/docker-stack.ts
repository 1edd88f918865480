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
import { askDocker, isDockersOwn, reasonOf, runDocker } from './docker-command.ts'
import { readInspected } from './inspected.ts'
import type { RunOptions, Stack, StackContainer } from './stack.ts'

const timeoutMs = 30_000

/** `up` waits for what a service depends on to be healthy, where it is among those named. */
const upTimeoutMs = 300_000
/** More than most stop_grace_periods; Docker's own default is 10 s. */
const upTimeoutPerServiceMs = 60_000

/** A container can go between being listed and being asked for. */
const looks = 3

/** The stack of this Compose project, through the docker command. */
export function dockerStack(world: World, target: StackTarget): Stack {
  const containers = () => findContainers(world, target.project)
  const compose = async (args: readonly string[], services: readonly string[]) => {
    const options = {
      cwd: target.directory,
      env: await composeEnvironment(world, target, {}),
      timeoutMs: upTimeoutMs + services.length * upTimeoutPerServiceMs,
    }
    const doing = `docker compose ${args[0]} fails for ${services.join(', ')}`
    await askDocker(world, [...composeArguments(target), ...args], options, doing)
  }
  return {
    project: target.project,
    now: world.now,
    pause: world.pause,
    command: typedCompose(target),
    containers,
    configHashes: (variables = {}) => configHashes(world, target, variables, containers),
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

async function findContainers(world: World, project: string): Promise<readonly StackContainer[]> {
  const filter = `label=com.docker.compose.project=${project}`
  const doing = 'Docker does not list the containers'
  for (let look = 1; ; look += 1) {
    const listed = await askDocker(
      world,
      ['ps', '--all', '--quiet', '--no-trunc', '--filter', filter],
      { timeoutMs },
      doing,
    )
    const ids = listed.split('\n').filter((id) => id !== '')
    if (ids.length === 0) return []
    const args = ['inspect', '--type', 'container', ...ids]
    const result = await runDocker(world, args, { timeoutMs })
    if (result.exitCode === 0) return readInspected(result.stdout)
    if (look === looks || !/no such/i.test(result.stderr))
      throw new Failure('surroundings', `${doing}: ${reasonOf(result, timeoutMs)}`)
  }
}

/** Names alone: Docker's client takes the values from its own environment, where nobody else reads them. */
function named({ env = {} }: RunOptions): readonly string[] {
  return Object.keys(env).flatMap((name) => ['--env', name])
}

async function runInside(
  world: World,
  args: readonly string[],
  options: RunOptions,
  container: StackContainer,
): Promise<ProcessResult> {
  const limits = { timeoutMs, ...options }
  const result = await runDocker(world, args, limits)
  if (isDockersOwn(result)) throw failed(container, result, limits.timeoutMs)
  return result
}

function failed(container: StackContainer, result: ProcessResult, limitMs: number): Failure {
  const reason = reasonOf(result, limitMs)
  return new Failure('surroundings', `Docker cannot ask the container ${container.name}: ${reason}`)
}
