import { DoesNotWork, type Step } from '../apply/step.ts'
import { Failure } from '../failure.ts'
import {
  findSuperuser,
  type PostgresServer,
  setPassword,
  signsIn,
  storedVerifier,
} from '../live/postgres.ts'
import type { Stack } from '../live/stack.ts'
import { catalogue } from '../secrets/catalogue.ts'
import { Masked } from '../secrets/masked.ts'
import { matchesVerifier, scramVerifier } from '../secrets/scram.ts'
import { Secret } from '../secrets/secret.ts'
import type { BundledLogin, ServerWithLogin } from '../servers/server.ts'
import { runningContainer } from './server.ts'
import type { LiveServer } from './transition.ts'

/** Reaching PostgreSQL, and what a role of it is to have. */
interface Database {
  readonly service: string
  readonly role: string
  readonly password: Secret
}

function databaseOf({ service, user, password }: BundledLogin): Database {
  return { service, role: user.reveal(), password: password ?? new Secret('') }
}

/**
 * `ALTER ROLE` with a verifier, then a sign-in from another container, since the official image trusts
 * loopback. Open sessions live on; new ones with the old password are refused until their service is
 * recreated (measured with PostgreSQL 15).
 */
export const livePostgres: LiveServer = {
  steps({ stack }, { server, ...login }) {
    const before = databaseOf(login.before)
    const after = databaseOf(login.after)
    if (before.service !== after.service || before.role !== after.role) {
      throw new Failure(
        'surroundings',
        `${server.title}: its role would change from ${before.role} to ${after.role}, and no role is renamed in a running server`,
        { remedy: 'Keep the name that the server knows.' },
      )
    }
    if (before.password.equals(after.password)) return []
    const steps = [change(stack, server, before, after), tryOut(stack, server, after)]
    return [{ before: steps, after: [] }]
  },
  async refuseOther(stack, { envPath }, { server, ...login }) {
    const { title, secret } = server
    const database = databaseOf(login.before)
    if ((await heldPassword(stack, database, databaseOf(login.after))) !== 'unknown') return
    const { role, service } = database
    const superuser = await superuserWithout(stack, database)
    if (superuser !== undefined) {
      throw new Failure(
        'surroundings',
        `${title} has no role ${role}, which the files name: no service can sign in`,
        {
          remedy: `It was made with the role ${superuser}: put that into ${envPath}, ${catalogue[secret].user?.variable}, and wherever else the role stands. Then run again. Nothing was changed.`,
        },
      )
    }
    throw new Failure(
      'surroundings',
      `${title} has another password for ${role} than the files: somebody changed one of them`,
      {
        remedy: `Services with the files' password cannot sign in. Give the server that of the files, at the prompt of ${stack.command} exec ${service} psql -U ${role} -d postgres: \\password ${role}. Or put the server's into ${envPath}. Then run again. Nothing was changed.`,
      },
    )
  },
}

function change(
  stack: Stack,
  { id, title }: ServerWithLogin,
  before: Database,
  after: Database,
): Step {
  const { role } = after
  const give = async (password: Secret) => {
    await setPassword(await postgresOf(stack, after), role, scramVerifier(password))
  }
  return {
    id,
    label: Masked.trusted(`Give ${title} the new password`),
    state: () => heldPassword(stack, before, after),
    run: () => give(after.password),
    undo: () => give(before.password),
  }
}

/** Which of two passwords the server has, by its stored verifier. */
async function heldPassword(
  stack: Stack,
  before: Database,
  after: Database,
): Promise<'before' | 'after' | 'unknown'> {
  const verifier = await storedVerifier(await postgresOf(stack, after), after.role)
  if (!(verifier instanceof Secret)) return 'unknown'
  if (matchesVerifier(after.password, verifier, after.role)) return 'after'
  return matchesVerifier(before.password, verifier, before.role) ? 'before' : 'unknown'
}

/** The superuser of a server that does not know the role of the files; undefined where it does. */
async function superuserWithout(stack: Stack, database: Database): Promise<string | undefined> {
  const server = await postgresOf(stack, database)
  const isUnknown = (await storedVerifier(server, database.role)) === 'no such role'
  return isUnknown ? server.superuser : undefined
}

/** The role in `.env` may not be the one that the volume was made with (docs/servers.md#which-role). */
async function postgresOf(stack: Stack, { service, role }: Database): Promise<PostgresServer> {
  const container = await runningContainer(stack, service)
  const made = container.environment.get('POSTGRES_USER')
  const candidates = [made ?? role, role, 'postgres', 'tracecat', 'temporal']
  return { stack, container, superuser: await findSuperuser(stack, container, candidates) }
}

function tryOut(
  stack: Stack,
  { id, title }: ServerWithLogin,
  { service, role, password }: Database,
): Step {
  return {
    id: `${id}-test`,
    label: Masked.trusted(`Sign in to ${title} with it, from another container`),
    state: async () => 'unknown',
    async run() {
      const container = await runningContainer(stack, service)
      const answer = await signsIn(stack, container, role, password)
      if (answer === 'yes') return
      if (answer === 'refused') throw new DoesNotWork(`${title} refuses the new password`)
      throw new Failure('surroundings', `${title} cannot be reached: ${answer.unreachable}`)
    },
  }
}
