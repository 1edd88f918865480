import type { World } from '../world/world.ts'
import { discardBackups, listBackups } from './backup.ts'
import { readJournal } from './journal.ts'
import { installRoot, withLock } from './locked.ts'
import { orFailure } from './trouble.ts'

/**
 * Removes backups for good. One that an unfinished run needs stays. Interrupts wait meanwhile.
 * @param ids of whole backups; those that are gone already are left out
 * @returns the ids of those that were removed
 * @throws Failure('surroundings') where another run is at work, or the disk refuses
 */
export async function removeBackups(
  world: World,
  dir: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  const root = await installRoot(world, dir)
  return await withLock(world, root, async () => {
    const needed = (await readJournal(world, root))?.backup
    const there = (await listBackups(world, root)).map(({ id }) => id)
    const removed = there.filter((id) => ids.includes(id) && id !== needed)
    await orFailure('remove backups', () => discardBackups(world, root, removed))
    return removed
  })
}
