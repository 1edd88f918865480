import { dirname, join, resolve } from 'node:path'
import { Failure } from '../failure.ts'
import { Masked } from '../secrets/masked.ts'
import type { FileState } from '../world/files.ts'
import type { World } from '../world/world.ts'
import { listBackups, removeBackup } from './backup.ts'
import {
  type Journal,
  type JournalFile,
  readJournal,
  removeJournal,
  writeJournal,
} from './journal.ts'
import { largestFile, sha256, stateFolder, statePaths } from './state-folder.ts'
import {
  DoesNotWork,
  type LiveSteps,
  noProgress,
  type PlanTexts,
  type Progress,
  type Step,
  takeBack,
  takeStep,
} from './step.ts'
import { asSentence, reasonOf } from './trouble.ts'

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
  const own = journal.files.map(({ path }) => path)
  const shown = own.filter((path) => !path.startsWith(`${stateFolder}/`))
  const names = (shown.length === 0 ? own : shown).join(', ')
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
  const phase = (await readJournal(world, root))?.phase
  if (phase !== undefined && phase !== 'prepared') {
    await writeJournal(world, root, { ...journal, phase: 'prepared' })
  }
  for (const file of journal.files) {
    const staged = stagedPath(root, file)
    if (staged !== undefined) await world.files.remove(staged)
  }
  const backup = join(statePaths(root).backups, journal.backup)
  const paths = journal.files.map((file) => file.path)
  await removePlanned(world, root, journal)
  await removeBackup(world, backup, paths)
  for (const folder of journal.folders.toReversed()) {
    await world.files.removeDirectory(placeOf(root, folder))
  }
  await removeJournal(world, root)
}

async function removePlanned(world: World, root: string, { live, files }: Journal): Promise<void> {
  if (live === null) return
  const { planned } = statePaths(root)
  for (const index of files.keys()) await world.files.remove(join(planned, String(index)))
  await world.files.removeDirectory(planned)
}

/** How a committed plan ended; `why` it could not be finished. */
export type Ending =
  | { readonly outcome: 'finished' }
  | { readonly outcome: 'undone'; readonly why: string }

/** The running part of a plan: none for files alone. */
export interface Running {
  readonly steps: LiveSteps
  readonly progress: Progress
  /** The plan was committed by this very process: what it has not begun was not begun. */
  readonly fresh: boolean
}

const filesAlone: Running = {
  steps: { before: [], after: [] },
  progress: noProgress,
  fresh: false,
}

/**
 * Finishes a committed plan. Undoes it instead where that leaves nothing half done: before the files are
 * switched over, or where a server refuses what is new. Throws a Failure ('midway'), and keeps the
 * journal, where it can do neither now.
 */
export async function finishOrUndo(
  world: World,
  root: string,
  journal: Journal,
  running: Running = filesAlone,
): Promise<Ending> {
  const { before, after } = running.steps
  if (journal.phase === 'undoing') {
    await goBack(world, root, journal, running)
    return { outcome: 'undone', why: 'what was new did not work' }
  }
  const begun: Step[] = []
  for (const step of [...before, filesStep(world, root, journal), ...after]) {
    try {
      begun.push(step)
      await takeStep(step, running.progress, world.now)
    } catch (error) {
      const failure = stoppedMidway(error, journal)
      if (!(failure instanceof Failure)) throw error
      const mayGoBack = after.includes(step)
        ? error instanceof DoesNotWork
        : await canBeUndone(world, root, journal)
      if (!mayGoBack) throw failure
      await goBack(world, root, journal, running, { failure, begun })
      return { outcome: 'undone', why: whyOf(error) }
    }
  }
  await removePlanned(world, root, journal)
  await removeJournal(world, root)
  return { outcome: 'finished' }
}

function whyOf(error: unknown): string {
  const reason = reasonOf(error)
  if (reason !== undefined) return `Could not write the files: ${reason}`
  if (error instanceof NeitherOldNorNew) {
    return 'Could not write the files: one was changed by someone else'
  }
  return error instanceof Error ? error.message : String(error)
}

/** Servers first, since what they have to forget is known from the files; then the files, then who runs with them. */
async function goBack(
  world: World,
  root: string,
  journal: Journal,
  running: Running,
  cause?: { readonly failure: Failure; readonly begun: readonly Step[] },
): Promise<void> {
  const { steps, progress, fresh } = running
  const mayHaveBegun = (step: Step) => !fresh || cause === undefined || cause.begun.includes(step)
  try {
    if (journal.live !== null) {
      await writeJournal(world, root, { ...journal, phase: 'undoing' })
      for (const step of steps.before.toReversed().filter(mayHaveBegun)) {
        if (step.undo !== undefined && (await step.state()) !== 'before') {
          await takeBack(step, progress, world.now)
        }
      }
      await filesBack(world, root, journal)
      for (const step of steps.after.filter(mayHaveBegun)) {
        await takeBack(step, progress, world.now)
      }
    }
    await undo(world, root, journal)
  } catch (error) {
    const second = stoppedMidway(error, journal)
    if (!(second instanceof Failure)) throw error
    if (cause === undefined) throw second
    const first = asSentence(cause.failure.message)
    throw second.but({
      kind: 'midway',
      message: `${first} Taking it back failed as well: ${whyOf(error)}`,
    })
  }
}

