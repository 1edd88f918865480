import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'

/** Where we keep what we must remember about an install: readable by its owner only. */
export const stateFolder = '.tracecat-harden'
export const stateFolderMode = 0o700
/** Mode of every file in it. */
export const stateFileMode = 0o600

/** Absolute paths in the state folder of the install in `root`. */
export function statePaths(root: string) {
  const folder = join(root, stateFolder)
  return {
    folder,
    lock: join(folder, 'lock'),
    journal: join(folder, 'journal.json'),
    /** The journal while it is being written. */
    nextJournal: join(folder, 'journal.json.new'),
    backups: join(folder, 'backups'),
    /** What a plan that changes servers writes, until all of it is done: a server may have it already. */
    planned: join(folder, 'planned'),
  }
}

/** Larger files are not ours to change: those that we read and write have some hundred KiB at most. */
export const largestFile = 16 * 1024 * 1024

/** SHA-256 in hexadecimal: the form of `FileChange.before`. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A name that nobody else makes: 72 random bits. */
export function uniqueName(): string {
  return randomBytes(9).toString('base64url')
}
