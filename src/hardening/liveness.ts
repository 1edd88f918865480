import type { LivePlan } from '../apply/engine.ts'
import { isUp } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { ownPaths } from '../install/install.ts'
import type { Plan } from '../plan/make-plan.ts'
import type { Masker } from '../secrets/masker.ts'
import {
  refuseDisagreement,
  refuseDrift,
  refuseForeignPasswords,
  refuseOtherFolder,
} from '../stack/check.ts'
import { stackOf, stepsFromFiles, transitionBetween } from '../stack/steps-from-files.ts'
import type { Surroundings } from '../surroundings/look.ts'
import type { World } from '../world/world.ts'

/** Can what `init` writes be brought into the running stack in the same run? */
export type Liveness =
  | { readonly kind: 'possible' }
  /** Nothing runs that would have to follow. */
  | { readonly kind: 'nothing-runs' }
  | { readonly kind: 'impossible'; readonly why: string }

/** Looks at the running stack before anything is planned; changes nothing. */
export async function livenessOf(
  world: World,
  { facts, read, rebuiltFrom, containers: all }: Surroundings,
): Promise<Liveness> {
  const { containers } = facts
  if (!containers.known || facts.fresh || !containers.value.some(isUp)) {
    return { kind: 'nothing-runs' }
  }
  const { install } = read
  if (rebuiltFrom !== undefined) {
    return { kind: 'impossible', why: `${install.envPath} has to be there first, as it is rebuilt` }
  }
  if (install.env === undefined || install.compose === undefined) return { kind: 'nothing-runs' }
  if (!read.sourcePathsAfter.includes(install.overridePath)) {
    return {
      kind: 'impossible',
      why: `its containers were started with other files (-f): ${install.overridePath} has to be among them first`,
    }
  }
  const project = containers.value.find((one) => one.project !== '')?.project
  const stack = stackOf(world, read, project, all.known ? all.value : [])
  return await possibleUnless(async () => {
    refuseOtherFolder(all, stack, install)
    await refuseForeignPasswords(stack, install)
    await refuseDrift(world, stack, install)
  })
}

/** Do the servers agree with the files that the plan starts from? */
export async function planIsLive(
  world: World,
  masker: Masker,
  { directory, containers }: Surroundings,
  plan: Plan,
): Promise<Liveness> {
  const where = { world, masker, directory, unwell: () => undefined, seen: containers }
  const before = new Map(plan.files.map((file) => [file.path, file.before?.text]))
  const after = new Map(plan.files.map((file) => [file.path, file.after]))
  return await possibleUnless(async () =>
    refuseDisagreement(await transitionBetween(where, before, after)),
  )
}

async function possibleUnless(check: () => Promise<void>): Promise<Liveness> {
  try {
    await check()
    return { kind: 'possible' }
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'surroundings') throw error
    return { kind: 'impossible', why: error.message }
  }
}

/** Is there anything that the running stack would notice? */
export function changesTheStack(plan: Plan): boolean {
  const unseen = [ownPaths.answers, '.gitignore', '.dockerignore']
  return plan.files.some(
    ({ path }) => !path.startsWith(`${ownPaths.state}/`) && !unseen.includes(path),
  )
}

/** The plan's part in the running stack. @param unwell collects services that do not come up */
export function livePlan(
  world: World,
  masker: Masker,
  directory: string,
  progress: LivePlan['progress'],
  unwell: Failure[],
): LivePlan {
  const where = {
    world,
    masker,
    directory,
    unwell: (failure: Failure) => void unwell.push(failure),
  }
  return { subjects: ['the running stack'], makeSteps: stepsFromFiles(where), progress }
}
