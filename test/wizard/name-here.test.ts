import { expect, test } from 'vitest'
import { releaseOf } from '../../src/release/release-of.ts'
import { lookUp } from '../../src/wizard/name-here.ts'
import { fakeWorld } from '../world/fake.ts'
import { scripted } from './scripted.ts'

const name = 'tracecat.example.com'

async function seen(
  domain: string,
  addresses: readonly string[],
  own: readonly string[] = ['127.0.0.1', '203.0.113.7'],
  offline = false,
) {
  const world = fakeWorld({ names: { [domain]: addresses }, ownAddresses: own })
  const { proposed, lines } = await lookUp(
    {
      world,
      prompter: scripted([]),
      directory: '/nowhere',
      offline,
      release: releaseOf('1.0.0-beta.50'),
      inUse: false,
      passwordsNow: false,
      hasClientSecret: () => false,
      api: undefined,
    },
    domain,
  )
  return { proposed, text: lines.join(' ') }
}

test.each([
  ['points here', ['203.0.113.7'], 'automatic', 'points to this host'],
  ['has no address', [], 'automatic', 'has no address yet'],
  ['points elsewhere', ['198.51.100.9'], 'automatic', 'no address of this host'],
  ['points into a private network', ['10.0.0.5'], 'internal', 'the Internet does not reach'],
  [
    'points to a private address of this host',
    ['fd00::5'],
    'internal',
    'the Internet does not reach',
  ],
])('a name that %s', async (_, addresses, proposed, text) => {
  const result = await seen(name, addresses)
  expect(result.proposed).toBe(proposed)
  expect(result.text).toContain(text)
})

test('what cannot be told is said, and nothing is asked offline', async () => {
  expect((await seen(name, ['203.0.113.7'])).text).toContain('cannot be told from here')
  expect((await seen(name, ['10.0.0.5'], [], true)).text).toContain('--offline')
  expect((await seen('tracecat.corp.internal', [])).proposed).toBe('internal')
})
