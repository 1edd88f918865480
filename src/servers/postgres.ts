import { catalogue } from '../secrets/catalogue.ts'
import { Secret } from '../secrets/secret.ts'
import { loginIn, temporalLogin } from './logins.ts'
import type { Login, ServerWithLogin, Site } from './server.ts'
import { parseConnectionUri } from './uri.ts'

/** A PostgreSQL, with what only its controls ask. */
export interface PostgresServer extends ServerWithLogin {
  readonly id: 'postgres' | 'temporal-postgres'
  /** The role that the stock `.env` names; its password there is the same word. */
  readonly stockUser: string
  /** The role that a new install gets. */
  readonly newUser: string
}

const image = {
  beside: [],
  image: 'postgres',
  anyUser: false,
  // A volume that holds data keeps its password: the container's counts on an empty one only.
  startsWithPassword: false,
} as const

/** Above the version's own folder: images from 18 on keep it one level higher. */
const folder = '/var/lib/postgresql'

/** The application's database. */
export const postgres: PostgresServer = {
  ...image,
  whyNotRenewed: (login, value) => whyNotRenewed('postgres', login, value),
  id: 'postgres',
  title: 'PostgreSQL',
  service: 'postgres_db',
  data: { folder, volume: 'core-db' },
  secret: 'postgres',
  stockUser: 'postgres',
  newUser: 'tracecat',
  address(site) {
    const text = uriIn(site)
    // libpq takes the host from the query too, where it may be a socket's folder.
    const named = /[?&]host=([^&]+)/.exec(text)?.[1]
    return named ?? loginIn(text)?.host ?? parseConnectionUri(text)?.host
  },
  login(site) {
    return login(loginIn(uriIn(site)))
  },
}

/** The database of Temporal, which has its login from its own environment. */
export const temporalPostgres: PostgresServer = {
  ...image,
  whyNotRenewed: (login, value) => whyNotRenewed('temporal-postgres', login, value),
  id: 'temporal-postgres',
  title: "Temporal's PostgreSQL",
  service: 'temporal_postgres_db',
  data: { folder, volume: 'temporal-db' },
  secret: 'temporal-postgres',
  stockUser: 'temporal',
  newUser: 'temporal',
  address(site) {
    return ofTemporal(site)?.host || undefined
  },
  login(site) {
    return login(ofTemporal(site))
  },
}

function uriIn({ values }: Site): string {
  return values.get(catalogue.postgres.uri?.variable ?? '') ?? ''
}

function ofTemporal({ compose }: Site): ReturnType<typeof temporalLogin> | undefined {
  const temporal = compose?.model.services.get('temporal')
  return temporal === undefined ? undefined : temporalLogin(temporal)
}

function login(found: ReturnType<typeof loginIn>): ReturnType<ServerWithLogin['login']> {
  if (found?.server !== 'postgres' || found.user === '') return undefined
  return { user: new Secret(found.user), password: new Secret(found.password) }
}

function whyNotRenewed(
  id: PostgresServer['id'],
  { password }: Login,
  value: string | undefined,
): string | undefined {
  return password?.reveal() === value
    ? undefined
    : `the services do not sign in with ${catalogue[id].variables[0]}: let the files refer to it first`
}
