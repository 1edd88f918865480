import { closest } from '../answers/closest.ts'
import { type Backup, damagedBackups, keptBackups, listBackups } from '../apply/backup.ts'
import { readBackupCopy } from '../apply/backup-copy.ts'
import { Failure } from '../failure.ts'
import type { World } from '../world/world.ts'
import { foldBackups } from './fold-backups.ts'
import type { OldContent } from './restored-file.ts'

/** A backup, and all that was changed from its run on. */
export interface Chain {
  readonly chosen: Backup
  /** By path, as it was before that run. */
  readonly old: ReadonlyMap<string, OldContent>
  /** Backups of runs in between may have been removed: what only they changed is not known. */
  readonly hasGap: boolean
}

/**
 * Reads what a backup leads back to.
 * @throws Failure('badInput') for an id that is none, with what there is, or for one that is damaged
 */
export async function readChain(world: World, directory: string, id: string): Promise<Chain> {
  const backups = await listBackups(world, directory)
  const damaged = await damagedBackups(world, directory)
  const index = backups.findIndex((one) => one.id === id)
  const chosen = backups[index]
  if (chosen === undefined) {
    throw damaged.includes(id) ? notWhole(id, id) : noSuchBackup(id, backups)
  }
  const inBetween = damaged.find((name) => name.slice(0, 20) >= id.slice(0, 20))
  if (inBetween !== undefined) throw notWhole(id, inBetween)
  const old = new Map<string, OldContent>()
  for (const [path, file] of foldBackups(backups, id)) {
    const { before, backup } = file
    const bytes =
      before === 'absent'
        ? undefined
        : await readBackupCopy(world, directory, backup, path, before.sha256)
    old.set(path, { ...file, bytes })
  }
  return { chosen, old, hasGap: index === 0 && backups.length > keptBackups }
}

function noSuchBackup(id: string, backups: readonly Backup[]): Failure {
  const ids = backups.map((one) => one.id).reverse()
  const meant = closest(id, ids)
  return new Failure('badInput', `There is no backup '${id}'.`, {
    remedy:
      ids.length === 0
        ? 'There is none at all.'
        : `${meant === undefined ? '' : `Did you mean ${meant}?\n`}They are, newest first: ${ids.join(', ')}.`,
  })
}

function notWhole(id: string, damaged: string): Failure {
  const why = 'its manifest, which says what it holds, is gone or damaged'
  return new Failure(
    'badInput',
    id === damaged
      ? `The backup ${id} is not whole: ${why}.`
      : `${id} cannot be gone back to: of the later backup ${damaged}, ${why}.`,
    {
      where: { file: `.tracecat-harden/backups/${damaged}` },
      remedy:
        'Take a newer backup, or put back by hand what is in its folder files. Nothing was changed.',
    },
  )
}
