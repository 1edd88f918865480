import type { Container } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import type { World } from '../world/world.ts'
import type { Stack } from './stack.ts'

export interface WaitLimits {
  /** From now until all are well, in milliseconds. */
  readonly timeoutMs: number
  /** How long one without a health check has to run without a restart, in milliseconds. */
  readonly steadyMs: number
  /** Between two looks, in milliseconds. */
  readonly intervalMs: number
  /** Services that do their work and end: well when they ended with 0. */
  readonly once: readonly string[]
}

/** Told whenever a service has become well: which ones are still waited for, sorted, and since when. */
export type WaitProgress = (waiting: readonly string[], elapsedMs: number) => void

const usual: WaitLimits = {
  // Temporal's health check gives it 150 s; images of a slow disk need more than that.
  timeoutMs: 300_000,
  // Tracecat's workers load for some seconds before they first connect.
  steadyMs: 5_000,
  intervalMs: 1_000,
  once: ['migrations'],
}

const logLines = 10

/** A program that meets a server on its way up may end once or twice; one that goes on like this does not come up. */
const mostRestarts = 3

/** What was seen of a container: restarts before the first look are not ours. */
interface Sight {
  readonly restarts: number
  /** At the last look. */
  readonly restartsNow: number
  /** When it was first seen running, by the world's clock in milliseconds. */
  readonly runningSince: number | undefined
}

type Condition =
  | { readonly kind: 'well' }
  | { readonly kind: 'waiting'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string }

/**
 * Waits until every container of these services is well: running and healthy; running for a while without a restart,
 * where it has no health check; ended with 0, where it does its work once.
 * @param limits replace the usual ones: 5 minutes, 5 s without a restart, a look every second
 * @throws Failure('surroundings') for the first service that restarts over and over, ends, becomes unhealthy, or is late: its
 *   state, and the last lines of its log as they are, so that it is for the caller to mask them
 */
export async function waitUntilWell(
  world: Pick<World, 'now' | 'pause'>,
  stack: Stack,
  services: readonly string[],
  limits: Partial<WaitLimits> = {},
  progress: WaitProgress = () => {},
): Promise<void> {
  const all = { ...usual, ...limits }
  const wanted = [...new Set(services)].sort()
  const start = world.now().getTime()
  const sights = new Map<string, Sight>()
  let before = wanted.length + 1
  for (;;) {
    const containers = await stack.containers()
    const now = world.now().getTime()
    const waiting: { service: string; why: string; container: Container | undefined }[] = []
    for (const service of wanted) {
      const own = containers.filter((one) => one.service === service)
      if (own.length === 0) waiting.push({ service, why: 'has no container', container: undefined })
      for (const container of own) {
        const sight = look(sights.get(container.id), container, now)
        sights.set(container.id, sight)
        const condition = judge(container, sight, now, all)
        if (condition.kind === 'failed') throw await unwell(stack, container, condition.why)
        if (condition.kind === 'waiting') waiting.push({ service, why: condition.why, container })
      }
    }
    const names = [...new Set(waiting.map(({ service }) => service))]
    if (names.length !== before) progress(names, now - start)
    before = names.length
    const [first] = waiting
    if (first === undefined) return
    if (now - start >= all.timeoutMs) {
      const why = `${first.why} after ${Math.round(all.timeoutMs / 1000)} s`
      throw first.container === undefined
        ? new Failure('surroundings', `The service ${first.service} ${why}`)
        : await unwell(stack, first.container, why)
    }
    await world.pause(all.intervalMs)
  }
}

function look(before: Sight | undefined, container: Container, now: number): Sight {
  const { state, restarts } = container
  const since = before?.restartsNow === restarts ? before.runningSince : undefined
  return {
    restarts: before?.restarts ?? restarts,
    restartsNow: restarts,
    runningSince: state === 'running' ? (since ?? now) : undefined,
  }
}

function judge(
  { service, state, health, exitCode, restarts }: Container,
  sight: Sight,
  now: number,
  { steadyMs, once }: WaitLimits,
): Condition {
  if (restarts - sight.restarts >= mostRestarts)
    return { kind: 'failed', why: `restarts over and over, having ended with ${exitCode}` }
  if (state === 'restarting')
    return { kind: 'waiting', why: `restarts, having ended with ${exitCode}` }
  if (state === 'exited' || state === 'dead') {
    return exitCode === 0 && once.includes(service)
      ? { kind: 'well' }
      : { kind: 'failed', why: `ended with ${exitCode}` }
  }
  if (state !== 'running') return { kind: 'waiting', why: `is ${state}` }
  if (health === 'healthy') return { kind: 'well' }
  if (health === 'unhealthy') return { kind: 'failed', why: 'runs and is unhealthy' }
  if (health === 'starting') return { kind: 'waiting', why: 'runs and is not healthy yet' }
  if (once.includes(service)) return { kind: 'waiting', why: 'has not ended yet' }
  return now - (sight.runningSince ?? now) >= steadyMs
    ? { kind: 'well' }
    : { kind: 'waiting', why: 'has not run for long enough' }
}

async function unwell(stack: Stack, container: Container, why: string): Promise<Failure> {
  const message = `The service ${container.service} ${why}`
  const text = await stack.logs(container, logLines).catch(() => '')
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0)
    return new Failure('surroundings', message, { remedy: 'It printed nothing.' })
  const remedy = ['The last lines of its log:', ...lines.map((line) => `  ${line}`)].join('\n')
  return new Failure('surroundings', message, { remedy })
}
