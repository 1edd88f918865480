import * as z from 'zod/mini'
import { type SecretId, secretIds } from '../secrets/catalogue.ts'

const schema = z.object({ version: z.literal(1), secrets: z.record(z.string(), z.string()) })

/** When each secret got its present value, as far as we gave it: ISO 8601, UTC. */
export type History = ReadonlyMap<SecretId, string>

/** Reads `history.json`; what is damaged or not there is an empty history, since only ages rest on it. */
export function parseHistory(text: string | undefined): History {
  if (text === undefined) return new Map()
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    if (!parsed.success) return new Map()
    const known = new Map(Object.entries(parsed.data.secrets))
    return new Map(
      secretIds.flatMap((id) => {
        const time = known.get(id)
        return time === undefined || Number.isNaN(Date.parse(time)) ? [] : [[id, time] as const]
      }),
    )
  } catch {
    return new Map()
  }
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
