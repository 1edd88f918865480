import { type PostgresAccount, withPostgres } from './postgres.ts'
import { withRedis } from './redis.ts'

/** A connection that was opened once and is held open, with a question ten times a second. */
export interface Session {
  /** False before it was opened, and after it broke. */
  open: boolean
  /** What broke it, or kept it from being opened; empty where it is open. */
  why: string
  answers: number
  /** The longest wait for one answer, in ms. */
  longestWaitMs: number
}

/** By server: `postgres`, `redis`. */
export type Sessions = Record<string, Session>

/** A server may be paused for so long without the session's being given up. */
const silenceMs = 120_000
const everyMs = 100

/** Opens a session with PostgreSQL and asks until it breaks. */
export async function holdPostgres(session: Session, account: PostgresAccount): Promise<void> {
  const ended = await withPostgres(
    account,
    (query) => keepAsking(session, () => query('select 1')),
    silenceMs,
  )
  close(session, ended.outcome === 'ok' ? '' : ended.why)
}

/** The same with Redis. */
export async function holdRedis(session: Session, url: string): Promise<void> {
  const ended = await withRedis(
    url,
    (command) => keepAsking(session, () => command('PING')),
    silenceMs,
  )
  close(session, ended.outcome === 'ok' ? '' : ended.why)
}

async function keepAsking(session: Session, ask: () => Promise<unknown>): Promise<never> {
  for (;;) {
    const start = performance.now()
    await ask()
    const waited = Math.round(performance.now() - start)
    session.open = true
    session.why = ''
    session.answers += 1
    session.longestWaitMs = Math.max(session.longestWaitMs, waited)
    await new Promise((proceed) => setTimeout(proceed, everyMs))
  }
}

function close(session: Session, why: string): void {
  session.open = false
  session.why = why
}
