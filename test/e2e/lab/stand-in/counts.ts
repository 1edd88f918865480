import type { Attempt } from './wire.ts'

/** The first and the last time that something happened, in ms since 1970. */
export type Span = readonly [first: number, last: number]

/** How a client fared at one server, since the client started. */
export interface Count {
  readonly ok: number
  /** The server said no. Not counted here: a server that is still on its way up, or down. */
  readonly refused: number
  readonly unreachable: number
  /** What was said at the last attempt that was not ok. */
  readonly last: string
  /** Absent where it never happened. */
  readonly refusedAt?: Span
  readonly unreachableAt?: Span
  /** The longest time from one success to the next, or until now, in ms. */
  readonly longestGapMs: number
  /** The server has acknowledged the writes 1 to this. Zero where nothing is written: `storage`. */
  readonly acknowledged: number
}

/** By server: `postgres`, `redis`, `storage`. */
export type Counts = Readonly<Record<string, Count>>

/** Counts the attempts at one server. */
export class Tally {
  acknowledged = 0
  private readonly numbers = { ok: 0, refused: 0, unreachable: 0 }
  private last = ''
  private readonly spans: { refused?: Span; unreachable?: Span } = {}
  private longestGapMs = 0
  private succeeded = performance.now()

  add(attempt: Attempt): void {
    this.numbers[attempt.outcome] += 1
    if (attempt.outcome === 'ok') {
      this.longestGapMs = this.gapUntilNow()
      this.succeeded = performance.now()
    } else {
      const now = Date.now()
      this.spans[attempt.outcome] = [this.spans[attempt.outcome]?.[0] ?? now, now]
      this.last = attempt.why
    }
  }

  get count(): Count {
    const { refused, unreachable } = this.spans
    return {
      ...this.numbers,
      last: this.last,
      ...(refused && { refusedAt: refused }),
      ...(unreachable && { unreachableAt: unreachable }),
      longestGapMs: Math.round(this.gapUntilNow()),
      acknowledged: this.acknowledged,
    }
  }

  private gapUntilNow(): number {
    return Math.max(this.longestGapMs, performance.now() - this.succeeded)
  }
}

const everyMs = 100

/** Does this ten times a second, for ever; slower where it takes longer. */
export async function tenTimesASecond(act: () => Promise<unknown>): Promise<never> {
  for (;;) {
    const start = performance.now()
    await act()
    const left = everyMs - (performance.now() - start)
    await new Promise((proceed) => setTimeout(proceed, Math.max(left, 0)))
  }
}
