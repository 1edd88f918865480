import type { Control } from '../../controls/control.ts'
import type { HostFacts } from '../../controls/facts.ts'
import { judge } from '../../controls/judge.ts'
import { ownPaths } from '../../install/install.ts'
import { type AuditedInstall, auditedInstall } from '../../report/audit/report.ts'
import type { Masker } from '../../secrets/masker.ts'
import { learnValues } from '../../stack/learn.ts'
import { findRelease } from '../../surroundings/find-release.ts'
import { installDirectory } from '../../surroundings/install-directory.ts'
import { factsOfFolder, readFolder } from '../../surroundings/read-folder.ts'
import type { ReadInstall } from '../../surroundings/read-install.ts'
import { load } from '../../world/loading.ts'
import type { World } from '../../world/world.ts'
import type { GivenAnswers } from './given-answers.ts'

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
  const given = await answersOf(read)
  const release = findRelease(read.install, given?.stated)
  const { answers, accept } = given?.complete(release) ?? { answers: undefined, accept: [] }
  const facts = await factsOfFolder(world, read, host)
  const judgement = judge(controls, { install: read.install, release, facts, answers }, accept)
  const skipped = [...judgement.skipped, ...(given?.unknown ?? [])]
  return auditedInstall(directory, release.tag, { ...judgement, skipped }, masker, withSeen)
}

/** Most folders hold no answers, and need nothing that reads them. */
async function answersOf({ onDisk }: ReadInstall): Promise<GivenAnswers | undefined> {
  const text = onDisk.get(ownPaths.answers)?.text
  if (text === undefined) return undefined
  const { givenAnswers } = await load(() => import('./given-answers.ts'))
  return givenAnswers(text)
}
