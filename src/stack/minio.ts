import { DoesNotWork, type Step } from '../apply/step.ts'
import type { Container } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import type { Install } from '../install/install.ts'
import { signsIn } from '../live/minio.ts'
import type { Stack } from '../live/stack.ts'
import { Masked } from '../secrets/masked.ts'
import { Secret } from '../secrets/secret.ts'
import type { World } from '../world/world.ts'
import type { ServerSteps, Transition } from './transition.ts'

export interface MinioLogin {
  readonly service: string
  readonly user: Secret
  readonly password: Secret
}

/** What MinIO is started with; undefined where there is none. */
export function minioOf(install: Install): MinioLogin | undefined {
  const environment = install.compose?.model.services.get('minio')?.environment
  const user = environment?.get('MINIO_ROOT_USER')
  const password = environment?.get('MINIO_ROOT_PASSWORD')
  if (!user || !password) return undefined
  return { service: 'minio', user: new Secret(user), password: new Secret(password) }
}

/** Its root user comes from the environment at start: server and clients change in one window. */
export function minioSteps({ world, stack, before, after }: Transition): readonly ServerSteps[] {
  const old = minioOf(before)
  const next = minioOf(after)
  if (old === undefined || next === undefined) return []
  if (old.user.equals(next.user) && old.password.equals(next.password)) return []
  return [{ before: [], after: [tryOut(world, stack, next)] }]
}

function tryOut(world: World, stack: Stack, login: MinioLogin): Step {
  return {
    id: 'minio-test',
    label: Masked.trusted('Send MinIO a request signed with the new credentials'),
    state: async () => 'unknown',
    async run() {
      if ((await askMinio(world, stack, login)) === 'refused') {
        throw new DoesNotWork('MinIO refuses the new credentials')
      }
    },
  }
}

/** How long a MinIO that was just recreated may take to answer. */
const patienceMs = 30_000

/** Does MinIO take these? @throws Failure('surroundings') where it cannot be asked */
export async function askMinio(
  world: World,
  stack: Stack,
  { user, password }: MinioLogin,
): Promise<'yes' | 'refused'> {
  const end = world.now().getTime() + patienceMs
  for (;;) {
    const answer = await signsIn(stack, await caller(stack), user.reveal(), password, world.now())
    if (answer === 'yes' || answer === 'refused') return answer
    if (world.now().getTime() >= end) {
      throw new Failure('surroundings', `MinIO cannot be reached: ${answer.unreachable}`)
    }
    await world.pause(1_000)
  }
}

/** MinIO publishes no port: a service that talks to it asks for us, the first of these that runs. */
export const minioCallers = ['api', 'worker', 'executor'] as const

async function caller(stack: Stack): Promise<Container> {
  const containers = await stack.containers()
  for (const name of minioCallers) {
    const container = containers.find((one) => one.service === name && one.state === 'running')
    if (container !== undefined) return container
  }
  throw new Failure('surroundings', 'None of api, worker and executor runs to ask MinIO from', {
    remedy: `${stack.command} up -d --no-deps api`,
  })
}
