import { Failure } from '../../failure.ts'
import { liveProgress, type TakenStep } from '../../report/live-progress.ts'
import { rotateJson } from '../../report/rotate/json.ts'
import { rotateOne, type Written } from '../../rotation/rotate-one.ts'
import type { SecretId } from '../../secrets/catalogue.ts'
import type { SeenStack } from '../../stack/see-stack.ts'
import { sayUnwell } from '../resume.ts'
import type { RotateRun } from './options.ts'

/** What was done so far, also where a later secret failed. */
export interface Rotated extends Written {
  readonly ids: SecretId[]
  readonly live: TakenStep[]
  /** Services that did not come up, though every credential is in order. */
  readonly unwell: Failure[]
}

/**
 * Rotates one secret after the other; where one fails, what was done before is said all the same.
 * @param started something was, since the stack was seen
 */
export async function takeTurns(
  run: RotateRun,
  seen: SeenStack,
  ids: readonly SecretId[],
  started: boolean,
): Promise<Rotated> {
  const { world, masker, directory, print } = run
  const done: Rotated = { ids: [], live: [], changed: new Map(), backup: null, unwell: [] }
  const unwell = (failure: Failure) => void done.unwell.push(failure)
  const interrupts = world.interrupts.hold('finish')
  try {
    for (const id of ids) {
      print('')
      print(`${id}`)
      const progress = liveProgress((line) => print(line.reveal()), masker, id)
      const where = { world, masker, directory, unwell, started }
      await rotateOne(where, seen, id, progress, done).finally(() =>
        done.live.push(...progress.taken),
      )
      done.ids.push(id)
      if (interrupts.requested() && id !== ids.at(-1)) {
        throw new Failure(
          'canceled',
          `Canceled after ${done.ids.join(', ')}: the others are as they were.`,
        )
      }
    }
    return done
  } catch (error) {
    sayStopped(run, seen, done)
    throw error
  } finally {
    interrupts.release()
  }
}

/** What happened before is true all the same, and nobody says it later. */
function sayStopped({ world, masker, options }: RotateRun, seen: SeenStack, done: Rotated): void {
  if (options.json && (done.live.length > 0 || done.ids.length > 0)) {
    world.terminal.out(rotateJson(masker, seen.case, done))
  }
  if (done.ids.length > 0)
    world.terminal.err(masker.mask(`Rotated before that: ${done.ids.join(', ')}.`))
  sayUnwell(world, masker, done.unwell)
}
