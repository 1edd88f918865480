import { dirname, join } from 'node:path'
import { largestFile } from '../apply/state-folder.ts'
import type { Case } from '../controls/control.ts'
import { type Container, type Fact, unknown } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { parseEnvFile } from '../install/env-file/parse.ts'
import { lastingValues, type Shell } from '../install/env-file/resolve.ts'
import { type Install, ownPaths } from '../install/install.ts'
import { readInstallFile } from '../live/read-files.ts'
import type { Stack } from '../live/stack.ts'
import type { Masker } from '../secrets/masker.ts'
import { learnSecrets } from '../stack/learn.ts'
import { lookAtInstall, seeStack } from '../stack/see-stack.ts'
import { findRelease } from '../surroundings/find-release.ts'
import { missingStockFiles, readInstall, shellOf } from '../surroundings/read-install.ts'
import { rememberedRelease } from '../surroundings/remembered-release.ts'
import type { World } from '../world/world.ts'
import type { FilesNow } from './plan-restore.ts'
import type { OldContent, PresentFile } from './restored-file.ts'

/** What there is before anything is put back. */
export interface SeenBefore extends FilesNow {
  /** undefined: the files are broken, and that is no reason not to put others in their place. */
  readonly case: Case | undefined
  readonly stack: Stack | undefined
  /** Of this host, as they were seen. */
  readonly containers: Fact<readonly Container[]>
}

/**
 * For a restore that the running servers follow.
 * @throws Failure where that cannot be: broken files, no `.env`, no answer from Docker
 */
export async function seeForAll(
  world: World,
  masker: Masker,
  directory: string,
): Promise<SeenBefore> {
  try {
    const { stack, case: present, around } = await seeStack(world, masker, directory)
    const { envPath, overridePath, values } = present.install
    const { shell } = around.read
    return {
      case: present,
      stack,
      containers: around.containers,
      envPath,
      overridePath,
      values,
      shell,
      keepDatabases: false,
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const remedy = error.remedy === undefined ? '' : `${error.remedy}\n`
    throw error.but({ remedy: `${remedy}Or put back the files alone, with --files-only.` })
  }
}

/** For a restore of files alone: they may be broken, `.env` may be gone, Docker may be away. */
export async function seeForFiles(
  world: World,
  masker: Masker,
  directory: string,
  old: ReadonlyMap<string, OldContent>,
): Promise<SeenBefore> {
  const shell = shellOf(world, directory)
  if ((await missingStockFiles(world, directory)).length === 0) {
    try {
      const around = await lookAtInstall(world, directory)
      learnSecrets(masker, around)
      const { read, release, facts } = around
      const { envPath, overridePath, values } = read.install
      const isNew = facts.data.state === 'none'
      const present = { install: read.install, release, facts, answers: undefined }
      return {
        ...{ case: present, stack: undefined, containers: around.containers },
        ...{ envPath, overridePath, values, shell },
        keepDatabases: !isNew,
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }
  return {
    case: undefined,
    stack: undefined,
    containers: unknown('not asked'),
    envPath: '.env',
    overridePath: [...old.keys()].find((path) =>
      /(^|\/)[\w-]*compose\.override\.ya?ml$/.test(path),
    ),
    values: await valuesLeft(world, directory, shell),
    shell,
    keepDatabases: true,
  }
}

/** Those of `.env`, or of our copy of it where it is broken or gone. */
async function valuesLeft(
  world: World,
  directory: string,
  shell: Shell,
): Promise<ReadonlyMap<string, string>> {
  for (const path of ['.env', ownPaths.lastEnv]) {
    try {
      const file = await readInstallFile(world, directory, path)
      if (file !== undefined) return lastingValues(parseEnvFile(file.text, path), shell)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }
  throw new Failure(
    'badInput',
    'Neither .env nor our last copy of it can be read: which key the database is encrypted with is not known.',
    { where: { file: '.env' }, remedy: 'Mend .env, then run again. Nothing was changed.' },
  )
}

/** The files of these paths that exist. @throws Failure for what is no file, or may not be read */
export async function readPresent(
  world: World,
  directory: string,
  paths: Iterable<string>,
): Promise<ReadonlyMap<string, PresentFile>> {
  const present = new Map<string, PresentFile>()
  for (const path of new Set(paths)) {
    const found = await world.files.read(join(directory, path), largestFile)
    if (found.kind === 'file') present.set(path, found)
    else if (found.kind !== 'absent') {
      throw new Failure(
        found.kind === 'unreadable' ? 'surroundings' : 'badInput',
        `${path} cannot be read: ${found.kind === 'unreadable' ? found.reason : 'it is no ordinary file'}.`,
        { where: { file: path }, remedy: `Move it out of ${dirname(join(directory, path))}.` },
      )
    }
  }
  return present
}

/**
 * The install as it would be, which has to be one.
 * @param texts by path; undefined: there is no such file
 * @throws Failure where Compose would not read it
 */
export async function installAfter(
  world: World,
  directory: string,
  { case: present }: SeenBefore,
  texts: ReadonlyMap<string, string | undefined>,
): Promise<{ readonly install: Install; readonly tag: string }> {
  const containers = present?.facts.containers ?? unknown('not asked')
  try {
    const { install } = await readInstall(world, directory, containers, texts)
    if (install.compose === undefined) throw new Failure('badInput', 'there is no Compose file')
    return { install, tag: findRelease(install, undefined, rememberedRelease).tag }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw error.but({
      message: `The files of that time do not go together with what is here now: ${error.message}`,
      remedy: `${error.remedy === undefined ? '' : `${error.remedy} `}Nothing was changed.`,
    })
  }
}
