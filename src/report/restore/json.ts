import type { Backup } from '../../apply/backup.ts'
import type { Masked } from '../../secrets/masked.ts'
import type { Masker } from '../../secrets/masker.ts'
import type { TakenStep } from '../live-progress.ts'

export interface RestoreDocument {
  readonly directory: string
  /** null where the files do not say it. */
  readonly release: string | null
  readonly changes?: readonly { readonly path: string; readonly kind: string }[]
  readonly live?: readonly TakenStep[]
  /** The backup that was made of how it was now. */
  readonly backup?: string | null
  readonly next?: readonly string[]
  /** Those that there are, newest first: only where none was named. */
  readonly backups?: readonly Backup[]
}

/** The document of `restore --json`; its shape is part of the contract. */
export function restoreJson(masker: Masker, given: RestoreDocument): Masked {
  const document = {
    version: 1,
    dir: given.directory,
    release: given.release,
    changes: (given.changes ?? []).map(({ path, kind }) => ({ file: path, kind })),
    live: given.live ?? [],
    backup: given.backup ?? null,
    next: given.next ?? [],
    ...(given.backups === undefined
      ? {}
      : {
          backups: given.backups.map(({ id, command, created, files }) => ({
            ...{ id, command, created },
            files: files.map(({ path }) => path),
          })),
        }),
  }
  return masker.mask(JSON.stringify(document, null, 2))
}
