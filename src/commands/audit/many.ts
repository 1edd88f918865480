import type { HostFacts } from '../../controls/facts.ts'
import type { Thread } from '../../world/threads.ts'
import type { World } from '../../world/world.ts'
import { type AuditContext, auditOne, type Outcome } from './one.ts'

/** What a thread is asked: some installs, and what is the same for all of them. */
export interface AuditRequest {
  readonly directories: readonly string[]
  /** Ids: a control itself is code, which cannot be handed over. */
  readonly controls: readonly string[]
  readonly host: HostFacts
  readonly withSeen: boolean
  readonly columns: number
}

type AuditThread = Thread<AuditRequest, readonly Outcome[]>

/** Fewer are done before threads have loaded the program. */
const fewestForThreads = 64

/** How many installs a thread is sent at once: it seldom waits for more, and the other seldom for its end. */
const batchSize = 16

/** How many are under way in one thread, so that it works on one while the system answers for another. */
const atATime = 4

/**
 * Audits installs, in two threads where they are many and the machine has two processors. The outcomes
 * are in the order of the installs, whatever came first.
 */
export async function auditMany(
  world: World,
  directories: readonly string[],
  context: AuditContext,
): Promise<readonly Outcome[]> {
  const threads = directories.length < fewestForThreads ? [] : await startThreads(world)
  if (threads.length === 0) return await auditHere(world, directories, context)
  const batches = Array.from({ length: Math.ceil(directories.length / batchSize) }, (_, index) =>
    directories.slice(index * batchSize, (index + 1) * batchSize),
  )
  try {
    const outcomes = await inOrder(batches, threads, async (batch, thread) => {
      return (await ask(thread, batch, context)) ?? (await auditHere(world, batch, context))
    })
    return outcomes.flat()
  } finally {
    await Promise.all(threads.map((thread) => thread.end()))
  }
}

/** Audits installs in the thread that calls. */
export async function auditHere(
  world: World,
  directories: readonly string[],
  context: AuditContext,
): Promise<readonly Outcome[]> {
  const lanes = Array.from({ length: atATime }, (_, lane) => lane)
  return await inOrder(directories, lanes, (directory) => auditOne(world, directory, context))
}

async function startThreads(world: World): Promise<readonly AuditThread[]> {
  const start = () => world.startThread?.<AuditRequest, readonly Outcome[]>('audit-worker')
  const threads = await Promise.all([start(), start()])
  return threads.filter((thread) => thread !== undefined)
}

/**
 * undefined where the thread has ended, be it that one install took all of its memory: the same
 * installs are audited by the main thread then, and what is wrong shows there.
 */
async function ask(
  thread: AuditThread,
  directories: readonly string[],
  { controls, host, withSeen, columns }: AuditContext,
): Promise<readonly Outcome[] | undefined> {
  const ids = controls.map(({ meta }) => meta.id)
  return await thread
    .ask({ directories, controls: ids, host, withSeen, columns })
    .catch(() => undefined)
}

/** Each worker takes the next item when it is done with one; the results are in the order of the items. */
async function inOrder<Item, Worker, Result>(
  items: readonly Item[],
  workers: readonly Worker[],
  act: (item: Item, worker: Worker) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>()
  const rest = items.entries()
  const work = async (worker: Worker) => {
    for (const [index, item] of rest) results.set(index, await act(item, worker))
  }
  await Promise.all(workers.map(work))
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result)
}
