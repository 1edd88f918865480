import { DoesNotWork, type Step } from '../apply/step.ts'
import { Failure } from '../failure.ts'
import type { Install } from '../install/install.ts'
import { accepts, allowAlso, appends, endPassword, turnOnAppends } from '../live/redis.ts'
import type { Stack } from '../live/stack.ts'
import { Masked } from '../secrets/masked.ts'
import type { Secret } from '../secrets/secret.ts'
import { commandAppends } from '../servers/redis.ts'
import { runningContainer } from './server.ts'
import type { LiveServer } from './transition.ts'

/**
 * Redis takes both passwords while its clients move, and is recreated last, so that a restart comes up
 * with the new one: what ACL SETUSER says is in no file (measured with Redis 7.0).
 */
export const liveRedis: LiveServer = {
  steps({ stack, before, after }, change) {
    const { password: old } = change.before
    const { service, password } = change.after
    const kept =
      appendsIn(after, service) && !appendsIn(before, service)
        ? [keepData(stack, service, old)]
        : []
    if (password === undefined) {
      return [{ before: kept, after: old === undefined ? [] : [open(stack, service)] }]
    }
    if (old?.equals(password) === true) return [{ before: kept, after: [] }]
    if (old === undefined) return [{ before: kept, after: [only(stack, service, password)] }]
    return [
      {
        before: [...kept, both(stack, service, old, password)],
        after: [only(stack, service, password, old)],
        last: service,
      },
    ]
  },
  async refuseOther(stack, _, { before: { service, password } }) {
    if (password === undefined || (await ask(stack, service, password)) === 'yes') return
    throw new Failure(
      'surroundings',
      'Redis has another password than the files: somebody changed one of them',
      {
        remedy: `${stack.command} up -d --no-deps --force-recreate ${service} gives it that of the files; the data stays. Then run again. Nothing was changed.`,
      },
    )
  },
}

function appendsIn(install: Install, service: string): boolean {
  return commandAppends(install.compose?.model.services.get(service)?.command)
}

/** A Redis that starts with an append-only file reads that alone: it has to hold everything by then. */
function keepData(stack: Stack, service: string, password: Secret | undefined): Step {
  return {
    id: 'redis-append',
    label: Masked.trusted('Let Redis write everything to its append-only file'),
    slow: true,
    async state() {
      const container = await runningContainer(stack, service)
      // One that was recreated has the file, and may have another password.
      if ((await ask(stack, service, password)) === 'refused') return 'after'
      return (await appends(stack, container, password)) === 'on' ? 'after' : 'before'
    },
    async run() {
      await turnOnAppends(stack, await runningContainer(stack, service), password)
    },
  }
}

function both(stack: Stack, service: string, old: Secret, next: Secret): Step {
  return {
    id: 'redis',
    label: Masked.trusted('Let Redis take the new password beside the old one'),
    async state() {
      return (await ask(stack, service, next)) === 'yes' ? 'after' : 'before'
    },
    async run() {
      await allowAlso(stack, await runningContainer(stack, service), old, next)
    },
    async undo() {
      await endPassword(stack, await runningContainer(stack, service), old, next)
    },
  }
}

function only(stack: Stack, service: string, next: Secret, old?: Secret): Step {
  return {
    id: 'redis-test',
    label: Masked.trusted('Redis takes the new password, and no other'),
    state: async () => 'unknown',
    async run() {
      if ((await ask(stack, service, next)) === 'refused') {
        throw new DoesNotWork('Redis refuses the new password')
      }
      if (old !== undefined && (await ask(stack, service, old)) === 'yes') {
        const container = await runningContainer(stack, service)
        await endPassword(stack, container, next, old)
      }
    },
  }
}

/** No Redis takes a password and none: it is recreated with its clients. */
function open(stack: Stack, service: string): Step {
  return {
    id: 'redis-test',
    label: Masked.trusted('Redis takes everybody, without a password'),
    state: async () => 'unknown',
    async run() {
      if ((await ask(stack, service, undefined)) === 'refused') {
        throw new DoesNotWork('Redis still wants a password')
      }
    },
  }
}

/** Does Redis take this password, or everybody where there is none? @throws Failure('surroundings') where it cannot be asked */
async function ask(
  stack: Stack,
  service: string,
  password: Secret | undefined,
): Promise<'yes' | 'refused'> {
  const answer = await accepts(stack, await runningContainer(stack, service), password)
  if (answer === 'yes' || answer === 'refused') return answer
  throw new Failure('surroundings', `Redis cannot be reached: ${answer.unreachable}`)
}
