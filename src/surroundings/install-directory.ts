import { resolve } from 'node:path'
import { Failure } from '../failure.ts'
import type { World } from '../world/world.ts'

/** The absolute path of an install that exists. @throws Failure('badInput') where there is no such folder */
export async function installDirectory(world: World, path: string): Promise<string> {
  const directory = resolve(path)
  const state = await world.files.directory(directory)
  if (state === 'absent')
    throw new Failure('badInput', `There is no folder ${directory}.`, {
      remedy: 'Make it, or name another.',
    })
  if (state === 'not-a-directory') throw new Failure('badInput', `${directory} is not a folder.`)
  return directory
}
