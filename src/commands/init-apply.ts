import { type Applied, applyPlan } from '../apply/engine.ts'
import type { FileChange } from '../apply/step.ts'
import type { Plan, PlannedFile } from '../plan/make-plan.ts'
import type { World } from '../world/world.ts'

/** Writes what was planned: all of it, or nothing. */
export async function applyInit(world: World, directory: string, plan: Plan): Promise<Applied> {
  return await applyPlan(world, directory, { command: 'init', changes: plan.files.map(change) })
}

function change(file: PlannedFile): FileChange {
  return {
    path: file.path,
    before: file.before?.hash ?? 'absent',
    after: file.after === undefined ? undefined : new TextEncoder().encode(file.after),
    mode: file.mode,
  }
}
