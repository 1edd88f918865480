import { Failure } from '../failure.ts'
import type { Install } from '../install/install.ts'
import type { Masker } from '../secrets/masker.ts'
import type { World } from '../world/world.ts'
import { nothingRemote, steersPrograms } from './compose-command.ts'

/**
 * Lets the real Compose judge what would be written, where it is installed. Secrets go to it through
 * the environment and the files on standard input, so nothing is written for it.
 * @throws Failure where it refuses what our own resolver accepted, or what is there already: nothing
 * may be written then
 */
export async function askCompose(
  world: World,
  masker: Masker,
  now: Install,
  after: Install,
): Promise<void> {
  const refusal = await refusalOf(world, after)
  if (refusal === undefined) return
  const already = await refusalOf(world, now)
  // What a vendor's update dropped is what we are about to put back.
  if (already !== undefined && !already.includes('is missing a value'))
    throw new Failure(
      'badInput',
      `Docker Compose refuses the files as they are: ${masker.mask(already).reveal()}`,
      {
        remedy: 'Nothing was changed. Correct them until docker compose config accepts them.',
      },
    )
  const reason = masker.mask(refusal).reveal()
  throw new Failure('surroundings', `Docker Compose refuses what would be written: ${reason}`, {
    remedy:
      'Nothing was changed. Compose 2.24.4 or later is needed; if yours is, please report this.',
  })
}

/**
 * 4 GiB: aliases that stand for aliases took 22 GB, in a file that another one includes and we do not read.
 * Compose 2.40 reads Tracecat's files with 1.5 GiB of address space (measured).
 */
const composeMemoryKiB = 4 * 1024 * 1024

/**
 * The last line of what Compose says against an install; undefined where it says nothing, and where it
 * cannot be asked so: it is not here, does not answer in time or in bounded memory, or reads more than two
 * files.
 */
async function refusalOf(world: World, install: Install): Promise<string | undefined> {
  const [first, ...rest] = install.sources
  if (first === undefined || rest.length > 1) return undefined
  const onDisk = await world.files.read(`${install.directory}/${first.file}`, 1)
  const override = rest[0]
  if (onDisk.kind === 'absent' || override === undefined) return undefined
  const result = await world.processes.run(
    'docker',
    [
      'compose',
      '--project-directory',
      install.directory,
      '--env-file',
      '/dev/null',
      '-f',
      `${install.directory}/${first.file}`,
      '-f',
      '-',
      'config',
      '--quiet',
    ],
    {
      cwd: install.directory,
      env: { ...variablesFor(install), ...nothingRemote },
      as: 'owner',
      stdin: override.text,
      timeoutMs: 30_000,
      memoryKiB: composeMemoryKiB,
    },
  )
  if (result === 'missing' || result.exitCode === 0 || result.timedOut) return undefined
  if (/out of memory|cannot allocate memory/i.test(result.stderr)) return undefined
  const isOld = /unknown (docker )?command|not a docker command|unknown (shorthand )?flag/i.test(
    result.stderr,
  )
  return isOld ? undefined : (result.stderr.trim().split('\n').at(-1) ?? '')
}

/**
 * What the files refer to, and nothing that steers a program itself: `LD_PRELOAD` in `.env` would be run, and
 * so would programs of a `PATH`. The files are named on the command line; the project's name is not to be
 * had from every folder's.
 */
function variablesFor({ sources, values }: Install): Readonly<Record<string, string>> {
  const text = sources.map((one) => one.text).join('\n')
  const referred = new Set([...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name))
  return Object.fromEntries(
    [...values].filter(
      ([name]) => name === 'COMPOSE_PROJECT_NAME' || (referred.has(name) && !steersPrograms(name)),
    ),
  )
}
