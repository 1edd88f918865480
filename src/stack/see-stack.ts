import type { Case } from '../controls/control.ts'
import { Failure } from '../failure.ts'
import { ownPaths } from '../install/install.ts'
import type { Stack } from '../live/stack.ts'
import { type History, parseHistory } from '../plan/history.ts'
import type { Masker } from '../secrets/masker.ts'
import { look, type Surroundings } from '../surroundings/look.ts'
import { missingStockFiles } from '../surroundings/read-install.ts'
import type { World } from '../world/world.ts'
import { learnSecrets } from './learn.ts'
import { stackOf } from './steps-from-files.ts'

/** The install that secrets are rotated in, and what runs of it. */
export interface SeenStack {
  readonly around: Surroundings
  readonly case: Case
  readonly history: History
  /** undefined: it was never started, and its files are all there is. */
  readonly stack: Stack | undefined
}

/** Looks at an install that is there; changes nothing. @throws Failure where there is none */
export async function lookAtInstall(world: World, directory: string): Promise<Surroundings> {
  if ((await missingStockFiles(world, directory)).length > 0) {
    throw new Failure('badInput', `There is no Compose file in ${directory}.`, {
      remedy: 'Name the folder of the install with --dir.',
    })
  }
  const nothing = { from: undefined, upstream: undefined, tracecatVersion: undefined }
  return await look(world, directory, { fresh: false, offline: true, ...nothing }, undefined)
}

/**
 * Looks at files and Docker; changes nothing.
 * @throws Failure where there is no install, or Docker cannot say what runs of it
 */
export async function seeStack(
  world: World,
  masker: Masker,
  directory: string,
): Promise<SeenStack> {
  const around = await lookAtInstall(world, directory)
  const { read, release, facts } = around
  if (read.install.env === undefined || around.rebuiltFrom !== undefined) {
    throw new Failure('surroundings', `There is no ${read.install.envPath}.`, {
      remedy: 'tracecat-harden init rebuilds it from the running containers or a backup.',
    })
  }
  learnSecrets(masker, around)
  const seen = {
    around,
    case: { install: read.install, release, facts, answers: undefined },
    history: parseHistory(read.onDisk.get(ownPaths.history)?.text),
  }
  const containers = facts.containers
  if (!containers.known) {
    if (facts.data.state === 'none') return { ...seen, stack: undefined }
    throw new Failure('surroundings', `What runs of this stack is unknown: ${containers.why}.`, {
      remedy: 'Secrets change in the running servers too: run where Docker answers.',
    })
  }
  if (containers.value.length === 0 && facts.data.state === 'none') {
    return { ...seen, stack: undefined }
  }
  const project = containers.value.find((one) => one.project !== '')?.project
  return {
    ...seen,
    stack: stackOf(world, read, project, around.containers.known ? around.containers.value : []),
  }
}
