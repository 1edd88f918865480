import { dirname } from 'node:path'
import * as z from 'zod/mini'
import { Failure } from '../failure.ts'
import { time } from '../install/state-file.ts'
import { parseJson } from '../json.ts'
import { errorCode } from '../world/system-error.ts'
import type { World } from '../world/world.ts'
import { stateFileMode, uniqueName } from './state-folder.ts'

const name = z.string().check(z.maxLength(255))
const holderSchema = z.strictObject({
  version: z.literal(1),
  nonce: z.string().check(z.regex(/^[\w-]{12}$/)),
  /** Of one process: 0 and negative ones are groups. */
  processId: z.int().check(z.minimum(1), z.maximum(2 ** 31 - 1)),
  host: name,
  boot: name,
  started: name,
  since: time,
})
type Holder = z.infer<typeof holderSchema>

export interface Lock {
  release(): Promise<void>
}

/** Somebody always gets on within one round; more rounds than this mean a fault. */
const mostRounds = 100

/**
 * Takes the lock file at `path`, whose folder must exist. A lock whose owner no longer runs is taken over.
 * Throws a Failure ('surroundings') where another run holds it.
 */
export async function acquireLock(world: World, path: string): Promise<Lock> {
  const self = await claim(world)
  await take(world, path, self, path)
  // What takers that crashed left behind. Nobody needs it while we, alive, hold the lock.
  const prefix = `${path}.`
  for (const name of await world.files.list(dirname(path))) {
    const leftover = `${dirname(path)}/${name}`
    if (leftover.startsWith(prefix)) await world.files.remove(leftover)
  }
  return {
    async release() {
      const holder = await readHolder(world, path)
      if (holder !== 'absent' && holder.nonce === self.nonce) await world.files.remove(path)
    },
  }
}

/**
 * Creates `path` with our claim in it, all at once. A dead owner's lock may be removed only by who holds
 * the lock named after the dead one's nonce: so of two takers, none removes the other's fresh lock.
 */
async function take(world: World, path: string, self: Holder, mainLock: string): Promise<void> {
  for (let round = 0; round < mostRounds; round += 1) {
    if (await publish(world, path, self, mainLock)) return
    const holder = await readHolder(world, path)
    if (holder === 'absent') continue
    if (await isAlive(world, holder, self)) throw held(holder, mainLock)
    const guard = `${mainLock}.${holder.nonce}`
    await take(world, guard, self, mainLock)
    const still = await readHolder(world, path)
    if (still !== 'absent' && still.nonce === holder.nonce) await world.files.remove(path)
    await world.files.remove(guard)
  }
  throw new Failure('surroundings', `Could not take the lock ${mainLock}`, { remedy: 'Run again.' })
}

async function publish(
  world: World,
  path: string,
  self: Holder,
  mainLock: string,
): Promise<boolean> {
  const draft = `${mainLock}.${uniqueName()}.new`
  const bytes = new TextEncoder().encode(`${JSON.stringify(self)}\n`)
  await world.files.create(draft, bytes, stateFileMode, world.owner)
  try {
    await world.files.link(draft, path)
    return true
  } catch (error) {
    // ENOENT: the lock's holder has swept our draft away.
    if (['EEXIST', 'ENOENT'].includes(errorCode(error) ?? '')) return false
    throw error
  } finally {
    await world.files.remove(draft)
  }
}

async function claim(world: World): Promise<Holder> {
  const identity = await world.processes.identity(world.processId)
  if (identity === 'gone') throw new Error('This process does not know its own identity')
  const since = world.now().toISOString()
  return { version: 1, nonce: uniqueName(), processId: world.processId, ...identity, since }
}

async function readHolder(world: World, path: string): Promise<Holder | 'absent'> {
  const found = await world.files.read(path, 4096)
  if (found.kind === 'absent') return 'absent'
  if (found.kind === 'file') {
    const holder = holderSchema.safeParse(parseJson(new TextDecoder().decode(found.bytes)))
    if (holder.success) return holder.data
  }
  throw new Failure('badInput', `The lock ${path} is not one of ours, or damaged`, {
    where: { file: path },
    remedy:
      'Nothing was changed. If no tracecat-harden is at work in this folder, remove that file and run again.',
  })
}

/** On another host (a shared disk, a container) we cannot ask: then it counts as alive. */
async function isAlive(world: World, holder: Holder, self: Holder): Promise<boolean> {
  if (holder.host !== self.host) return true
  if (holder.boot !== self.boot) return false
  const identity = await world.processes.identity(holder.processId)
  if (identity === 'gone') return false
  return identity.started === '' || holder.started === '' || identity.started === holder.started
}

function held(holder: Holder, path: string): Failure {
  const who = `process ${holder.processId} on ${holder.host}`
  return new Failure(
    'surroundings',
    `Another tracecat-harden (${who}) is at work here since ${holder.since}`,
    { remedy: `Wait until it is done. If it no longer runs, remove ${path}.` },
  )
}
