import * as z from 'zod/mini'
import { ownPaths } from '../install/install.ts'
import { parseStateFile, time } from '../install/state-file.ts'
import { type SecretId, secretIds } from '../secrets/catalogue.ts'

const schema = () =>
  z.strictObject({
    version: z.literal(1),
    secrets: z.partialRecord(z.enum(secretIds), time),
  })

/** When each secret got its present value, as far as we gave it: ISO 8601, UTC. */
export type History = ReadonlyMap<SecretId, string>

/** Reads `history.json`. @throws Failure('badInput') where it is not what we write */
export function parseHistory(text: string | undefined): History {
  if (text === undefined) return new Map()
  const { secrets } = parseStateFile(schema, text, {
    file: ownPaths.history,
    remedy:
      'Put it back from .tracecat-harden/backups, or remove it: only the ages of secrets rest on it.',
  })
  return new Map(
    secretIds.flatMap((id) => {
      const changed = secrets[id]
      return changed === undefined ? [] : [[id, changed] as const]
    }),
  )
}

/** The history once these secrets have got new values at `now`. */
export function withChanged(history: History, ids: readonly SecretId[], now: Date): History {
  return new Map([...history, ...ids.map((id) => [id, now.toISOString()] as const)])
}

/** The same history gives the same bytes. */
export function renderHistory(history: History): string {
  const secrets = Object.fromEntries([...history].sort(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify({ version: 1, secrets }, null, 2)}\n`
}
