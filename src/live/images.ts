import { Failure } from '../failure.ts'
import type { World } from '../world/world.ts'
import { reasonOf, runDocker } from './docker-command.ts'

const timeoutMs = 15_000

/**
 * The ids of the images that have these names on this host: an image that was pulled and is not used yet comes in
 * with the next recreate, though the configuration is the same.
 * @throws Failure('surroundings') where Docker does not answer
 */
export async function localImageIds(
  world: World,
  names: Iterable<string>,
): Promise<ReadonlyMap<string, string | undefined>> {
  const ids = new Map<string, string | undefined>()
  for (const name of new Set(names)) {
    const args = ['image', 'inspect', '--format', '{{.Id}}', name]
    const result = await runDocker(world, args, { timeoutMs })
    if (result.exitCode === 0) ids.set(name, result.stdout.trim())
    else if (/no such image/i.test(result.stderr)) ids.set(name, undefined)
    else {
      // Left out, it would count as unchanged, and a recreate would bring in whatever has the name.
      const reason = reasonOf(result, timeoutMs)
      throw new Failure(
        'surroundings',
        `Docker does not say which image is called ${name}: ${reason}`,
      )
    }
  }
  return ids
}
