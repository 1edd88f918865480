import type { Service } from '../install/compose/model.ts'
import { parseConnectionUri } from './uri.ts'

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

/** What else than a variable may hold a connection URI: words of a command, lines of a script in it. */
const uriInText = /[a-z][a-z0-9+.-]*:\/\/[^\s"'`]+/gi

/** Every login of a service, by the variable that has the password, or by `its configuration`. */
export function loginsIn({
  environment,
  command,
  entrypoint,
}: Pick<Service, 'environment'> &
  Partial<Pick<Service, 'command' | 'entrypoint'>>): readonly (readonly [string, Login])[] {
  const words = [...(entrypoint ?? []), ...(command ?? [])]
  const inWords = words.flatMap((word) => [...word.matchAll(uriInText)].map(([uri]) => uri))
  const uris = [
    ...[...environment].map(([name, text]) => [name, text ?? ''] as const),
    ...inWords.map((uri) => ['its configuration', uri] as const),
  ].flatMap(([name, text]) => {
    const login = loginIn(text)
    return login === undefined ? [] : [[name, login] as const]
  })
  const others = triples.flatMap((names) =>
    environment.has(names[2]) ? [[names[2], loginOf(environment, names)] as const] : [],
  )
  return [...uris, ...others]
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
