import { parseConnectionUri } from '../controls/uri.ts'
import type { Service } from '../install/compose/model.ts'

/** With what a program signs in to a server. */
export interface Login {
  readonly server: 'postgres' | 'redis'
  readonly host: string
  readonly user: string
  readonly password: string
}

/**
 * The login in a connection URI; undefined where it is none of PostgreSQL or Redis. For PostgreSQL, the
 * query's host, user and password win, as they do for SQLAlchemy, psycopg and libpq.
 */
export function loginIn(text: string): Login | undefined {
  const uri = parseConnectionUri(text)
  if (uri === undefined) return undefined
  const { host, user, password, rest } = uri
  if (/^rediss?$/.test(uri.scheme)) return { server: 'redis', host, user, password }
  if (!/^postgres/.test(uri.scheme)) return undefined
  const query = new URLSearchParams(/\?(.*)$/.exec(rest)?.[1] ?? '')
  return {
    server: 'postgres',
    host: query.get('host') ?? host,
    user: query.get('user') ?? user,
    password: query.get('password') ?? password,
  }
}

/** Variables that together are a login: of Temporal's auto-setup image, of libpq, and of images that make backups. */
const triples = [
  ['POSTGRES_SEEDS', 'POSTGRES_USER', 'POSTGRES_PWD'],
  ['PGHOST', 'PGUSER', 'PGPASSWORD'],
  ['POSTGRES_HOST', 'POSTGRES_USER', 'POSTGRES_PASSWORD'],
] as const

/** Temporal takes them one by one. */
export function temporalLogin({ environment }: Pick<Service, 'environment'>): Login {
  return loginOf(environment, triples[0])
}

/** Every login in the environment of a service, by the variable that has the password. */
export function loginsIn({
  environment,
}: Pick<Service, 'environment'>): ReadonlyMap<string, Login> {
  const uris = [...environment].flatMap(([name, text]) => {
    const login = loginIn(text ?? '')
    return login === undefined ? [] : [[name, login] as const]
  })
  const others = triples.flatMap((names) =>
    environment.has(names[2]) ? [[names[2], loginOf(environment, names)] as const] : [],
  )
  return new Map([...uris, ...others])
}

function loginOf(
  environment: Service['environment'],
  [host, user, password]: readonly [string, string, string],
): Login {
  const value = (name: string) => environment.get(name) ?? ''
  return {
    server: 'postgres',
    host: value(host),
    user: value(user),
    password: value(password),
  }
}
