import { Failure } from '../failure.ts'
import type { World } from '../world/world.ts'
import { checkPlaces, type Journal, readJournal } from './journal.ts'
import { installRoot, withLock } from './locked.ts'
import { statePaths } from './state-folder.ts'
import type { MakeSteps, Progress } from './step.ts'
import { finishOrUndo, stoppedMidway, textsOf, undo } from './transaction.ts'

export interface Recovered {
  /** All files are new, or all are as they were; the running servers with them. */
  readonly outcome: 'finished' | 'undone'
  /** The command that was interrupted. */
  readonly command: string
  /** What it changed in running servers, where it did. */
  readonly live: readonly string[] | null
  readonly files: readonly string[]
}

/** How to go on with what was begun in running servers. */
export interface Resume {
  readonly makeSteps: MakeSteps
  readonly progress: Progress
}

/**
 * Ends what a crash interrupted: the start of every command that changes something. Can be interrupted
 * and repeated itself. Throws a Failure: 'midway' where it cannot be ended, 'surroundings' where
 * another run is at work.
 */
export async function recover(
  world: World,
  dir: string,
  resume: Resume,
): Promise<'nothing' | Recovered> {
  const root = await installRoot(world, dir)
  const paths = statePaths(root)
  const isThere = async (path: string) => (await world.files.read(path, 0)).kind !== 'absent'
  if (!(await isThere(paths.journal)) && !(await isThere(paths.nextJournal))) return 'nothing'
  return await withLock(world, root, async () => {
    const journal = await readJournal(world, root)
    if (journal !== undefined) await checkPlaces(world, root, journal)
    if (journal !== undefined) return await end(world, root, journal, resume)
    await world.files.remove(paths.nextJournal)
    return 'nothing'
  })
}

async function end(
  world: World,
  root: string,
  journal: Journal,
  { makeSteps, progress }: Resume,
): Promise<Recovered> {
  const { command, live } = journal
  const files = journal.files.map((file) => file.path)
  try {
    if (journal.phase === 'prepared') {
      await undo(world, root, journal)
      return { outcome: 'undone', command, live, files }
    }
    const running =
      live === null
        ? undefined
        : { steps: await makeSteps(await textsOf(world, root, journal)), progress, fresh: false }
    const { outcome } = await finishOrUndo(world, root, journal, running)
    return { outcome, command, live, files }
  } catch (error) {
    throw stoppedMidway(error, journal)
  }
}

export interface PendingJournal {
  readonly command: string
  /** ISO 8601, UTC. */
  readonly started: string
  /** What the next changing command will do about it. */
  readonly next: 'finish' | 'undo'
  readonly files: readonly string[]
}

/**
 * What `recover` would end, only looked at: for `audit`.
 * @throws Failure('surroundings') where the journal may not be read
 */
export async function pendingJournal(
  world: World,
  dir: string,
): Promise<PendingJournal | 'damaged' | undefined> {
  try {
    const journal = await readJournal(world, dir)
    if (journal === undefined) return undefined
    const { command, started, phase } = journal
    const files = journal.files.map((file) => file.path)
    return { command, started, next: phase === 'committed' ? 'finish' : 'undo', files }
  } catch (error) {
    if (error instanceof Failure && error.kind === 'badInput') return 'damaged'
    throw error
  }
}
