import type { Container } from '../controls/facts.ts'
import type { ProcessResult } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { readInspected } from './inspected.ts'

/** A container can go between being listed and being asked for. */
const looks = 3

/**
 * Containers that Compose made, as Docker lists them, or what came of Docker where it did not list them.
 * @param label which ones: `com.docker.compose.service`, or one with a value
 * @throws Failure('surroundings') where Docker describes them in an unknown way
 */
export async function listContainers(
  world: World,
  label: string,
  timeoutMs: number,
): Promise<readonly Container[] | { readonly failed: ProcessResult | 'missing' }> {
  const list = ['ps', '--all', '--quiet', '--no-trunc', '--filter', `label=${label}`]
  for (let look = 1; ; look += 1) {
    const listed = await world.processes.run('docker', list, { timeoutMs })
    if (listed === 'missing' || listed.exitCode !== 0) return { failed: listed }
    const ids = listed.stdout.split('\n').filter((id) => id !== '')
    if (ids.length === 0) return []
    const args = ['inspect', '--type', 'container', ...ids]
    const result = await world.processes.run('docker', args, { timeoutMs })
    if (result !== 'missing' && result.exitCode === 0) return readInspected(result.stdout)
    const isGone = result !== 'missing' && /no such/i.test(result.stderr)
    if (look === looks || !isGone) return { failed: result }
  }
}
