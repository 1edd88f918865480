import { dirname, join, resolve } from 'node:path'
import { Failure } from '../failure.ts'
import { Masked } from '../secrets/masked.ts'
import type { FileState } from '../world/files.ts'
import type { World } from '../world/world.ts'
import { removeBackup } from './backup.ts'
import {
  type Journal,
  type JournalFile,
  readJournal,
  removeJournal,
  writeJournal,
} from './journal.ts'
import { largestFile, sha256, stateFolder, statePaths } from './state-folder.ts'
import { runSteps, type Step } from './step.ts'
import { reasonOf } from './trouble.ts'

/** The journal's place on disk: relative ones lie in the install. */
export function placeOf(root: string, path: string): string {
  return resolve(root, path)
}

function stagedPath(root: string, file: JournalFile): string | undefined {
  if (file.staged === null) return undefined
  return join(dirname(placeOf(root, file.target)), file.staged)
}

/** Where a file of a committed plan stands; edited by someone else before or after it was switched over. */
type Position = 'before' | 'after' | 'edited-before' | 'edited-after'

async function position(world: World, root: string, file: JournalFile): Promise<Position> {
  const target = hashIn(await world.files.read(placeOf(root, file.target), largestFile))
  const staged = stagedPath(root, file)
  if (staged === undefined) {
    if (target === 'absent') return 'after'
    return target === file.before ? 'before' : 'edited-before'
  }
  // The rename takes the staged copy away: only that tells, where nothing but the mode changes.
  const copy = hashIn(await world.files.read(staged, largestFile))
  if (copy === 'absent') return target === file.after ? 'after' : 'edited-after'
  return target === file.before && copy === file.after ? 'before' : 'edited-before'
}

function hashIn(found: FileState): string {
  if (found.kind === 'file') return sha256(found.bytes)
  return found.kind
}

/**
 * The step that switches all files of a journal over, after the commit point. It can be repeated: files
 * that are new already stay. `run` throws a Failure ('midway') where a file is neither old nor new.
 */
export function filesStep(world: World, root: string, journal: Journal): Step {
  const names = journal.files.map(({ path }) => path).join(', ')
  return {
    id: 'files',
    label: Masked.trusted(`Write ${names}`),
    async state() {
      const positions = new Set<Position>()
      for (const file of journal.files) positions.add(await position(world, root, file))
      const [only] = positions
      return positions.size === 1 && (only === 'before' || only === 'after') ? only : 'unknown'
    },
    async run() {
      const waiting: JournalFile[] = []
      for (const file of journal.files) {
        const now = await position(world, root, file)
        if (now === 'before') waiting.push(file)
        else if (now !== 'after') throw neitherOldNorNew(root, journal, file, now)
      }
      for (const file of waiting) await switchOver(world, root, file)
    },
    undo: () => undo(world, root, journal),
  }
}

async function switchOver(world: World, root: string, file: JournalFile): Promise<void> {
  const target = placeOf(root, file.target)
  const staged = stagedPath(root, file)
  if (staged === undefined) await world.files.remove(target)
  else await world.files.rename(staged, target)
}

/**
 * Can even a committed plan be undone? Yes where all files are old, put back by hand perhaps; and where
 * none was switched over, whatever they hold now: all staged copies and all files to be removed are there.
 */
async function canBeUndone(world: World, root: string, journal: Journal): Promise<boolean> {
  let isOld = true
  let isUntouched = true
  for (const file of journal.files) {
    const target = hashIn(await world.files.read(placeOf(root, file.target), largestFile))
    const staged = stagedPath(root, file)
    const waits =
      staged === undefined
        ? target !== 'absent'
        : hashIn(await world.files.read(staged, largestFile)) === file.after
    isOld &&= target === file.before
    isUntouched &&= waits
  }
  return isOld || isUntouched
}

/** Before the commit point: removes all that was prepared, then the journal. No target is touched. */
export async function undo(world: World, root: string, journal: Journal): Promise<void> {
  // The journal first: a crash from here on must not find "committed" and half of the copies.
  if ((await readJournal(world, root))?.phase === 'committed') {
    await writeJournal(world, root, { ...journal, phase: 'prepared' })
  }
  for (const file of journal.files) {
    const staged = stagedPath(root, file)
    if (staged !== undefined) await world.files.remove(staged)
  }
  const backup = join(statePaths(root).backups, journal.backup)
  const paths = journal.files.map((file) => file.path)
  await removeBackup(world, backup, paths)
  for (const folder of journal.folders.toReversed()) {
    await world.files.removeDirectory(placeOf(root, folder))
  }
  await removeJournal(world, root)
}

/** How a committed plan ended; `why` it could not be finished. */
export type Ending =
  | { readonly outcome: 'finished' }
  | { readonly outcome: 'undone'; readonly why: string }

/**
 * Finishes a committed plan. Where the very first file is refused, or was edited meanwhile, nothing has
 * changed yet and all is undone instead. Throws a Failure ('midway'), and keeps the journal, otherwise.
 */
export async function finishOrUndo(world: World, root: string, journal: Journal): Promise<Ending> {
  try {
    await runSteps([filesStep(world, root, journal)])
    await removeJournal(world, root)
    return { outcome: 'finished' }
  } catch (error) {
    const failure = stoppedMidway(error, journal)
    if (!(failure instanceof Failure) || !(await canBeUndone(world, root, journal))) throw failure
    await undo(world, root, journal)
    return { outcome: 'undone', why: reasonOf(error) ?? 'one was changed by someone else' }
  }
}

/** The Failure for what stopped a plan that touches files; a fault of ours stays what it is. */
export function stoppedMidway(error: unknown, journal: Journal): unknown {
  const reason = reasonOf(error)
  if (reason === undefined) return error
  return new Failure('midway', `Stopped midway while writing the files: ${reason}`, {
    remedy: `Mend that and run again: it goes on where it stopped. The old files are in ${stateFolder}/backups/${journal.backup}.`,
  })
}

function neitherOldNorNew(
  root: string,
  journal: Journal,
  file: JournalFile,
  position: 'edited-before' | 'edited-after',
): Failure {
  const copies = join(stateFolder, 'backups', journal.backup, 'files')
  const created = journal.files.filter(({ before }) => before === 'absent').map(({ path }) => path)
  const wayBack =
    position === 'edited-before'
      ? file.before === 'absent'
        ? 'Move your version away'
        : `Put your version aside and the old one, ${join(copies, file.path)}, in its place`
      : `Put your version aside, put all files of ${copies} back in their places${
          created.length === 0 ? '' : `, move these away: ${created.join(', ')}`
        }`
  return new Failure(
    'midway',
    `An interrupted "${journal.command}" cannot be finished: ${file.path} is neither as it was nor as planned`,
    {
      where: { file: placeOf(root, file.target) },
      remedy: `${wayBack}. Then run again, and carry over what you need.`,
    },
  )
}
