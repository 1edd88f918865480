import { Failure } from '../failure.ts'
import type { HeldInterrupts } from '../world/process.ts'
import { errorCode } from '../world/system-error.ts'
import type { World } from '../world/world.ts'
import { acquireLock, type Lock } from './lock.ts'
import { stateFolder, stateFolderMode, statePaths } from './state-folder.ts'
import { failureFrom, nothingChanged } from './trouble.ts'

const attempts = 20

/**
 * Runs `action` with the lock of the install in `root`; a state folder that ends up empty goes again.
 * Interrupts wait meanwhile.
 */
export async function withLock<T>(
  world: World,
  root: string,
  action: (madeStateFolder: boolean, interrupts: HeldInterrupts) => Promise<T>,
): Promise<T> {
  const { folder } = statePaths(root)
  const interrupts = world.interrupts.hold('finish')
  try {
    const { lock, made } = await enter(world, root)
    try {
      return await action(made, interrupts)
    } finally {
      // A lock that cannot be removed is a dead owner's soon: it must not hide what happened.
      await lock.release().catch(() => undefined)
    }
  } finally {
    await world.files.removeDirectory(folder).catch(() => undefined)
    interrupts.release()
  }
}

async function enter(world: World, root: string): Promise<{ lock: Lock; made: boolean }> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const made = await makeStateFolder(world, root)
      return { made, lock: await acquireLock(world, statePaths(root).lock) }
    } catch (error) {
      // Another run may just have removed the empty folder under our feet.
      if (errorCode(error) === 'ENOENT' && attempt < attempts) continue
      throw nothingChanged(failureFrom('take the lock', error))
    }
  }
}

/** Throws a Failure ('badInput') where the install's folder is missing, and gives its real path. */
export async function installRoot(world: World, dir: string): Promise<string> {
  const state = await world.files.directory(dir)
  if (state === 'absent') {
    throw new Failure('badInput', `There is no folder ${dir}`, {
      remedy: 'Make it, or name another.',
    })
  }
  if (state === 'not-a-directory') throw new Failure('badInput', `${dir} is not a folder`)
  return await world.files.resolve(dir)
}

/** Makes the state folder where it is missing; says whether it did. Throws a Failure where it cannot. */
async function makeStateFolder(world: World, root: string): Promise<boolean> {
  const { folder } = statePaths(root)
  const state = await world.files.directory(folder)
  if (state === 'writable') return false
  if (state === 'absent' && (await world.files.directory(root)) === 'writable') {
    await world.files.makeDirectory(folder, stateFolderMode, world.owner)
    return true
  }
  if (state === 'not-a-directory') {
    throw new Failure('badInput', `${stateFolder} is in the way: it is not a folder`)
  }
  throw new Failure('surroundings', `No right to write in ${state === 'absent' ? root : folder}`, {
    remedy: 'Nothing was changed. Run as the owner of that folder, or with sudo.',
  })
}
