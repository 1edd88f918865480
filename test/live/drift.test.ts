import { expect, test } from 'vitest'
import type { Container } from '../../src/controls/facts.ts'
import { type ImageFacts, pendingChanges } from '../../src/live/drift.ts'
import type { Stack } from '../../src/live/stack.ts'
import { container } from './container.ts'

const ours = new Map([
  ['TRACECAT__POSTGRES_PASSWORD', 'POSTGRES_PASSWORD'],
  ['TEMPORAL__POSTGRES_PASSWORD', 'POSTGRES_PASSWORD'],
])

/** A stack whose database's hash depends on its password in `.env`, which is `new`. */
function stackOf(containers: readonly Container[], services: readonly string[]) {
  const asked: Readonly<Record<string, string>>[] = []
  const parts: Pick<Stack, 'containers' | 'configHashes'> = {
    containers: async () => containers,
    configHashes: async (variables = {}) => {
      asked.push(variables)
      const password = variables.TRACECAT__POSTGRES_PASSWORD ?? 'new'
      return new Map(
        services.map((service) => [
          service,
          service === 'postgres_db' ? `with-${password}` : `hash-of-${service}`,
        ]),
      )
    },
  }
  // Nothing but these two is asked for.
  const stack: Stack = Object.assign(Object.create(null), parts)
  return { stack, asked }
}

async function told(
  containers: readonly Container[],
  services: readonly string[],
  images: ImageFacts = {},
) {
  const { stack } = stackOf(containers, services)
  const pending = await pendingChanges(stack, ours, images)
  return pending.map(
    ({ service, kind, what, explained, container }) =>
      `${service}: ${kind}, ${what}, ${explained ? 'ours' : 'not ours'}, ${container?.id ?? '-'}`,
  )
}

const database = (password: string, configHash = `with-${password}`) =>
  container('postgres_db', { configHash, environment: new Map([['POSTGRES_PASSWORD', password]]) })

test('containers that are what the files say are no change, and nothing else is asked', async () => {
  const { stack, asked } = stackOf([container('api'), database('new')], ['api', 'postgres_db'])
  expect(await pendingChanges(stack, ours)).toEqual([])
  expect(asked).toEqual([{}])
})

test('a password that its container still has is ours, another change beside it is not', async () => {
  expect(await told([database('old')], ['postgres_db'])).toEqual([
    'postgres_db: changed, its configuration, ours, id-of-postgres_db',
  ])
  expect(await told([database('old', 'made-with-more')], ['postgres_db'])).toEqual([
    'postgres_db: changed, its configuration, not ours, id-of-postgres_db',
  ])
})

test('a container without our variable is never ours', async () => {
  const { stack, asked } = stackOf([container('api', { configHash: 'other' })], ['api'])
  expect(await pendingChanges(stack, ours)).toMatchObject([{ service: 'api', explained: false }])
  expect(asked).toEqual([{}])
})

test('a service without a container, and a container without a service', async () => {
  expect(await told([container('old_ui'), container('api')], ['api', 'worker'])).toEqual([
    'old_ui: no-service, the files do not start it; its container is tracecat-old_ui-1, not ours, -',
    'worker: no-container, it has no container, not ours, -',
  ])
})

test('another image in the file is named', async () => {
  const inFiles = new Map([['api', 'api:2']])
  const changed = container('api', { configHash: 'other' })
  expect(await told([changed], ['api'], { inFiles })).toEqual([
    'api: changed, image api:1 -> api:2, not ours, id-of-api',
  ])
  expect(await told([container('api')], ['api'], { inFiles })).toEqual([])
})

test('an image that was pulled anew, or is gone, comes in with the same configuration', async () => {
  const told1 = (id: string | undefined) =>
    told([container('api')], ['api'], { ids: new Map([['api:1', id]]) })
  expect(await told1('sha256:api')).toEqual([])
  expect(await told1('sha256:newer')).toEqual([
    'api: changed, another image is called api:1 now, not ours, id-of-api',
  ])
  expect(await told1(undefined)).toEqual([
    'api: changed, no image is called api:1 any more, not ours, id-of-api',
  ])
})

test('of several containers of a service, the change that nothing explains counts', async () => {
  const both = [database('old'), { ...database('old', 'made-with-more'), id: 'second' }]
  for (const containers of [both, [...both].reverse()]) {
    expect(await told(containers, ['postgres_db'])).toEqual([
      'postgres_db: changed, its configuration, not ours, second',
    ])
  }
})
