import { DoesNotWork, type Step } from '../apply/step.ts'
import { Failure } from '../failure.ts'
import type { Install } from '../install/install.ts'
import { serviceAt } from '../install/service-at.ts'
import {
  findSuperuser,
  type PostgresServer,
  setPassword,
  signsIn,
  storedVerifier,
} from '../live/postgres.ts'
import type { Stack } from '../live/stack.ts'
import { Masked } from '../secrets/masked.ts'
import { matchesVerifier, scramVerifier } from '../secrets/scram.ts'
import { Secret } from '../secrets/secret.ts'
import { type Login, loginIn, temporalLogin } from '../servers/logins.ts'
import { runningContainer } from './server.ts'
import type { ServerSteps, Transition } from './transition.ts'

export type DatabaseId = 'postgres' | 'temporal-postgres'

/** How the stack's services sign in to one PostgreSQL server of the stack. */
export interface Database {
  readonly id: DatabaseId
  readonly title: string
  readonly service: string
  readonly role: string
  readonly password: Secret
}

/** undefined where the server is the admin's own, or there is none. */
export function databaseOf(install: Install, id: DatabaseId): Database | undefined {
  const login = id === 'postgres' ? applicationLogin(install) : loginOfTemporal(install)
  const service = login?.server === 'postgres' ? serviceAt(install, login.host) : undefined
  if (login === undefined || service === undefined || login.user === '') return undefined
  return {
    id,
    title: id === 'postgres' ? 'PostgreSQL' : "Temporal's PostgreSQL",
    service,
    role: login.user,
    password: new Secret(login.password),
  }
}

function applicationLogin({ values }: Install): Login | undefined {
  return loginIn(values.get('TRACECAT__DB_URI') ?? '')
}

function loginOfTemporal({ compose }: Install): Login | undefined {
  const temporal = compose?.model.services.get('temporal')
  return temporal === undefined ? undefined : temporalLogin(temporal)
}

/**
 * `ALTER ROLE` with a verifier, then a sign-in from another container, since the official image trusts
 * loopback. Open sessions live on; new ones with the old password are refused until their service is
 * recreated (measured with PostgreSQL 15).
 */
export function databaseSteps(transition: Transition): readonly ServerSteps[] {
  return (['postgres', 'temporal-postgres'] as const).flatMap((id) => {
    const before = databaseOf(transition.before, id)
    const after = databaseOf(transition.after, id)
    if (before === undefined || after === undefined) return []
    if (before.service !== after.service || before.role !== after.role) {
      throw new Failure(
        'surroundings',
        `${after.title}: its role would change from ${before.role} to ${after.role}, and no role is renamed in a running server`,
        { remedy: 'Keep the name that the server knows.' },
      )
    }
    if (before.password.equals(after.password)) return []
    const { stack } = transition
    return [{ before: [change(stack, before, after), tryOut(stack, after)], after: [] }]
  })
}

function change(stack: Stack, before: Database, after: Database): Step {
  const { role } = after
  const give = async (password: Secret) => {
    await setPassword(await postgresOf(stack, after), role, scramVerifier(password))
  }
  return {
    id: after.id,
    label: Masked.trusted(`Give ${after.title} the new password`),
    state: () => heldPassword(stack, before, after),
    run: () => give(after.password),
    undo: () => give(before.password),
  }
}

/** Which of two passwords the server has, by its stored verifier. */
export async function heldPassword(
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
export async function superuserWithout(
  stack: Stack,
  database: Database,
): Promise<string | undefined> {
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

function tryOut(stack: Stack, { id, title, service, role, password }: Database): Step {
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
