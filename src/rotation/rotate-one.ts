import { type Applied, applyPlan } from '../apply/engine.ts'
import type { Progress } from '../apply/step.ts'
import { Failure } from '../failure.ts'
import type { SecretId } from '../secrets/catalogue.ts'
import { parseKeyring } from '../secrets/keyring.ts'
import type { Masker } from '../secrets/masker.ts'
import { refuseDisagreement } from '../stack/check.ts'
import { type SeenStack, seeStack } from '../stack/see-stack.ts'
import { stepsFromFiles, transitionBetween } from '../stack/steps-from-files.ts'
import type { World } from '../world/world.ts'
import { planRotation } from './plan-rotation.ts'
import { hasWaitingKey, renew } from './renew.ts'

/** What was written so far: all secrets of one run share a backup. */
export interface Written {
  readonly changed: Map<string, Applied['changed'][number]>
  backup: string | null
}

/** Where secrets are rotated. */
export interface RotationTask {
  readonly world: World
  readonly masker: Masker
  /** Absolute. */
  readonly directory: string
  /** Told of services that do not come up, with every credential in order. */
  readonly unwell: (failure: Failure) => void
  /** Something was started since the first look. */
  readonly started: boolean
}

/**
 * Gives one secret a new value in files, servers and containers. A keyring takes two turns, each a whole
 * change of its own.
 * @param first what was seen before anything was done: it counts until something is
 * @param written gains what is written
 * @throws Failure where the secret cannot change, or a server disagrees with the files
 */
export async function rotateOne(
  where: RotationTask,
  first: SeenStack,
  id: SecretId,
  progress: Progress,
  written: Written,
): Promise<void> {
  const { world, masker, directory } = where
  for (let turn = 1; ; turn += 1) {
    const isAsSeen = turn === 1 && written.changed.size === 0 && !where.started
    const seen = isAsSeen ? first : await seeStack(world, masker, directory)
    const renewal = renew(id, seen.case)
    if (renewal.kind === 'refused') throw new Failure('surroundings', `${id}: ${renewal.why}`)
    for (const value of renewal.values.values()) masker.learn(value)
    const changes = await planRotation(seen.around.read, id, renewal.values, world.now())
    if (first.stack !== undefined) {
      const texts = new Map(
        changes.map(({ path, after }) => [
          path,
          after === undefined ? undefined : new TextDecoder().decode(after),
        ]),
      )
      await refuseDisagreement(
        await transitionBetween({ ...where, seen: seen.around.containers }, new Map(), texts),
      )
    }
    const applied = await applyPlan(world, directory, {
      command: 'rotate',
      changes,
      runBackup: written.backup ?? undefined,
      ...(first.stack === undefined
        ? {}
        : { live: { subjects: [id], makeSteps: stepsFromFiles(where), progress } }),
    })
    written.backup ??= applied.backup
    for (const file of applied.changed) written.changed.set(file.path, file)
    if (id !== 'payload-keyring') return
    const ring = parseKeyring([...renewal.values.values()][0]?.reveal() ?? '')
    if (ring === undefined || !hasWaitingKey(ring)) return
  }
}
