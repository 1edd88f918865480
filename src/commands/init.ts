import type { Masker } from '../secrets/masker.ts'
import { installDirectory } from '../surroundings/install-directory.ts'
import { load } from '../world/loading.ts'
import type { World } from '../world/world.ts'
import type { InitOptions } from './init/options.ts'

/**
 * Hardens one install: asks where somebody can answer, else takes the answers as they are given.
 * Each way is loaded by itself, so that the first question comes fast.
 * @returns the exit code
 */
export async function init(outside: World, masker: Masker, options: InitOptions): Promise<number> {
  const directory = await installDirectory(outside, options.directory)
  const named = [options.answers, options.from].flatMap((path) =>
    path === undefined || path === '-' ? [] : [path],
  )
  return await outside.inside(directory, 'change', named, (world) =>
    initHere(world, masker, options),
  )
}

async function initHere(world: World, masker: Masker, options: InitOptions): Promise<number> {
  if (asksQuestions(world, options)) {
    const { initInteractively } = await load(() => import('./init/interactive.ts'))
    return await initInteractively(world, masker, options)
  }
  const { initUnattended } = await load(() => import('./init/unattended.ts'))
  return await initUnattended(world, masker, options)
}

/** Decided before anything is asked: piped text must not answer questions, and nothing may wait for it. */
function asksQuestions(world: World, options: InitOptions): boolean {
  return world.terminal.interactive && !options.yes && !options.json && options.answers !== '-'
}
