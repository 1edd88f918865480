import type { SecretId } from '../secrets/catalogue.ts'
import { objectStorage } from './object-storage.ts'
import { postgres, temporalPostgres } from './postgres.ts'
import { redis } from './redis.ts'
import {
  type LoginServerId,
  type Server,
  type ServerId,
  type ServerWithLogin,
  type Site,
  whereIs,
} from './server.ts'
import { temporal } from './temporal.ts'

/** Every server, in the order in which a change reaches them. */
export const servers: { readonly [Id in ServerId]: Server } & {
  readonly [Id in LoginServerId]: ServerWithLogin
} = {
  postgres,
  'temporal-postgres': temporalPostgres,
  redis,
  'object-storage': objectStorage,
  temporal,
}

export const everyServer: readonly Server[] = Object.values(servers)

export const serversWithLogin: readonly ServerWithLogin[] = [
  postgres,
  temporalPostgres,
  redis,
  objectStorage,
]

/** The server that has this secret for its password; undefined for secrets that no server knows. */
export function serverOf(id: SecretId): ServerWithLogin | undefined {
  return serversWithLogin.find(({ secret }) => secret === id)
}

/** Is this the password of a server that this stack does not have? Then there is nothing to judge or make. */
export function isElsewhere(site: Site, id: SecretId): boolean {
  const server = serverOf(id)
  return server !== undefined && whereIs(site, server).kind !== 'bundled'
}

/** Services of Tracecat's Compose file that are servers, or there for one. */
export const serverServices: readonly string[] = everyServer.flatMap(({ service, beside }) => [
  service,
  ...beside,
])
