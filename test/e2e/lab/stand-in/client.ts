import { randomBytes } from 'node:crypto'
import { type Count, type Counts, Tally, tenTimesASecond } from './counts.ts'
import { accountOf, withPostgres } from './postgres.ts'
import { withRedis } from './redis.ts'
import { reporter } from './report.ts'
import { signInToStorage } from './storage.ts'
import type { Attempt } from './wire.ts'
import { type Held, heldByPostgres, heldByRedis, writeToPostgres, writeToRedis } from './writes.ts'

/** The servers of a client, as far as its environment names them. */
export interface Servers {
  readonly postgres?: string | undefined
  readonly redis?: string | undefined
  readonly storage?: string | undefined
}

/** Each service has another selection of these variables. */
export function serversOf(env: NodeJS.ProcessEnv): Servers {
  return {
    postgres: env.POSTGRES_SEEDS ? temporalUri(env) : env.TRACECAT__DB_URI,
    redis: env.REDIS_URL,
    storage: env.TRACECAT__BLOB_STORAGE_ENDPOINT,
  }
}

/** Temporal has no URI. */
function temporalUri({ POSTGRES_USER, POSTGRES_PWD, POSTGRES_SEEDS, DB_PORT }: NodeJS.ProcessEnv) {
  const account = [POSTGRES_USER, POSTGRES_PWD].map((word) => encodeURIComponent(word ?? ''))
  return `postgresql://${account.join(':')}@${POSTGRES_SEEDS}:${DB_PORT}/postgres`
}

/**
 * Works with each server ten times a second, each time on a new connection: signs in, writes, reads back.
 * Counts, and sends its counts to the lab.
 */
export class Client {
  private readonly name: string
  private readonly servers: Servers
  private readonly tallies = new Map<string, Tally>()

  constructor(service: string, servers: Servers) {
    this.name = `${service}/${randomBytes(4).toString('hex')}`
    this.servers = servers
  }

  start(env: NodeJS.ProcessEnv): void {
    const { postgres, redis, storage } = this.servers
    if (postgres) {
      const account = accountOf(postgres)
      this.keepWriting('postgres', (write) =>
        withPostgres(account, (query) =>
          write((number) => writeToPostgres(query, this.name, number)),
        ),
      )
    }
    if (redis) {
      this.keepWriting('redis', (write) =>
        withRedis(redis, (command) => write((number) => writeToRedis(command, this.name, number))),
      )
    }
    if (storage) {
      const user = env.AWS_ACCESS_KEY_ID ?? env.MINIO_ROOT_USER ?? ''
      const password = env.AWS_SECRET_ACCESS_KEY ?? env.MINIO_ROOT_PASSWORD ?? ''
      this.keepCounting('storage', () => signInToStorage(storage, { user, password }))
    }
    const report = reporter()
    tenTimesASecond(async () => {
      report({ client: this.name, at: Date.now(), counts: this.counts })
    })
  }

  get counts(): Counts {
    const counts: Record<string, Count> = {}
    for (const [server, tally] of this.tallies) counts[server] = tally.count
    return counts
  }

  /** What the servers hold of every client's writes, by server; throws where one does not answer. */
  async held(): Promise<Record<string, Held>> {
    const { postgres, redis } = this.servers
    const held: Record<string, Held> = {}
    const attempts: Attempt[] = []
    if (postgres) {
      attempts.push(
        await withPostgres(accountOf(postgres), async (query) => {
          held.postgres = await heldByPostgres(query)
        }),
      )
    }
    if (redis) {
      attempts.push(
        await withRedis(redis, async (command) => {
          held.redis = await heldByRedis(command)
        }),
      )
    }
    for (const attempt of attempts) if (attempt.outcome !== 'ok') throw new Error(attempt.why)
    return held
  }

  private keepWriting(
    server: string,
    connect: (write: (one: (number: number) => Promise<void>) => Promise<void>) => Promise<Attempt>,
  ): void {
    this.keepCounting(server, (tally) =>
      connect(async (writeOne) => {
        await writeOne(tally.acknowledged + 1)
        tally.acknowledged += 1
      }),
    )
  }

  private keepCounting(server: string, work: (tally: Tally) => Promise<Attempt>): void {
    const tally = new Tally()
    this.tallies.set(server, tally)
    tenTimesASecond(async () => tally.add(await work(tally)))
  }
}
