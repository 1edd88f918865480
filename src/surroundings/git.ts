import type { Facts } from '../controls/facts.ts'
import { known, unknown } from '../controls/facts.ts'
import type { World } from '../world/world.ts'

const timeoutMs = 10_000

/** Is the folder in a git checkout, and is `.env` tracked there, or in some commit? Unknown where git is not installed. */
export async function readGit(
  world: World,
  directory: string,
  envPath: string,
): Promise<Facts['git']> {
  const git = (args: readonly string[]) =>
    world.processes.run('git', ['-C', directory, ...args], { timeoutMs })
  const inside = await git(['rev-parse', '--is-inside-work-tree'])
  if (inside === 'missing') return unknown('git is not installed here')
  if (inside.exitCode !== 0 || inside.stdout.trim() !== 'true')
    return known({ checkout: false, trackedEnv: false })
  const tracked = await git(['ls-files', '--error-unmatch', '--', envPath])
  if (tracked !== 'missing' && tracked.exitCode === 0)
    return known({ checkout: true, trackedEnv: true })
  const history = await git(['log', '--all', '--max-count=1', '--format=%h', '--', envPath])
  const envInHistory =
    history !== 'missing' && history.exitCode === 0 && history.stdout.trim() !== ''
  return known({ checkout: true, trackedEnv: false, envInHistory })
}
