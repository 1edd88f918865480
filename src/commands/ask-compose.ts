import { Failure } from '../failure.ts'
import type { Install } from '../install/install.ts'
import type { Masker } from '../secrets/masker.ts'
import type { World } from '../world/world.ts'

/**
 * Lets the real Compose judge what would be written, where it is installed. Secrets go to it through
 * the environment and the files on standard input, so nothing is written for it.
 * @throws Error where it refuses what our own resolver accepted: nothing may be written then
 */
export async function askCompose(world: World, masker: Masker, after: Install): Promise<void> {
  const [first, ...rest] = after.sources
  if (first === undefined || rest.length > 1) return
  const onDisk = await world.files.read(`${after.directory}/${first.file}`, 1)
  const override = rest[0]
  if (onDisk.kind === 'absent' || override === undefined) return
  const env = Object.fromEntries([...after.values].filter(([name]) => !name.startsWith('COMPOSE_')))
  const result = await world.processes.run(
    'docker',
    [
      'compose',
      '--project-directory',
      after.directory,
      '--env-file',
      '/dev/null',
      '-f',
      `${after.directory}/${first.file}`,
      '-f',
      '-',
      'config',
      '--quiet',
    ],
    { cwd: after.directory, env, stdin: override.text, timeoutMs: 30_000 },
  )
  if (result === 'missing' || result.exitCode === 0 || result.timedOut) return
  if (
    /unknown (docker )?command|not a docker command|unknown (shorthand )?flag/i.test(result.stderr)
  )
    return
  const reason = masker.mask(result.stderr.trim().split('\n').at(-1) ?? '').reveal()
  throw new Failure('surroundings', `Docker Compose refuses what would be written: ${reason}`, {
    remedy:
      'Nothing was changed. Compose 2.24.4 or later is needed; if yours is, please report this.',
  })
}
