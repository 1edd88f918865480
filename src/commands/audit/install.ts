import type { Answers } from '../../answers/answers.ts'
import { completeAnswers } from '../../answers/complete.ts'
import { parseAnswers } from '../../answers/parse.ts'
import type { PartialAnswers } from '../../answers/schema.ts'
import { unknownAccepted } from '../../controls/accepted-controls.ts'
import type { Control } from '../../controls/control.ts'
import type { HostFacts } from '../../controls/facts.ts'
import { type Judgement, judge } from '../../controls/judge.ts'
import { ownPaths } from '../../install/install.ts'
import type { Release } from '../../release/release.ts'
import { type AuditedInstall, auditedInstall } from '../../report/audit/report.ts'
import type { Masker } from '../../secrets/masker.ts'
import { learnValues } from '../../stack/learn.ts'
import { findRelease } from '../../surroundings/find-release.ts'
import { installDirectory } from '../../surroundings/install-directory.ts'
import { factsOfFolder, readFolder } from '../../surroundings/read-folder.ts'
import type { ReadInstall } from '../../surroundings/read-install.ts'
import type { World } from '../../world/world.ts'

/** What is the same for every install of one call. */
export interface AuditSurroundings {
  readonly controls: readonly Control[]
  readonly host: HostFacts
  /** Is what was seen told, too? */
  readonly withSeen: boolean
}

/**
 * Reads one install and lets the controls judge it. Asks no Docker, writes nothing.
 * @param masker learns the install's secrets
 * @throws Failure where a file of it cannot be read, or the release is unknown
 */
export async function auditInstall(
  outside: World,
  masker: Masker,
  path: string,
  surroundings: AuditSurroundings,
): Promise<AuditedInstall> {
  const directory = await installDirectory(outside, path)
  return await outside.inside(directory, 'look', [], (world) =>
    auditHere(world, masker, directory, surroundings),
  )
}

async function auditHere(
  world: World,
  masker: Masker,
  directory: string,
  { controls, host, withSeen }: AuditSurroundings,
): Promise<AuditedInstall> {
  const read = await readFolder(world, directory)
  learnValues(masker, read.install.values)
  const given = givenAnswers(read)
  const release = findRelease(read.install, given.stated)
  const { answers, accept } = given.complete(release)
  const facts = await factsOfFolder(world, read, host)
  const judgement = judge(controls, { install: read.install, release, facts, answers }, accept)
  const skipped = [...judgement.skipped, ...given.unknown]
  return auditedInstall(directory, release.tag, { ...judgement, skipped }, masker, withSeen)
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
