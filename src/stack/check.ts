import type { Container, Fact } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { fieldOf } from '../install/compose/field.ts'
import type { Service } from '../install/compose/model.ts'
import type { Install } from '../install/install.ts'
import { type PendingChange, pendingChanges } from '../live/drift.ts'
import { localImageIds } from '../live/images.ts'
import { type RedisLogin, redisOf } from '../live/redis-login.ts'
import type { Stack } from '../live/stack.ts'
import { catalogue } from '../secrets/catalogue.ts'
import { ownContainers } from '../surroundings/docker.ts'
import type { World } from '../world/world.ts'
import { type Database, databaseOf, heldPassword, superuserWithout } from './database.ts'
import { refuseLeftBehind } from './left-behind.ts'
import { askMinio, type MinioLogin, minioOf } from './minio.ts'
import { staysBehind } from './reach.ts'
import { passwordsOfDatabases } from './recreate.ts'
import { ask } from './redis.ts'
import { changedSecrets } from './restored-secrets.ts'
import { runningContainer } from './server.ts'
import type { Transition } from './transition.ts'

/**
 * Changes that wait in the files and are not ours: recreating a container would ship them.
 * @throws Failure('surroundings') that lists them
 */
export async function refuseDrift(world: World, stack: Stack, install: Install): Promise<void> {
  const services = [...(install.compose?.model.services.values() ?? [])]
  const inFiles = new Map(
    services.flatMap(({ name, image }) => (image === undefined ? [] : [[name, image] as const])),
  )
  const used = (await stack.containers()).map(({ image }) => image)
  const images = { inFiles, ids: await localImageIds(world, used) }
  const pending = await pendingChanges(stack, passwordsOfDatabases(), images)
  const foreign = [
    ...pending.filter(({ kind, explained }) => kind === 'changed' && !explained),
    ...(await otherCounts(stack, install)),
  ]
  if (foreign.length === 0) return
  // With another password in the files than in a server, bringing them in would lock services out.
  await refuseForeignPasswords(stack, install)
  throw new Failure(
    'surroundings',
    `The files say more than the running containers know: ${foreign.map(inWords).join('; ')}`,
    {
      remedy: `Recreating them would bring that in unasked. Bring it in first, ${stack.command} up -d, or take it out of the files; then run again. Nothing was changed.`,
    },
  )
}

/** `up --scale` is in no file: a recreate would end what it added. */
async function otherCounts(
  stack: Stack,
  { compose }: Install,
): Promise<readonly { readonly service: string; readonly what: string }[]> {
  const counts = new Map<string, number>()
  for (const { service } of await stack.containers()) {
    counts.set(service, (counts.get(service) ?? 0) + 1)
  }
  return [...counts].flatMap(([name, count]) => {
    const service = compose?.model.services.get(name)
    const wanted = service === undefined ? count : replicasOf(service)
    return count === wanted
      ? []
      : [{ service: name, what: `${count} containers, ${wanted} in the files: deploy.replicas` }]
  })
}

function replicasOf({ raw: { deploy, scale } }: Service): number {
  return Number(fieldOf(deploy, 'replicas') ?? scale ?? 1)
}

/**
 * Two folders with one project name, a copy of an install perhaps: what runs is the other one's, and Compose
 * would take its containers over.
 * @throws Failure('surroundings') that names the folder
 */
export function refuseOtherFolder(
  all: Fact<readonly Container[]>,
  stack: Pick<Stack, 'project'>,
  { directory }: Install,
): void {
  const own = ownContainers(all, directory)
  if (!all.known || !own.known) return
  const others = all.value.filter(
    (one) => one.project === stack.project && !own.value.includes(one),
  )
  const [first] = others
  if (first === undefined) return
  const services = [...new Set(others.map(({ service }) => service))].sort()
  throw new Failure(
    'surroundings',
    `Containers of the project ${stack.project} were made from another folder, ${first.workingDirectory}: ${services.join(', ')}`,
    {
      remedy:
        'Run there, with --dir. Or give this folder a project name of its own: COMPOSE_PROJECT_NAME in its .env. Nothing was changed.',
    },
  )
}

function inWords({ service, what }: Pick<PendingChange, 'service' | 'what'>): string {
  return `${service} (${what})`
}

