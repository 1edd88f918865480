import type { Container } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { isVerifier } from '../secrets/scram.ts'
import { mask, Secret } from '../secrets/secret.ts'
import type { ProcessResult } from '../world/process.ts'
import {
  isUnreachable,
  outcome,
  programTimeoutMs,
  reasonOf,
  type SignIn,
  type Unreachable,
  untilUp,
} from './sign-in.ts'
import { identifier, literal } from './sql.ts'
import type { Stack } from './stack.ts'

/** A running PostgreSQL, and a role over whose socket session everything may be done. */
export interface PostgresServer {
  readonly stack: Stack
  readonly container: Container
  readonly superuser: string
}

const psql = [
  'psql',
  '--no-psqlrc',
  '--no-password',
  '--quiet',
  '--no-align',
  '--tuples-only',
  '--set=ON_ERROR_STOP=1',
  '--dbname=postgres',
] as const

/** psql's own messages in English, names in UTF-8, and no long wait for a server that hangs. */
const clientSettings = { LC_ALL: 'C', PGCLIENTENCODING: 'UTF8', PGCONNECT_TIMEOUT: '5' }
/** psql's exit code for a connection that did not come about. */
const noConnection = 2

const starting =
  /failed: (?:Connection refused|No such file or directory)|FATAL: +(?:the database system is |terminating connection)|server closed the connection unexpectedly/
const notThisUser =
  /FATAL: +(?:password authentication failed|role ".*" (?:does not exist|is not permitted to log in))|no password supplied/s

/**
 * The first of these roles that may change any role, found over the container's socket: the official
 * image trusts that (measured with PostgreSQL 15), so no password is needed.
 * @param candidates role names, likeliest first
 * @throws Failure('surroundings') naming those tried, or saying why the server could not be asked
 */
export async function findSuperuser(
  stack: Stack,
  container: Container,
  candidates: readonly string[],
): Promise<string> {
  const tried: string[] = []
  for (const role of new Set(candidates)) {
    const result = await overSocket(stack, container, role, 'SHOW is_superuser;')
    if (isUnreachable(result)) throw cannotAsk(container, result)
    if (result.exitCode === 0 && result.stdout.trim() === 'on') return role
    const why = result.exitCode === 0 ? 'it is not a superuser' : reasonOf(result)
    tried.push(`${role}: ${why}`)
  }
  const list = tried.length === 0 ? 'none known' : tried.join('; ')
  throw new Failure(
    'surroundings',
    `No role of ${container.service} was found that may change passwords (${list}).`,
    { remedy: 'Set the user in .env to the role that this database was made with.' },
  )
}

/**
 * What the server keeps for a role in place of its password; `matchesVerifier` compares it with one.
 * @throws Failure('surroundings') where the server cannot be asked
 */
export async function storedVerifier(
  server: PostgresServer,
  role: string,
): Promise<Secret | 'no such role' | 'no password'> {
  const result = await asSuperuser(
    server,
    `SELECT 'found', rolpassword FROM pg_catalog.pg_authid WHERE rolname = ${literal(role)};`,
  )
  if (isUnreachable(result)) throw cannotAsk(server.container, result)
  const row = result.stdout.trim()
  if (row === '') return 'no such role'
  const verifier = row.slice('found|'.length)
  return verifier === '' ? 'no password' : new Secret(verifier)
}

/**
 * Gives a role the password that the verifier was made of; open sessions go on, new ones need it
 * (measured with PostgreSQL 15). Whatever the server logs, it never gets the password itself.
 * @throws Failure('surroundings') where the server refuses or does not answer: then the role may have either
 *   password, and `storedVerifier` says which
 */
export async function setPassword(
  server: PostgresServer,
  role: string,
  verifier: Secret,
): Promise<void> {
  // The server would take it for a password in clear, and log it.
  if (!isVerifier(verifier.reveal())) throw new Error('Only a verifier may be sent to the server')
  const result = await asSuperuser(
    server,
    [
      // It gives up before we do: a change that waits for a lock must not come true after that.
      "SET statement_timeout = '8s';",
      'SET default_transaction_read_only = off;',
      // Kept through a crash of the server, whatever its settings say: .env follows.
      'SET synchronous_commit = local;',
      `ALTER ROLE ${identifier(role)} PASSWORD ${literal(verifier.reveal())};`,
    ].join('\n'),
  )
  if (!isUnreachable(result)) return
  const why = result.unreachable.replaceAll(verifier.reveal(), mask)
  throw new Failure(
    'surroundings',
    `The password of the role ${role} of ${server.container.service} could not be changed: ${why}`,
  )
}

/**
 * Does the server take this password? Asked over the network from another container: the server trusts
 * its own loopback and takes anything there (measured with PostgreSQL 15). A server whose messages are
 * not in English is `unreachable`, with its message, where it refuses.
 */
export async function signsIn(
  stack: Stack,
  container: Container,
  user: string,
  password: Secret,
): Promise<SignIn> {
  const env = {
    ...clientSettings,
    PGHOST: container.service,
    PGUSER: user,
    PGPASSWORD: password.reveal(),
  }
  const ask = async (): Promise<SignIn> => {
    const result = await outcome(
      stack.runBeside(container, [...psql, '--command=SELECT 1'], {
        env,
        timeoutMs: programTimeoutMs,
      }),
    )
    if (isUnreachable(result)) return result
    if (result.exitCode === 0 && result.stdout.trim() === '1') return 'yes'
    return notThisUser.test(result.stderr) ? 'refused' : { unreachable: reasonOf(result) }
  }
  return await untilUp(stack, ask, starting)
}

/** The output of SQL; `unreachable` also where it failed. */
async function asSuperuser(
  { stack, container, superuser }: PostgresServer,
  sql: string,
): Promise<ProcessResult | Unreachable> {
  const result = await overSocket(stack, container, superuser, sql)
  if (isUnreachable(result) || result.exitCode === 0) return result
  return { unreachable: reasonOf(result) }
}

/** The role goes by the environment: a name that begins with a dash is no option there. */
async function overSocket(
  stack: Stack,
  container: Container,
  role: string,
  sql: string,
): Promise<ProcessResult | Unreachable> {
  const ask = async (): Promise<ProcessResult | Unreachable> => {
    const result = await outcome(
      stack.exec(container, psql, {
        env: { ...clientSettings, PGUSER: role },
        stdin: `${sql}\n`,
        timeoutMs: programTimeoutMs,
      }),
    )
    if (isUnreachable(result)) return result
    const isAnswer = result.exitCode === noConnection && !starting.test(result.stderr)
    const fromServer = result.exitCode === 0 || result.exitCode === 3 || isAnswer
    return fromServer ? result : { unreachable: reasonOf(result) }
  }
  return await untilUp(stack, ask, starting)
}

function cannotAsk({ service }: Container, { unreachable }: Unreachable): Failure {
  return new Failure('surroundings', `${service} could not be asked: ${unreachable}`)
}
