import { join } from 'node:path'
import { Failure } from '../failure.ts'
import type { World } from '../world/world.ts'
import { largestFile, sha256, stateFolder, statePaths } from './state-folder.ts'
import { runAsOwner } from './trouble.ts'

/**
 * What a file held before the run that made a backup.
 * @param path of the file, relative to the install
 * @param hash as the backup's manifest has it
 * @throws Failure('badInput') where the copy is gone or another one, Failure('surroundings') where it
 *   may not be read
 */
export async function readBackupCopy(
  world: World,
  root: string,
  id: string,
  path: string,
  hash: string,
): Promise<Uint8Array> {
  const found = await world.files.read(
    join(statePaths(root).backups, id, 'files', path),
    largestFile,
  )
  const where = { file: join(stateFolder, 'backups', id, 'files', path) }
  if (found.kind === 'file' && sha256(found.bytes) === hash) return found.bytes
  if (found.kind === 'unreadable') {
    throw new Failure('surroundings', `The backup ${id} cannot be read: ${found.reason}.`, {
      where,
      remedy: `${runAsOwner} Nothing was changed.`,
    })
  }
  const what = found.kind === 'file' ? 'was changed since' : 'is gone'
  throw new Failure('badInput', `The backup ${id} is damaged: its copy of ${path} ${what}.`, {
    where,
    remedy: 'Take a newer backup, or put back by hand what is whole in it. Nothing was changed.',
  })
}
