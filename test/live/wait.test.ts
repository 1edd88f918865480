import { expect, test } from 'vitest'
import type { Container } from '../../src/controls/facts.ts'
import { Failure } from '../../src/failure.ts'
import type { Stack } from '../../src/live/stack.ts'
import { waitUntilWell } from '../../src/live/wait.ts'
import { fakeWorld } from '../world/fake.ts'
import { container } from './container.ts'

/** Looks at a second's distance; the last one stays. */
type Looks = readonly Partial<Container>[]

async function wait(looks: Looks, service = 'api', log = 'one\ntwo\n') {
  const world = fakeWorld()
  const start = world.now().getTime()
  const elapsed = () => world.now().getTime() - start
  const look = () => looks[Math.min(Math.floor(elapsed() / 1000), looks.length - 1)]
  const stack: Pick<Stack, 'containers' | 'logs'> = {
    containers: async () => {
      const parts = look()
      return parts === undefined ? [] : [container(service, parts), container('other')]
    },
    logs: async () => log,
  }
  const told: string[] = []
  // Nothing but these two is asked for.
  await waitUntilWell(
    world,
    Object.assign(Object.create(null), stack),
    [service, service],
    {},
    (names, ms) => told.push(`${names.join(' ')} ${ms}`),
  )
  return { elapsed: elapsed(), told }
}

const failure = async (promise: Promise<unknown>) => {
  const error = await promise.catch((thrown: unknown) => thrown)
  return error instanceof Failure ? `${error.message}\n${error.remedy}` : error
}

test('one with a health check is well when it is healthy', async () => {
  const starting = { health: 'starting' } as const
  const looks = [{ state: 'created' } as const, starting, starting, { health: 'healthy' } as const]
  expect(await wait(looks)).toEqual({ elapsed: 3000, told: ['api 0', ' 3000'] })
})

test('one without is well when it has run for five seconds, counted from its last start', async () => {
  expect((await wait([{}])).elapsed).toBe(5_000)
  expect((await wait([{}, {}, { state: 'paused' }, {}])).elapsed).toBe(8_000)
  expect((await wait([{}, {}, {}, { id: 'made-anew' }])).elapsed).toBe(8_000)
  expect((await wait([{}, {}, {}, { restarts: 1 }])).elapsed).toBe(8_000)
})

test('restarts from before do not count, and one that goes on restarting does not come up', async () => {
  expect((await wait([{ restarts: 7 }])).elapsed).toBe(5_000)
  expect((await wait([{ restarts: 7 }, { restarts: 9 }])).elapsed).toBe(6_000)
  expect(await failure(wait([{ restarts: 7 }, { restarts: 10, exitCode: 1 }]))).toBe(
    'The service api restarts over and over, having ended with 1\nThe last lines of its log:\n  one\n  two',
  )
  expect(await failure(wait([{ state: 'restarting', exitCode: 137 }]))).toContain(
    'restarts, having ended with 137 after 300 s',
  )
})

test('one that does its work once is well when it ended with 0', async () => {
  expect((await wait([{}, { state: 'exited' }], 'migrations')).elapsed).toBe(1000)
  expect(await failure(wait([{ state: 'exited', exitCode: 1 }], 'migrations'))).toContain(
    'The service migrations ended with 1',
  )
  expect(await failure(wait([{ state: 'exited' }]))).toContain('The service api ended with 0')
})

test.each<[string, Looks, string]>([
  ['unhealthy', [{ health: 'starting' }, { health: 'unhealthy' }], 'runs and is unhealthy'],
  ['late', [{ health: 'starting' }], 'runs and is not healthy yet after 300 s'],
  ['never started', [{ state: 'created' }], 'is created after 300 s'],
  ['not there', [], 'has no container after 300 s'],
])('one that is %s is named with its state', async (_, looks, words) => {
  expect(await failure(wait(looks))).toContain(`The service api ${words}`)
})

test('one that printed nothing is told apart from a log that is not shown', async () => {
  expect(await failure(wait([{ health: 'unhealthy' }], 'api', '\n'))).toContain('printed nothing')
})
