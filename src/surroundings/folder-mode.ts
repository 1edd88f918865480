import { groupsOf } from '../world/trust.ts'
import type { World } from '../world/world.ts'

const accountsLimit = 4 * 1024 * 1024

/**
 * The mode of an install's folder, without its group's right to write where nobody but its owner and root
 * is in that group: many systems make a group for each user.
 */
export async function folderModeOf(world: World, directory: string): Promise<number | undefined> {
  const folder = await world.files.read(directory, 0)
  if (folder.kind !== 'not-a-file' || folder.mode === undefined) return undefined
  const { mode, owner } = folder
  if ((mode & 0o020) === 0 || owner === undefined) return mode
  const trusted = groupsOf(
    new Set([0, owner.uid]),
    await textOf(world, '/etc/group'),
    await textOf(world, '/etc/passwd'),
  )
  return trusted.has(owner.gid) ? mode & ~0o020 : mode
}

async function textOf(world: World, path: string): Promise<string> {
  const found = await world.files.read(path, accountsLimit)
  return found.kind === 'file' ? new TextDecoder().decode(found.bytes) : ''
}
