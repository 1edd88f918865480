import { DoesNotWork, type Step } from '../apply/step.ts'
import type { Container } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { signsIn } from '../live/minio.ts'
import type { Stack } from '../live/stack.ts'
import { Masked } from '../secrets/masked.ts'
import { Secret } from '../secrets/secret.ts'
import type { BundledLogin } from '../servers/server.ts'
import { runningContainer } from './server.ts'
import { changes, type LiveServer } from './transition.ts'

/** Its root user comes from the environment at start: server and clients change in one window. */
export const liveMinio: LiveServer = {
  steps({ stack }, change) {
    return changes(change) ? [{ before: [], after: [tryOut(stack, change.after)] }] : []
  },
  async refuseOther(stack, _, { before }) {
    await runningContainer(stack, before.service)
    if ((await ask(stack, before)) === 'yes') return
    throw new Failure(
      'surroundings',
      'MinIO has other credentials than the files: somebody changed one of them',
      {
        remedy: `${stack.command} up -d --no-deps --force-recreate ${before.service} gives it those of the files. Then run again. Nothing was changed.`,
      },
    )
  },
  needs: (running) => (callers.some((name) => running.has(name)) ? [] : [callers[0]]),
}

function tryOut(stack: Stack, login: BundledLogin): Step {
  return {
    id: 'minio-test',
    label: Masked.trusted('Send MinIO a request signed with the new credentials'),
    state: async () => 'unknown',
    async run() {
      if ((await ask(stack, login)) === 'refused') {
        throw new DoesNotWork('MinIO refuses the new credentials')
      }
    },
  }
}

/** How long a MinIO that was just recreated may take to answer. */
const patienceMs = 30_000

/** Does MinIO take these? @throws Failure('surroundings') where it cannot be asked */
async function ask(
  stack: Stack,
  { user, password = new Secret('') }: BundledLogin,
): Promise<'yes' | 'refused'> {
  const end = stack.now().getTime() + patienceMs
  for (;;) {
    const answer = await signsIn(stack, await caller(stack), user.reveal(), password, stack.now())
    if (answer === 'yes' || answer === 'refused') return answer
    if (stack.now().getTime() >= end) {
      throw new Failure('surroundings', `MinIO cannot be reached: ${answer.unreachable}`)
    }
    await stack.pause(1_000)
  }
}

/** MinIO publishes no port: a service that talks to it asks for us, the first of these that runs. */
const callers = ['api', 'worker', 'executor'] as const

async function caller(stack: Stack): Promise<Container> {
  const containers = await stack.containers()
  for (const name of callers) {
    const container = containers.find((one) => one.service === name && one.state === 'running')
    if (container !== undefined) return container
  }
  throw new Failure('surroundings', 'None of api, worker and executor runs to ask MinIO from', {
    remedy: `${stack.command} up -d --no-deps api`,
  })
}
