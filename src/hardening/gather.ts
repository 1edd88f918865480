import type { Answers } from '../answers/answers.ts'
import { completeAnswers } from '../answers/complete.ts'
import type { PartialAnswers } from '../answers/schema.ts'
import { isOn } from '../controls/reading.ts'
import { ownPaths } from '../install/install.ts'
import { parseRecord } from '../plan/record.ts'
import { saysRelease } from '../surroundings/find-release.ts'
import { installDirectory } from '../surroundings/install-directory.ts'
import { type LookOptions, look, type Surroundings } from '../surroundings/look.ts'
import { type AnswerOptions, readAnswers } from '../surroundings/read-answers.ts'
import type { World } from '../world/world.ts'

/** Everything that is known before anything is decided. */
export interface Gathered extends Surroundings {
  readonly given: PartialAnswers
  readonly answers: Answers
}

/** `--tracecat-version` is kept where no file says the release: the next run and `audit` need it, too. */
export function statedRelease(
  { tracecatVersion }: LookOptions,
  { read: { install }, release }: Surroundings,
): PartialAnswers {
  return tracecatVersion === undefined || saysRelease(install)
    ? {}
    : { tracecatVersion: release.tag }
}

const payloadEncryption = 'TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED'
const payloadKeyring = 'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING'

/**
 * Payload encryption that the admin turned on, without us, stays on where no answer says otherwise. What
 * we turned on is in the record, and goes with its answer.
 */
export function keptEncryption({
  read: { install, onDisk },
  release,
}: Surroundings): PartialAnswers {
  if (!release.abilities.payloadKeyring) return {}
  const wasOn = isOn(install.values.get(payloadEncryption))
  const hasKeys = (install.values.get(payloadKeyring) ?? '') !== ''
  const record = parseRecord(onDisk.get(ownPaths.written)?.text, ownPaths.written)
  return wasOn && hasKeys && !record.has(`env:${payloadEncryption}`)
    ? { payloadEncryption: true }
    : {}
}

/** Looks around and reads the answers; asks nobody and changes nothing. */
export async function gather(
  world: World,
  options: LookOptions & AnswerOptions & { readonly directory: string },
): Promise<Gathered> {
  const directory = await installDirectory(world, options.directory)
  const { given: read, locate } = await readAnswers(world, directory, options)
  const around = await look(world, directory, options, read.tracecatVersion)
  const given = { ...keptEncryption(around), ...read, ...statedRelease(options, around) }
  const context = { release: around.release, ...(locate === undefined ? {} : { locate }) }
  return { ...around, given, answers: completeAnswers(given, context) }
}
