import { Failure } from '../failure.ts'
import type { Install } from '../install/install.ts'
import { type PendingChange, pendingChanges } from '../live/drift.ts'
import { localImageIds } from '../live/images.ts'
import type { Stack } from '../live/stack.ts'
import type { World } from '../world/world.ts'
import { databaseOf, heldPassword } from './database.ts'
import { askMinio, minioOf } from './minio.ts'
import { passwordsOfDatabases } from './recreate.ts'
import { ask, redisOf } from './redis.ts'
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
  const foreign = pending.filter(({ kind, explained }) => kind === 'changed' && !explained)
  if (foreign.length === 0) return
  throw new Failure(
    'surroundings',
    `The files say more than the running containers know: ${foreign.map(inWords).join('; ')}`,
    {
      remedy:
        'Recreating them would bring that in unasked. Bring it in first, docker compose up -d, or take it out of the files; then run again. Nothing was changed.',
    },
  )
}

function inWords({ service, what }: PendingChange): string {
  return `${service} (${what})`
}

/**
 * Do the servers have what the files say, before it changes? A password that somebody changed by hand is
 * found here, and not by locking services out.
 * @throws Failure('surroundings') with what differs, and how to mend it
 */
export async function refuseDisagreement(transition: Transition): Promise<void> {
  const { world, stack, before, after } = transition
  for (const id of ['postgres', 'temporal-postgres'] as const) {
    const old = databaseOf(before, id)
    const next = databaseOf(after, id)
    if (old === undefined || next === undefined || old.password.equals(next.password)) continue
    if ((await heldPassword(stack, old, next)) !== 'unknown') continue
    throw new Failure(
      'surroundings',
      `${old.title} has another password for ${old.role} than the files: somebody changed one of them`,
      {
        remedy: `Services with the files' password cannot sign in. Give the server that of the files, at the prompt of docker compose exec ${old.service} psql -U ${old.role} -d postgres: \\password ${old.role}. Or put the server's into ${before.envPath}. Then run again. Nothing was changed.`,
      },
    )
  }
  await refuseOtherRedis(transition)
  await refuseOtherMinio(world, stack, transition)
}

async function refuseOtherRedis({ stack, before, after }: Transition): Promise<void> {
  const old = redisOf(before)
  const next = redisOf(after)
  if (old?.password === undefined || next === undefined) return
  if (next.password?.equals(old.password) === true) return
  if ((await ask(stack, old.service, old.password)) === 'yes') return
  throw new Failure(
    'surroundings',
    'Redis has another password than the files: somebody changed one of them',
    {
      remedy: `docker compose up -d --no-deps --force-recreate ${old.service} gives it that of the files; the data stays. Then run again. Nothing was changed.`,
    },
  )
}

async function refuseOtherMinio(
  world: World,
  stack: Stack,
  { before, after }: Transition,
): Promise<void> {
  const old = minioOf(before)
  const next = minioOf(after)
  if (old === undefined || next === undefined) return
  if (old.user.equals(next.user) && old.password.equals(next.password)) return
  await runningContainer(stack, old.service)
  if ((await askMinio(world, stack, old)) === 'yes') return
  throw new Failure(
    'surroundings',
    'MinIO has other credentials than the files: somebody changed one of them',
    {
      remedy: `docker compose up -d --no-deps --force-recreate ${old.service} gives it those of the files. Then run again. Nothing was changed.`,
    },
  )
}
