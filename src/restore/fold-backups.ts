import { isAbsolute, normalize } from 'node:path'
import type { Backup } from '../apply/backup.ts'
import { stateFolder } from '../apply/state-folder.ts'
import { Failure } from '../failure.ts'

/** How a file was before the run that made a backup. */
export interface OldFile {
  /** Relative to the install. */
  readonly path: string
  /** The backup that tells: the chosen one, or a later one where that was the first to change it. */
  readonly backup: string
  readonly before: Backup['files'][number]['before']
  /** Hashes of all that was written there since: anything else is somebody else's. */
  readonly written: ReadonlySet<string>
}

/**
 * How things were before the run that made the backup `id`. Each backup holds only what its own run
 * changed, so that of each file the first one from there on counts.
 * @param backups all of them, oldest first
 * @throws Failure('badInput') for a backup that names what is no file of an install
 */
export function foldBackups(backups: readonly Backup[], id: string): ReadonlyMap<string, OldFile> {
  const folded = new Map<string, OldFile & { readonly written: Set<string> }>()
  for (const backup of backups.slice(backups.findIndex((one) => one.id === id))) {
    for (const { path, before, after } of backup.files) {
      if (!isFileOfInstall(path)) throw namesStrangers(backup, path)
      const first = folded.get(path)
      if (first !== undefined) first.written.add(after)
      else folded.set(path, { path, backup: backup.id, before, written: new Set([after]) })
    }
  }
  return folded
}

function isFileOfInstall(path: string): boolean {
  if (isAbsolute(path) || normalize(path) !== path || path.endsWith('/')) return false
  const [first, second = ''] = path.split('/')
  if (first === '..' || first === '.' || first === '') return false
  return first !== stateFolder || !/^$|^(?:backups|lock|journal)\b/.test(second)
}

function namesStrangers({ id }: Backup, path: string): Failure {
  return new Failure('badInput', `The backup ${id} is damaged: it names ${path}`, {
    remedy: 'No run of tracecat-harden writes that. Nothing was changed.',
  })
}
