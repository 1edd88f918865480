import { describe, expect, test } from 'vitest'
import type { Case } from '../../src/controls/control.ts'
import { Failure } from '../../src/failure.ts'
import { chooseSecrets, type Recovered } from '../../src/plan/choose-secrets.ts'
import { Secret } from '../../src/secrets/secret.ts'
import { caseOf } from '../controls/case.ts'

const data = { state: 'exists', evidence: ['volume tracecat_core-db'], certain: true } as const

type Env = Readonly<Record<string, string | undefined>>
type More = Partial<Parameters<typeof chooseSecrets>[0]>

/** What is chosen for an install with data, whose variables stand in prod.env. */
function chosen(env: Env, more: More = {}): ReturnType<typeof chooseSecrets> {
  const { install, release, answers, facts }: Case = caseOf({ env, answers: {} })
  if (answers === undefined) throw new Error('there are answers')
  return chooseSecrets({
    install: { ...install, envPath: 'prod.env' },
    recovered: new Map(),
    facts: { ...facts, fresh: false, data },
    release,
    answers,
    clientSecret: undefined,
    remembered: new Set(),
    ...more,
  })
}

function refusal(env: Env, more: More = {}): Failure {
  try {
    chosen(env, more)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('nothing is refused')
}

test.each([
  [
    'a lost key',
    { TRACECAT__DB_ENCRYPTION_KEY: undefined },
    {},
    /missing, and this stack has data/,
  ],
  [
    'a key that was here before',
    { TRACECAT__DB_ENCRYPTION_KEY: undefined },
    { remembered: new Set(['TRACECAT__DB_ENCRYPTION_KEY']) },
    /was here before and is gone/,
  ],
  [
    'a password that Redis cannot read',
    { REDIS_PASSWORD: 'two words of it' },
    {},
    /blank or a quote/,
  ],
])('%s: the message names the file that Compose is told to read', (_, env, more, message) => {
  const { message: said, where, kind } = refusal(env, more)
  expect(said).toMatch(message)
  expect([kind, where]).toEqual(['badInput', { file: 'prod.env' }])
})

describe('a default in .env, where a server may hold data under another password', () => {
  const key = { TRACECAT__DB_ENCRYPTION_KEY: 'q7Jx2mVt9RkLw4Zb8NcY1sHd6FgP3uEaT5oXi0KvMB8=' }
  const real = new Secret('of-the-server-0123456789')
  const foundIn = (source: Recovered['source'], ...names: readonly string[]) => ({
    recovered: new Map(names.map((name) => [name, { value: real, from: 'somewhere', source }])),
    clientSecret: new Secret('of-the-provider-0123'),
  })

  test.each([
    'TRACECAT__POSTGRES_PASSWORD',
    'TEMPORAL__POSTGRES_PASSWORD',
    'MINIO_ROOT_PASSWORD',
    'MINIO_ROOT_USER',
  ])('%s: that of the running container counts', (name) => {
    expect(chosen(key, foundIn('container', name)).get(name)).toMatchObject({
      kind: 'recover',
      value: real,
    })
  })

  test('one that we wrote last is no proof: which of the two counts is asked', () => {
    const { message, kind } = refusal(key, foundIn('last', 'MINIO_ROOT_PASSWORD'))
    expect(message).toMatch(/^MINIO_ROOT_PASSWORD is a default again, and somewhere has another/)
    expect(kind).toBe('badInput')
  })

  test('one of an old backup may be older than the server: it is left', () => {
    const decisions = chosen(key, foundIn('backup', 'MINIO_ROOT_PASSWORD'))
    expect(decisions.get('MINIO_ROOT_PASSWORD')?.kind).toBe('leave')
  })

  test('where the line is gone, a backup is better than nothing', () => {
    const env = { ...key, MINIO_ROOT_PASSWORD: undefined }
    const decisions = chosen(env, foundIn('backup', 'MINIO_ROOT_PASSWORD'))
    expect(decisions.get('MINIO_ROOT_PASSWORD')).toMatchObject({ kind: 'recover', value: real })
  })

  test('what is no default stays, whatever is found elsewhere', () => {
    const env = { ...key, MINIO_ROOT_PASSWORD: 'own-0123456789-of-theirs' }
    const decisions = chosen(env, foundIn('container', 'MINIO_ROOT_PASSWORD'))
    expect(decisions.get('MINIO_ROOT_PASSWORD')?.kind).toBe('keep')
  })
})
