import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import * as z from 'zod/mini'
import { Failure } from '../failure.ts'
import {
  isPathInside,
  parseStateFile,
  pathInside,
  refused,
  sha256Hash,
  shortText,
  time,
} from '../install/state-file.ts'
import type { World } from '../world/world.ts'
import { isBackupId } from './backup-id.ts'
import { stateFileMode, stateFolder, statePaths } from './state-folder.ts'
import { runAsOwner } from './trouble.ts'

const hash = z.union([z.literal('absent'), sha256Hash])

/** The end of a staged copy's name: nobody else's file is called so. */
const stagedMark = /^\.tracecat-harden-[\w-]{12}$/

const fileSchema = () =>
  z
    .strictObject({
      /** As the plan names it, relative to the install. */
      path: pathInside,
      /** The file behind symbolic links: relative to the install, or absolute where it lies outside. */
      target: z.string().check(
        z.refine(
          (path) => isPathInside(path) || (isAbsolute(path) && isPathInside(path.slice(1))),
          {
            error: 'is no path of a file',
          },
        ),
      ),
      /** The name of its staged copy, beside the target; null where the file is removed. */
      staged: z.nullable(z.string()),
      before: hash,
      after: hash,
    })
    .check(
      z.refine(({ target, staged }) => staged === null || isStagedName(staged, target), {
        error: 'is not the name of a staged copy',
        path: ['staged'],
      }),
      z.refine(({ staged, after }) => (staged === null) === (after === 'absent'), {
        error: 'is not what becomes of such a file',
        path: ['after'],
      }),
    )

function isStagedName(staged: string, target: string): boolean {
  const name = basename(target)
  return staged.startsWith(name) && stagedMark.test(staged.slice(name.length))
}

const mostFiles = 1000

const journalSchema = () =>
  z.strictObject({
    version: z.literal(1),
    command: shortText,
    started: time,
    /**
     * Before the commit point everything is undone, after it everything is finished; `undoing`: what
     * was begun in running servers is being taken back.
     */
    phase: z.enum(['prepared', 'committed', 'undoing']),
    /** What it changes in running servers, in words for people (`postgres`); null where it is files alone. */
    live: z.nullable(z.array(shortText)),
    /** Services that somebody had stopped before: they stay so. Not there where it is files alone. */
    stopped: z.optional(z.array(shortText)),
    /** Name of the backup's folder. */
    backup: z.string().check(z.refine(isBackupId, { error: 'is no name of a backup' })),
    /** Folders that this plan makes, outer ones first. */
    folders: z.array(pathInside).check(z.maxLength(mostFiles, { error: 'is too long' })),
    files: z.array(fileSchema()).check(z.maxLength(mostFiles, { error: 'is too long' })),
  })

/** What is on disk while files change: enough to finish or undo after any crash. Holds no secret. */
export type Journal = z.infer<ReturnType<typeof journalSchema>>
export type JournalFile = z.infer<ReturnType<typeof fileSchema>>

const largestJournal = 4 * 1024 * 1024

/**
 * Gives the journal of the install in `root`.
 * @throws Failure('badInput') where it is damaged or names what no run of ours does; Failure('surroundings') where it may not be read
 */
export async function readJournal(world: World, root: string): Promise<Journal | undefined> {
  const path = statePaths(root).journal
  const found = await world.files.read(path, largestJournal)
  if (found.kind === 'absent') return undefined
  if (found.kind === 'unreadable') {
    throw new Failure('surroundings', `Could not read ${path}: ${found.reason}.`, {
      remedy: runAsOwner,
    })
  }
  if (found.kind !== 'file') {
    const what = found.kind === 'not-a-file' ? found.what : 'too large'
    throw refused(journalName, `it is ${what}`, remedy)
  }
  const text = new TextDecoder().decode(found.bytes)
  return parseStateFile(journalSchema, text, { file: journalName, remedy })
}

const journalName = `${stateFolder}/journal.json`
const remedy =
  'Nothing was changed. It was not written by this version of tracecat-harden, or changed since. Compare your files with the newest folder under .tracecat-harden/backups, put back what you need, then remove the journal.'

/**
 * The files must lie where the journal says, by the links that are there now: it names no place of its own.
 * @throws Failure('badInput') where one does not
 */
export async function checkPlaces(world: World, root: string, journal: Journal): Promise<void> {
  for (const file of journal.files) {
    const lexical = join(root, file.path)
    const place =
      file.after === 'absent'
        ? join(await world.files.resolve(dirname(lexical)), basename(lexical))
        : await world.files.resolve(lexical)
    if (place !== resolve(root, file.target)) {
      throw refused(journalName, `${file.path} is not where it says`, remedy)
    }
  }
}

/** Puts the journal on disk, all at once. Only for who holds the lock. */
export async function writeJournal(world: World, root: string, journal: Journal): Promise<void> {
  const paths = statePaths(root)
  await world.files.remove(paths.nextJournal)
  const bytes = new TextEncoder().encode(`${JSON.stringify(journal, null, 2)}\n`)
  await world.files.create(paths.nextJournal, bytes, stateFileMode, world.owner)
  await world.files.rename(paths.nextJournal, paths.journal)
}

/** The last act of a plan, done or undone. */
export async function removeJournal(world: World, root: string): Promise<void> {
  const paths = statePaths(root)
  await world.files.remove(paths.nextJournal)
  await world.files.remove(paths.journal)
}
