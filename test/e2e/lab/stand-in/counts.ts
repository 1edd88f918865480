import type { Attempt } from './wire.ts'

/** How often signing in to one server went which way, since the service started. */
export interface Count {
  ok: number
  refused: number
  unreachable: number
  /** What was said at the last attempt that was not ok. */
  last: string
}

/** By server: `postgres`, `redis`, `storage`. */
export type Counts = Record<string, Count>

const everyMs = 100

/** Signs in over and over, each time on a new connection, and counts. Never ends. */
export async function keepSigningIn(
  counts: Counts,
  server: string,
  signIn: () => Promise<Attempt>,
): Promise<never> {
  const count: Count = { ok: 0, refused: 0, unreachable: 0, last: '' }
  counts[server] = count
  for (;;) {
    const result = await signIn()
    count[result.outcome] += 1
    if (result.outcome !== 'ok') count.last = result.why
    await new Promise((proceed) => setTimeout(proceed, everyMs))
  }
}