/**
 * Do the servers that change have what the files say, before they do? A password that somebody changed by
 * hand is found here, and not by locking services out.
 * @throws Failure('surroundings') with what differs, and how to mend it
 */
export async function refuseDisagreement(transition: Transition): Promise<void> {
  const { world, stack, oldStack, before, after } = transition
  // Those of the new files may not be on disk yet.
  await refuseLeftBehind(oldStack, before, changedSecrets(before.values, after.values))
  const [behind] = staysBehind(before, after)
  if (behind !== undefined) {
    throw new Failure(
      'surroundings',
      `${behind} has a password of its own in the Compose files, and would be locked out`,
      { remedy: 'Let it refer to the variable of .env, then run again. Nothing was changed.' },
    )
  }
  for (const id of databaseIds) {
    const old = databaseOf(before, id)
    const next = databaseOf(after, id)
    if (old === undefined || next === undefined || old.password.equals(next.password)) continue
    if ((await heldPassword(stack, old, next)) === 'unknown')
      throw await otherDatabase(stack, before, old)
  }
  const redis = redisOf(before)
  const redisAfter = redisOf(after)
  if (redis?.password !== undefined && redisAfter !== undefined) {
    const isSame = redisAfter.password?.equals(redis.password) === true
    if (!isSame) await refuseOtherRedis(stack, redis)
  }
  const minio = minioOf(before)
  const next = minioOf(after)
  if (minio === undefined || next === undefined) return
  if (minio.user.equals(next.user) && minio.password.equals(next.password)) return
  await runningContainer(stack, minio.service)
  await refuseOtherMinio(world, stack, minio)
}

const databaseIds = ['postgres', 'temporal-postgres'] as const

/**
 * The same for every server that runs and keeps a password of its own, whatever is about to change: with a
 * foreign password in the files, bringing them in would lock services out, so no advice may come before this.
 * @throws Failure('surroundings') with what differs, and how to mend it
 */
export async function refuseForeignPasswords(stack: Stack, install: Install): Promise<void> {
  const running = new Set(
    (await stack.containers()).filter(({ state }) => state === 'running').map((one) => one.service),
  )
  for (const id of databaseIds) {
    const database = databaseOf(install, id)
    if (database === undefined || !running.has(database.service)) continue
    if ((await heldPassword(stack, database, database)) === 'unknown') {
      throw await otherDatabase(stack, install, database)
    }
  }
}

async function otherDatabase(
  stack: Stack,
  { envPath }: Install,
  database: Database,
): Promise<Failure> {
  const { id, title, role, service } = database
  const superuser = await superuserWithout(stack, database)
  if (superuser !== undefined) {
    return new Failure(
      'surroundings',
      `${title} has no role ${role}, which the files name: no service can sign in`,
      {
        remedy: `It was made with the role ${superuser}: put that into ${envPath}, ${catalogue[id].user?.variable}, and wherever else the role stands. Then run again. Nothing was changed.`,
      },
    )
  }
  return new Failure(
    'surroundings',
    `${title} has another password for ${role} than the files: somebody changed one of them`,
    {
      remedy: `Services with the files' password cannot sign in. Give the server that of the files, at the prompt of ${stack.command} exec ${service} psql -U ${role} -d postgres: \\password ${role}. Or put the server's into ${envPath}. Then run again. Nothing was changed.`,
    },
  )
}

async function refuseOtherRedis(stack: Stack, { service, password }: RedisLogin): Promise<void> {
  if ((await ask(stack, service, password)) === 'yes') return
  throw new Failure(
    'surroundings',
    'Redis has another password than the files: somebody changed one of them',
    {
      remedy: `${stack.command} up -d --no-deps --force-recreate ${service} gives it that of the files; the data stays. Then run again. Nothing was changed.`,
    },
  )
}

async function refuseOtherMinio(world: World, stack: Stack, login: MinioLogin): Promise<void> {
  if ((await askMinio(world, stack, login)) === 'yes') return
  throw new Failure(
    'surroundings',
    'MinIO has other credentials than the files: somebody changed one of them',
    {
      remedy: `${stack.command} up -d --no-deps --force-recreate ${login.service} gives it those of the files. Then run again. Nothing was changed.`,
    },
  )
}
