import { Failure } from '../failure.ts'
import type { HeldInterrupts } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { pruneBackups } from './backup.ts'
import { type Journal, readJournal, writeJournal } from './journal.ts'
import { installRoot, withLock } from './locked.ts'
import { draftJournal, prepare } from './prepare.ts'
import type { FileChange } from './step.ts'
import { findTargets, type Target } from './targets.ts'
import { finishOrUndo, stoppedMidway, undo } from './transaction.ts'
import { nothingChanged, orFailure, reasonOf } from './trouble.ts'

export interface FilePlan {
  /** The command that the plan belongs to, for journal and backup: `init`. */
  readonly command: string
  readonly changes: readonly FileChange[]
}

export interface Applied {
  /** The backup's id; null where nothing had to change. */
  readonly backup: string | null
  readonly changed: readonly {
    readonly path: string
    readonly kind: 'create' | 'update' | 'remove'
  }[]
}

/**
 * Changes all files of the plan, or none. Interrupts wait meanwhile: before the commit point they undo,
 * after it the plan is finished. Throws a Failure: 'surroundings' or 'badInput' (nothing was changed),
 * 'cancelled' (nothing was changed), 'midway' (the journal is kept; `recover` goes on).
 */
export async function applyPlan(world: World, dir: string, plan: FilePlan): Promise<Applied> {
  const root = await installRoot(world, dir)
  if ((await findTargets(world, root, plan.changes)).length === 0) {
    return { backup: null, changed: [] }
  }
  const interrupts = world.interrupts.hold()
  try {
    return await withLock(world, root, (madeStateFolder) =>
      transact(world, root, plan, interrupts, madeStateFolder),
    )
  } finally {
    interrupts.release()
  }
}

async function transact(
  world: World,
  root: string,
  plan: FilePlan,
  interrupts: HeldInterrupts,
  madeStateFolder: boolean,
): Promise<Applied> {
  if ((await readJournal(world, root)) !== undefined) {
    throw new Failure('surroundings', 'An interrupted run has to be finished first', {
      remedy: 'Nothing was changed. Run again.',
    })
  }
  // Again, now that nobody of our kind can write any more.
  const targets = await findTargets(world, root, plan.changes)
  if (targets.length === 0) return { backup: null, changed: [] }
  const draft = await draftJournal(world, root, plan.command, targets, madeStateFolder)
  const journal = await commit(world, root, draft, targets, plan, interrupts)
  const ending = await finishOrUndo(world, root, journal).catch((error: unknown) => {
    throw stoppedMidway(error, journal)
  })
  if (ending.outcome === 'undone') {
    throw nothingChanged(new Failure('surroundings', `Could not write the files: ${ending.why}`))
  }
  // The files are as planned: that an old backup could not be removed is no reason to say otherwise.
  await pruneBackups(world, root, journal.backup).catch((error: unknown) => {
    if (reasonOf(error) === undefined) throw error
  })
  return { backup: journal.backup, changed: targets.map(summary) }
}

/** Everything up to the commit point: from there on the journal says that the plan is finished, not undone. */
async function commit(
  world: World,
  root: string,
  draft: Journal,
  targets: readonly Target[],
  plan: FilePlan,
  interrupts: HeldInterrupts,
): Promise<Journal> {
  const committed: Journal = { ...draft, phase: 'committed' }
  try {
    await orFailure('write the journal', () => writeJournal(world, root, draft))
    await prepare(world, root, draft, targets)
    if (interrupts.requested()) throw new Failure('cancelled', 'Cancelled. Nothing was changed.')
    await findTargets(world, root, plan.changes)
    await orFailure('write the journal', () => writeJournal(world, root, committed))
    return committed
  } catch (error) {
    await undoAfter(error, world, root, committed)
    throw nothingChanged(error)
  }
}

async function undoAfter(
  cause: unknown,
  world: World,
  root: string,
  journal: Journal,
): Promise<void> {
  try {
    await undo(world, root, journal)
  } catch (error) {
    const first = cause instanceof Error ? cause.message : String(cause)
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    throw new Failure('midway', `${first}. What was prepared could not be removed: ${reason}`, {
      remedy: 'Your files are unchanged. Mend that and run again: it is removed then.',
    })
  }
}

function summary({ change, found }: Target): Applied['changed'][number] {
  if (change.after === undefined) return { path: change.path, kind: 'remove' }
  return { path: change.path, kind: found.kind === 'absent' ? 'create' : 'update' }
}
