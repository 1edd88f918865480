import { type Applied, applyPlan } from '../../apply/engine.ts'
import type { FileChange } from '../../apply/step.ts'
import type { Failure } from '../../failure.ts'
import { livePlan } from '../../hardening/liveness.ts'
import type { PlannedFile } from '../../plan/make-plan.ts'
import type { InitReport } from '../../report/init/report.ts'
import { type LiveProgress, liveProgress, type TakenStep } from '../../report/live-progress.ts'
import type { Masked } from '../../secrets/masked.ts'
import type { Masker } from '../../secrets/masker.ts'
import type { World } from '../../world/world.ts'

export interface AppliedInit {
  readonly applied: Applied
  readonly live: readonly TakenStep[]
  /** Services that did not come up, though every credential is in order. */
  readonly unwell: readonly Failure[]
}

/** Writes what was planned, and brings it into the running stack where that follows: all of it, or nothing. */
export async function applyInit(
  world: World,
  masker: Masker,
  directory: string,
  { plan, live }: InitReport,
  print: (line: Masked) => void,
): Promise<AppliedInit> {
  const unwell: Failure[] = []
  const progress: LiveProgress = liveProgress(print, masker, 'init')
  const applied = await applyPlan(world, directory, {
    command: 'init',
    changes: plan.files.map(change),
    ...(live ? { live: livePlan(world, masker, directory, progress, unwell) } : {}),
  })
  return { applied, live: progress.taken, unwell }
}

function change(file: PlannedFile): FileChange {
  return {
    path: file.path,
    before: file.before?.hash ?? 'absent',
    after: file.after === undefined ? undefined : new TextEncoder().encode(file.after),
    mode: file.mode,
  }
}
