import type { Answers } from '../answers/answers.ts'
import { completeAnswers } from '../answers/complete.ts'
import type { PartialAnswers } from '../answers/schema.ts'
import type { World } from '../world/world.ts'
import type { InitOptions } from './init-options.ts'
import { installDirectory } from './install-directory.ts'
import { look, type Surroundings } from './look.ts'
import { readAnswers } from './read-answers.ts'

/** Everything that is known before anything is decided. */
export interface Gathered extends Surroundings {
  readonly given: PartialAnswers
  readonly answers: Answers
}

/** Looks around and reads the answers; asks nobody and changes nothing. */
export async function gather(world: World, options: InitOptions): Promise<Gathered> {
  const directory = await installDirectory(world, options.directory)
  const { given, locate } = await readAnswers(world, directory, options)
  const around = await look(world, directory, options, given.tracecatVersion)
  const context = { release: around.release, ...(locate === undefined ? {} : { locate }) }
  return { ...around, given, answers: completeAnswers(given, context) }
}
