import { type Applied, applyPlan } from '../../apply/engine.ts'
import type { Failure } from '../../failure.ts'
import { type LiveProgress, liveProgress } from '../../report/live-progress.ts'
import type { PreparedRestore } from '../../restore/prepare.ts'
import type { RestoreRun } from './options.ts'

/** Puts back what was prepared, in files and servers; all of it, or nothing. */
export async function applyRestore(
  { world, masker, directory, print }: RestoreRun,
  prepared: PreparedRestore,
): Promise<{
  readonly applied: Applied
  readonly live: LiveProgress['taken']
  readonly unwell: readonly Failure[]
}> {
  const { report } = prepared
  const { changes, secrets } = report.plan
  const unwell: Failure[] = []
  const progress = liveProgress((line) => print(line.reveal()), masker, 'restore')
  const live = await prepared.livePlan(progress, unwell)
  print('')
  const applied = await applyPlan(world, directory, {
    command: 'restore',
    changes,
    ...(live === undefined
      ? {}
      : { live: { ...live, subjects: secrets.length > 0 ? secrets : ['the running stack'] } }),
  })
  return { applied, live: progress.taken, unwell }
}
