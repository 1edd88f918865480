import * as z from 'zod/mini'
import { Failure } from '../failure.ts'
import type { World } from '../world/world.ts'
import { stateFileMode, statePaths } from './state-folder.ts'
import { runAsOwner } from './trouble.ts'

const hash = z.string().check(z.regex(/^([0-9a-f]{64}|absent)$/))

const fileSchema = z.object({
  /** As the plan names it, relative to the install. */
  path: z.string(),
  /** The file behind symbolic links: relative to the install, or absolute where it lies outside. */
  target: z.string(),
  /** The name of its staged copy, beside the target; null where the file is removed. */
  staged: z.nullable(z.string().check(z.regex(/^[^/\\]+$/))),
  before: hash,
  after: hash,
})

const journalSchema = z.object({
  version: z.literal(1),
  command: z.string(),
  started: z.string(),
  /**
   * Before the commit point everything is undone, after it everything is finished; `undoing`: what
   * was begun in running servers is being taken back.
   */
  phase: z.enum(['prepared', 'committed', 'undoing']),
  /** What it changes in running servers, in words for people (`postgres`); null where it is files alone. */
  live: z.nullable(z.array(z.string())),
  /** Services that somebody had stopped before: they stay so. Not there where it is files alone. */
  stopped: z.optional(z.array(z.string())),
  /** Name of the backup's folder. */
  backup: z.string().check(z.regex(/^[\w-]+$/)),
  /** Folders that this plan makes, outer ones first. */
  folders: z.array(z.string()),
  files: z.array(fileSchema),
})

/** What is on disk while files change: enough to finish or undo after any crash. Holds no secret. */
export type Journal = z.infer<typeof journalSchema>
export type JournalFile = z.infer<typeof fileSchema>

const largestJournal = 4 * 1024 * 1024

/**
 * Gives the journal of the install in `root`.
 * @throws Failure('midway') where it is damaged; Failure('surroundings') where it may not be read
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
  if (found.kind !== 'file') throw damaged(path)
  let content: unknown
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(found.bytes))
  } catch {
    throw damaged(path)
  }
  const journal = journalSchema.safeParse(content)
  if (!journal.success) throw damaged(path)
  return journal.data
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

function damaged(path: string): Failure {
  return new Failure('midway', 'The journal of an interrupted run is damaged', {
    where: { file: path },
    remedy:
      'It was not written by this version of tracecat-harden, or changed since. Compare your files with the newest folder under .tracecat-harden/backups, put back what you need, then remove the journal.',
  })
}
