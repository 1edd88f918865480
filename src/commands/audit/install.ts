import { join } from 'node:path'
import type { Answers } from '../../answers/answers.ts'
import { completeAnswers } from '../../answers/complete.ts'
import { parseAnswers } from '../../answers/parse.ts'
import type { PartialAnswers } from '../../answers/schema.ts'
import { pendingJournal } from '../../apply/recover.ts'
import { unknownAccepted } from '../../controls/accepted-controls.ts'
import type { Control } from '../../controls/control.ts'
import { type Facts, type HostFacts, known, unknown } from '../../controls/facts.ts'
import { type Judgement, judge } from '../../controls/judge.ts'
import { Failure } from '../../failure.ts'
import { ownPaths } from '../../install/install.ts'
import type { Release } from '../../release/release.ts'
import { type AuditedInstall, auditedInstall } from '../../report/audit/report.ts'
import type { Masker } from '../../secrets/masker.ts'
import { learnValues } from '../../stack/learn.ts'
import { findRelease } from '../../surroundings/find-release.ts'
import { readKeyFacts } from '../../surroundings/fingerprints.ts'
import { readGit } from '../../surroundings/git.ts'
import { installDirectory } from '../../surroundings/install-directory.ts'
import { openCopies } from '../../surroundings/open-copies.ts'
import { parsePrivileges } from '../../surroundings/privileges.ts'
import { type ReadInstall, readInstall } from '../../surroundings/read-install.ts'
import type { World } from '../../world/world.ts'

/** What is the same for every install of one call. */
export interface AuditSurroundings {
  readonly controls: readonly Control[]
  readonly host: HostFacts
}

const notAsked = unknown('audit asks no Docker')

/**
 * Reads one install and lets the controls judge it. Asks no Docker, writes nothing.
 * @param masker learns the install's secrets
 * @throws Failure where a file of it cannot be read, or the release is unknown
 */
export async function auditInstall(
  world: World,
  masker: Masker,
  path: string,
  { controls, host }: AuditSurroundings,
): Promise<AuditedInstall> {
  const directory = await installDirectory(world, path)
  const read = await readCompose(world, directory)
  learnValues(masker, read.install.values)
  const given = givenAnswers(read)
  const release = findRelease(read.install, given.stated)
  const { answers, accept } = given.complete(release)
  const facts = await factsOf(world, read, host)
  const judgement = judge(controls, { install: read.install, release, facts, answers }, accept)
  const skipped = [...judgement.skipped, ...given.unknown]
  return auditedInstall(directory, release.tag, { ...judgement, skipped }, masker)
}

async function readCompose(world: World, directory: string): Promise<ReadInstall> {
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
    const { message, where, remedy } = error
    throw new Failure('badInput', message, {
      ...(where === undefined ? {} : { where }),
      ...(remedy === undefined ? {} : { remedy }),
    })
  }
}

interface GivenAnswers {
  /** The release, where the answers name it. */
  readonly stated: string | undefined
  /** Accepted controls that there are not: another version may have them, so that it is only said. */
  readonly unknown: Judgement['skipped']
  complete(release: Release): {
    readonly answers: Answers | undefined
    readonly accept: PartialAnswers['accept'] & {}
  }
}

/**
 * The answers of the folder. A file that only accepts risks is no answer to `init` yet, and counts
 * all the same: an install that was never hardened may have accepted risks, too.
 * @throws Failure('badInput') with file and line for answers that cannot be
 */
function givenAnswers({ onDisk }: ReadInstall): GivenAnswers {
  const text = onDisk.get(ownPaths.answers)?.text
  if (text === undefined)
    return { stated: undefined, unknown: [], complete: () => ({ answers: undefined, accept: [] }) }
  const { answers: given, locate } = parseAnswers(text, ownPaths.answers)
  const { accept = [], tracecatVersion, ...rest } = given
  return {
    stated: tracecatVersion,
    unknown: unknownAccepted(given).map(({ control, path, text }) => {
      const { file = ownPaths.answers, line } = locate(path) ?? {}
      return {
        control,
        reason: `accepted in ${file}${line === undefined ? '' : `:${line}`}, but ${text}`,
      }
    }),
    complete: (release) => ({
      answers:
        Object.keys(rest).length === 0 ? undefined : completeAnswers(given, { release, locate }),
      accept,
    }),
  }
}

async function factsOf(
  world: World,
  { install, onDisk, shell, entries }: ReadInstall,
  host: HostFacts,
): Promise<Facts> {
  const interrupted = await asInput(() => pendingJournal(world, install.directory))
  const folder = await world.files.read(install.directory, 0)
  const folderMode = folder.kind === 'not-a-file' ? folder.mode : undefined
  return {
    docker: notAsked,
    containers: notAsked,
    data: { state: 'unknown', why: notAsked.why },
    fresh: false,
    host,
    privileges: parsePrivileges(onDisk.get(ownPaths.privileges)?.text),
    shell: new Map(
      Object.entries(shell).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value] as const],
      ),
    ),
    git: await gitFacts(world, install.directory, install.envPath),
    redisAppends: notAsked,
    keys: await readKeyFacts(onDisk.get(ownPaths.fingerprints)?.text, install.values),
    ...(folderMode === undefined ? {} : { folderMode }),
    openCopies: await openCopies(world, install.directory, entries, install.envPath),
    ...(interrupted === undefined ? {} : { interrupted }),
  }
}

/** Two processes for each of a thousand installs take seconds: most folders are in no checkout. */
async function gitFacts(world: World, directory: string, envPath: string): Promise<Facts['git']> {
  for (let folder = directory; ; folder = join(folder, '..')) {
    const state = await world.files.read(join(folder, '.git'), 0)
    if (state.kind !== 'absent') return await readGit(world, directory, envPath)
    if (folder === join(folder, '..')) return known({ checkout: false, trackedEnv: false })
  }
}
