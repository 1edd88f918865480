import { Failure } from '../failure.ts'
import type { ProcessOptions, ProcessResult } from '../world/process.ts'
import type { World } from '../world/world.ts'

/** What Docker's client says for itself; programs that run in a container do not begin a line like this. */
const ofDocker =
  /^(?:docker: )?(?:Error response from daemon|Cannot connect to the Docker daemon|error during connect|Error: No such container|permission denied while trying to connect)/im

/** Where people see more of what failed. */
export const whereMore =
  'docker compose ps and docker compose logs, in the folder of the install, say more.'

/** More lines than these are the story, not the reason. */
const reasonLines = 3

/**
 * Runs `docker` and gives what came of it, a failing command included.
 * @throws Failure('surroundings') where Docker is not installed
 */
export async function runDocker(
  world: World,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
  const result = await world.processes.run('docker', args, options)
  if (result !== 'missing') return result
  throw dockerMissing()
}

export function dockerMissing(): Failure {
  return new Failure('surroundings', 'Docker is not installed here', {
    remedy: 'Run this on the host of the stack, where docker compose works.',
  })
}

/**
 * Runs `docker` and gives its standard output.
 * @param doing what fails, for people: `Docker does not list the containers`
 * @throws Failure('surroundings') where it fails or does not end in time, with the last lines of its errors
 */
export async function askDocker(
  world: World,
  args: readonly string[],
  options: ProcessOptions,
  doing: string,
): Promise<string> {
  const result = await runDocker(world, args, options)
  if (result.exitCode === 0) return result.stdout
  throw new Failure('surroundings', `${doing}: ${reasonOf(result, options.timeoutMs)}`, {
    remedy: whereMore,
  })
}

/** Was it Docker that failed, and not the program that ran in a container? */
export function isDockersOwn({ exitCode, stderr }: ProcessResult): boolean {
  return exitCode !== 0 && ofDocker.test(stderr)
}

/** Why it failed: the last lines of its errors, without warnings. */
export function reasonOf(result: ProcessResult, timeoutMs: number): string {
  if (result.timedOut) return `no end within ${Math.round(timeoutMs / 1000)} s`
  const lines = result.stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/level=(?:warning|info|debug)/.test(line))
  return [...new Set(lines)].slice(-reasonLines).join('\n') || 'no reason given'
}
