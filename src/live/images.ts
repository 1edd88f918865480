import type { World } from '../world/world.ts'
import { runDocker } from './docker-command.ts'

/**
 * The ids of the images that have these names on this host: an image that was pulled and is not used yet comes in
 * with the next recreate, though the configuration is the same.
 * @throws Failure('surroundings') where Docker is not installed
 */
export async function localImageIds(
  world: World,
  names: Iterable<string>,
): Promise<ReadonlyMap<string, string | undefined>> {
  const ids = new Map<string, string | undefined>()
  for (const name of new Set(names)) {
    const args = ['image', 'inspect', '--format', '{{.Id}}', name]
    const result = await runDocker(world, args, { timeoutMs: 15_000 })
    if (result.exitCode === 0) ids.set(name, result.stdout.trim())
    else if (/no such image/i.test(result.stderr)) ids.set(name, undefined)
  }
  return ids
}
