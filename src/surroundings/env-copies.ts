import { listBackups } from '../apply/backup.ts'
import { ownPaths } from '../install/install.ts'
import { readInstallFile } from '../live/read-files.ts'
import type { World } from '../world/world.ts'

/** A copy of `.env`: what we wrote last, or a backup. */
export interface EnvCopy {
  readonly source: 'last' | 'backup'
  /** For people. */
  readonly from: string
  readonly text: string
}

/** What we wrote last, then the backups, newest first. */
export async function envCopies(
  world: World,
  directory: string,
  envPath: string,
): Promise<readonly EnvCopy[]> {
  const copies: EnvCopy[] = []
  const last = await readInstallFile(world, directory, ownPaths.lastEnv)
  if (last !== undefined)
    copies.push({ source: 'last', from: 'what tracecat-harden wrote last', text: last.text })
  const backups = await listBackups(world, directory)
  for (const { id } of [...backups].reverse()) {
    const file = await readInstallFile(
      world,
      directory,
      `${ownPaths.state}/backups/${id}/files/${envPath}`,
    )
    if (file !== undefined)
      copies.push({ source: 'backup', from: `the backup ${id}`, text: file.text })
  }
  return copies
}
