import { join } from 'node:path'
import { type Facts, type HostFacts, known, unknown } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { setIn } from '../install/env-file/resolve.ts'
import { type Install, ownPaths } from '../install/install.ts'
import { load } from '../world/loading.ts'
import type { World } from '../world/world.ts'
import { folderModeOf } from './folder-mode.ts'
import { readGit } from './git.ts'
import { openCopies } from './open-copies.ts'
import type { OwnState } from './own-state.ts'
import { type ReadInstall, readInstall } from './read-install.ts'

const notAsked = unknown('audit asks no Docker')

/**
 * Reads an install from its files alone.
 * @throws Failure('badInput') where there is none, or Compose would not read it
 */
export async function readFolder(world: World, directory: string): Promise<ReadInstall> {
  const read = await asInput(() => readInstall(world, directory, notAsked))
  if (read.install.compose !== undefined) return read
  throw new Failure('badInput', 'There is no Compose file: this is no Tracecat install.', {
    remedy: "Name the folder with Tracecat's docker-compose.yml.",
  })
}

/** What stands in an install's files, or keeps them from being read, is input: never exit code 3. */
async function asInput<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'badInput') throw error
    throw error.but({ kind: 'badInput' })
  }
}

/** What is known without Docker. */
export async function factsOfFolder(
  world: World,
  { install, onDisk, shell, entries }: ReadInstall,
  host: HostFacts,
): Promise<Facts> {
  const state = await asInput(() => stateOf(world, install, onDisk, entries))
  const folderMode = await folderModeOf(world, install.directory)
  return {
    docker: notAsked,
    containers: notAsked,
    data: { state: 'unknown', why: notAsked.why },
    fresh: false,
    host,
    privileges: state?.privileges,
    shell: setIn(shell),
    git: await gitFacts(world, install.directory, install.envPath),
    redisAppends: notAsked,
    keys: state?.keys ?? known([]),
    ...(folderMode === undefined ? {} : { folderMode }),
    openCopies: await openCopies(world, install.directory, entries, install.envPath),
    ...(state?.interrupted === undefined ? {} : { interrupted: state.interrupted }),
  }
}

/** What earlier runs of ours left. Most folders hold nothing of it, and need nothing that reads it. */
async function stateOf(
  world: World,
  { directory, values }: Install,
  onDisk: ReadInstall['onDisk'],
  entries: readonly string[],
): Promise<OwnState | undefined> {
  if (!entries.includes(ownPaths.state)) return undefined
  const { readOwnState } = await load(() => import('./own-state.ts'))
  return await readOwnState(world, directory, values, onDisk)
}

/** Two processes for each of a thousand installs take seconds: most folders are in no checkout. */
async function gitFacts(world: World, directory: string, envPath: string): Promise<Facts['git']> {
  for (let folder = directory; ; folder = join(folder, '..')) {
    const state = await world.files.read(join(folder, '.git'), 0)
    if (state.kind !== 'absent') return await readGit(world, directory, envPath)
    if (folder === join(folder, '..')) return known({ checkout: false, trackedEnv: false })
  }
}