/**
 * Puts the old files back in place of the new ones, which become staged copies again: until the plan is
 * wholly undone, both are there.
 */
async function filesBack(world: World, root: string, journal: Journal): Promise<void> {
  for (const file of journal.files) {
    const target = placeOf(root, file.target)
    if (hashIn(await world.files.read(target, largestFile)) !== file.after) continue
    const staged = stagedPath(root, file)
    if (staged !== undefined) {
      // Its mode alone may be what changes: then the staged copy tells that it was not switched over.
      const copy = hashIn(await world.files.read(staged, largestFile))
      if (copy === file.after && file.before === file.after) continue
      if (copy === 'absent') await world.files.link(target, staged)
    }
    if (file.before === 'absent') await world.files.remove(target)
    else await putBack(world, root, journal, file)
  }
}

/** From the backup, with the owner and the mode that the file had. */
async function putBack(
  world: World,
  root: string,
  journal: Journal,
  file: JournalFile,
): Promise<void> {
  const target = placeOf(root, file.target)
  const copy = await world.files.read(
    join(statePaths(root).backups, journal.backup, 'files', file.path),
    largestFile,
  )
  const manifest = (await listBackups(world, root)).find(({ id }) => id === journal.backup)
  const old = manifest?.files.find(({ path }) => path === file.path)?.before
  if (copy.kind === 'file' && hashIn(copy) !== file.before) {
    throw new Failure('midway', `The backup of ${file.path} was changed since`, {
      where: { file: target },
      remedy: `Put your own copy of it in its place, then run again.`,
    })
  }
  if (copy.kind !== 'file' || old === undefined || old === 'absent') {
    throw new Failure('midway', `The backup of ${file.path} is gone`, {
      where: { file: target },
      remedy: `Put your own copy of it in its place, then run again.`,
    })
  }
  const temporary = `${target}.${stateFolder.slice(1)}-old`
  await world.files.remove(temporary)
  await world.files.create(temporary, copy.bytes, old.mode, { uid: old.uid, gid: old.gid })
  await world.files.rename(temporary, target)
}

/** What the files of a journal hold, old and new, wherever they lie at the moment. */
export async function textsOf(world: World, root: string, journal: Journal): Promise<PlanTexts> {
  const before = new Map<string, string | undefined>()
  const after = new Map<string, string | undefined>()
  const { backups, planned } = statePaths(root)
  for (const [index, file] of journal.files.entries()) {
    const backup = join(backups, journal.backup, 'files', file.path)
    before.set(file.path, await firstText(world, [backup], file.before))
    const copies = [join(planned, String(index)), placeOf(root, file.target)]
    after.set(file.path, await firstText(world, copies, file.after))
  }
  return { before, after, stopped: journal.stopped }
}

/** Of the copies the one that has the journal's hash: what somebody edited is not what a server is given. */
async function firstText(
  world: World,
  paths: readonly string[],
  hash: string,
): Promise<string | undefined> {
  if (hash === 'absent') return undefined
  for (const path of paths) {
    const found = await world.files.read(path, largestFile)
    if (found.kind === 'file' && hashIn(found) === hash) {
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(found.bytes)
    }
  }
  return undefined
}

/** The Failure for what stopped a plan after its commit point; a fault of ours stays what it is. */
export function stoppedMidway(error: unknown, journal: Journal): unknown {
  const again = `Mend that and run again: it goes on where it stopped. The old files are in ${stateFolder}/backups/${journal.backup}.`
  const reason = reasonOf(error)
  if (reason !== undefined) {
    return new Failure('midway', `Stopped midway while writing the files: ${reason}`, {
      remedy: again,
    })
  }
  if (!(error instanceof Failure) || error.kind === 'midway') return error
  return error.but({
    kind: 'midway',
    message: `Stopped midway: ${error.message}`,
    remedy: error.remedy === undefined ? again : `${error.remedy}\n${again}`,
  })
}

/** Somebody edited a file while a plan was under way. */
class NeitherOldNorNew extends Failure {}

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
  return new NeitherOldNorNew(
    'midway',
    `An interrupted "${journal.command}" cannot be finished: ${file.path} is neither as it was nor as planned`,
    {
      where: { file: placeOf(root, file.target) },
      remedy: `${wayBack}. Then run again, and carry over what you need.`,
    },
  )
}
