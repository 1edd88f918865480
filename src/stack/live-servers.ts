import type { LoginServerId } from '../servers/server.ts'
import { livePostgres } from './database.ts'
import { liveMinio } from './minio.ts'
import { liveRedis } from './redis.ts'
import type { LiveServer } from './transition.ts'

/** How each server is asked, and how its credential changes. */
export const liveServers: { readonly [Id in LoginServerId]: LiveServer } = {
  postgres: livePostgres,
  'temporal-postgres': livePostgres,
  // By the server's id.
  redis: liveRedis,
  'object-storage': liveMinio,
}
