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
  const all = [...new Set(names)]
  const ids = new Map<string, string | undefined>()
  if (all.length === 0) return ids
  const inspect = ['image', 'inspect', '--format', '{{.Id}}']
  // In the order of the names, where every image is there; else nobody says whose ids these are.
  const together = await runDocker(world, [...inspect, ...all], { timeoutMs })
  const lines = together.stdout.trim().split('\n')
  if (together.exitCode === 0 && lines.length === all.length) {
    return new Map(all.map((name, index) => [name, lines[index]]))
  }
  for (const name of all) {
    const result = await runDocker(world, [...inspect, name], { timeoutMs })
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
