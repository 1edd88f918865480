import type { Facts } from '../controls/facts.ts'
import { known, unknown } from '../controls/facts.ts'
import type { World } from '../world/world.ts'

const timeoutMs = 10_000

/** Is the folder in a git checkout, and is `.env` tracked there? Unknown where git is not installed. */
export async function readGit(world: World, directory: string, envPath: string): Promise<Facts['git']> {
  const git = (args: readonly string[]) => world.processes.run('git', ['-C', directory, ...args], { timeoutMs })
  const inside = await git(['rev-parse', '--is-inside-work-tree'])
  if (inside === 'missing') return unknown('git is not installed here')
  if (inside.exitCode !== 0 || inside.stdout.trim() !== 'true') return known({ checkout: false, trackedEnv: false })
  const tracked = await git(['ls-files', '--error-unmatch', '--', envPath])
  return known({ checkout: true, trackedEnv: tracked !== 'missing' && tracked.exitCode === 0 })
}
