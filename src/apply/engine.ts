import { Failure } from '../failure.ts'
import type { HeldInterrupts } from '../world/process.ts'
import type { World } from '../world/world.ts'
import { discardBackups, listBackups, pruneBackups } from './backup.ts'
import { type Journal, readJournal, writeJournal } from './journal.ts'
import { installRoot, withLock } from './locked.ts'
import { draftJournal, prepare } from './prepare.ts'
import type { FileChange, MakeSteps, Progress } from './step.ts'
import { findTargets, type Target } from './targets.ts'
import { finishOrUndo, type Running, stoppedMidway, textsOf, undo } from './transaction.ts'
import { asSentence, nothingChanged, orFailure, reasonOf } from './trouble.ts'

export interface FilePlan {
  /** The command that the plan belongs to, for journal and backup: `init`. */
  readonly command: string
  readonly changes: readonly FileChange[]
  /** What it does in running servers, where it does anything there. */
  readonly live?: LivePlan
  /** An earlier backup of the same run: where it covers these files, this plan's own goes at the end. */
  readonly runBackup?: string | undefined
}

export interface LivePlan {
  /** What changes, for journal and messages: `postgres`. */
  readonly subjects: readonly string[]
  readonly makeSteps: MakeSteps
  readonly progress: Progress
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
 * 'canceled' (nothing was changed), 'midway' (the journal is kept; `recover` goes on).
 */
export async function applyPlan(world: World, dir: string, plan: FilePlan): Promise<Applied> {
  const root = await installRoot(world, dir)
  if ((await findTargets(world, root, plan.changes)).length === 0) {
    return { backup: null, changed: [] }
  }
  return await withLock(world, root, (madeStateFolder, interrupts) =>
    transact(world, root, plan, interrupts, madeStateFolder),
  )
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
  const { command, live } = plan
  const draft = await draftJournal(
    world,
    root,
    { command, live: live?.subjects },
    targets,
    madeStateFolder,
  )
  const { journal, running } = await commit(world, root, draft, targets, plan, interrupts)
  const ending = await finishOrUndo(world, root, journal, running).catch((error: unknown) => {
    throw stoppedMidway(error, journal)
  })
  if (ending.outcome === 'undone') {
    throw nothingChanged(new Failure('surroundings', ending.why))
  }
  const backup = await tidyBackups(world, root, journal, plan.runBackup)
  return { backup, changed: targets.map(summary) }
}

async function runningPart(
  world: World,
  root: string,
  journal: Journal,
  { makeSteps, progress }: LivePlan,
): Promise<Running> {
  return { steps: await makeSteps(await textsOf(world, root, journal)), progress, fresh: true }
}

/** One run of several plans is one backup: how things were before the first of them. */
async function tidyBackups(
  world: World,
  root: string,
  journal: Journal,
  runBackup: string | undefined,
): Promise<string> {
  let kept = journal.backup
  try {
    const first = (await listBackups(world, root)).find(({ id }) => id === runBackup)
    const covered = new Set(first?.files.map(({ path }) => path))
    if (first !== undefined && journal.files.every(({ path }) => covered.has(path))) {
      kept = first.id
      await discardBackups(world, root, [journal.backup])
    } else {
      await pruneBackups(world, root, journal.backup)
    }
  } catch (error) {
    // The files are as planned: that a backup could not be removed is no reason to say otherwise.
    if (reasonOf(error) === undefined) throw error
  }
  return kept
}

/** Everything up to the commit point: from there on the journal says that the plan is finished, not undone. */
async function commit(
  world: World,
  root: string,
  draft: Journal,
  targets: readonly Target[],
  plan: FilePlan,
  interrupts: HeldInterrupts,
): Promise<{ readonly journal: Journal; readonly running: Running | undefined }> {
  let committed: Journal = { ...draft, phase: 'committed' }
  try {
    await orFailure('write the journal', () => writeJournal(world, root, draft))
    await prepare(world, root, draft, targets)
    const running =
      plan.live === undefined ? undefined : await runningPart(world, root, draft, plan.live)
    const stopped = running?.steps.stopped
    if (stopped !== undefined) committed = { ...committed, stopped: [...stopped] }
    if (interrupts.requested()) throw new Failure('canceled', 'Canceled. Nothing was changed.')
    await findTargets(world, root, plan.changes)
    await orFailure('write the journal', () => writeJournal(world, root, committed))
    return { journal: committed, running }
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
    throw new Failure(
      'midway',
      `${asSentence(first)} What was prepared could not be removed: ${reason}`,
      {
        remedy: 'Your files are unchanged. Mend that and run again: it is removed then.',
      },
    )
  }
}

function summary({ change, found }: Target): Applied['changed'][number] {
  if (change.after === undefined) return { path: change.path, kind: 'remove' }
  return { path: change.path, kind: found.kind === 'absent' ? 'create' : 'update' }
}
