import { describe, expect, test } from 'vitest'
import { parseEnvFile } from '../../../src/install/env-file/parse.ts'
import { lastingValues } from '../../../src/install/env-file/resolve.ts'
import { restoredEnv } from '../../../src/plan/env/restored-env.ts'
import { hashOf, type WrittenRecord } from '../../../src/plan/record.ts'
import { hasWaitingKey, nextKeyring } from '../../../src/rotation/renew.ts'
import { generateFernetKey } from '../../../src/secrets/generate.ts'
import { parseKeyring } from '../../../src/secrets/keyring.ts'

const key = 'TRACECAT__DB_ENCRYPTION_KEY'
const keyring = 'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING'
const [oneKey, otherKey] = [generateFernetKey().reveal(), generateFernetKey().reveal()]

const env = (values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
const ring = (current: string, keys: Readonly<Record<string, string>>) =>
  JSON.stringify({ current_key_id: current, keys })

function restored(
  old: string,
  present: string,
  more: { readonly keepDatabases?: boolean; readonly record?: WrittenRecord } = {},
) {
  const result = restoredEnv({
    old: parseEnvFile(old, '.env'),
    record: more.record ?? new Map(),
    present: lastingValues(parseEnvFile(present, '.env'), {}),
    shell: {},
    keepDatabases: more.keepDatabases ?? false,
  })
  return { ...result, values: lastingValues(result.env, {}) }
}

describe('the database encryption key', () => {
  test.each([
    ['stays', oneKey, otherKey, oneKey, true],
    [
      'stays, where the backup has a placeholder',
      oneKey,
      'your-tracecat-db-fernet-key',
      oneKey,
      false,
    ],
    ['stays, where the backup has none', oneKey, '', oneKey, false],
    ['is put back where it was lost', '', otherKey, otherKey, false],
    ['is put back over a placeholder', 'your-tracecat-db-fernet-key', otherKey, otherKey, false],
    ['stays what it is where there never was one', 'changeme', 'changeme2', 'changeme', false],
  ])('%s', (_, now, then, expected, isOther) => {
    const { values, kept } = restored(env({ [key]: then }), env({ [key]: now }))
    expect(values.get(key)).toBe(expected)
    expect(kept.otherEncryptionKey).toBe(isOther)
  })
})

describe('the payload keyring', () => {
  test.each([
    [
      'loses no key',
      ring('v2', { v1: 'a', v2: 'b' }),
      ring('v1', { v1: 'a' }),
      'v2',
      { v1: 'a', v2: 'b' },
      [],
      [],
    ],
    [
      'gains what only the backup has',
      ring('v2', { v2: 'b' }),
      ring('v1', { v1: 'a', v2: 'b' }),
      'v2',
      { v1: 'a', v2: 'b' },
      ['v1'],
      [],
    ],
    [
      'keeps its own of two by one name',
      ring('v1', { v1: 'b' }),
      ring('v1', { v1: 'a' }),
      'v1',
      { v1: 'b' },
      [],
      ['v1'],
    ],
    ['is put back where it was lost', '', ring('v1', { v1: 'a' }), 'v1', { v1: 'a' }, [], []],
    [
      'is put back where it is damaged',
      '{broken',
      ring('v1', { v1: 'a' }),
      'v1',
      { v1: 'a' },
      [],
      [],
    ],
    ['stays where the backup has none', ring('v1', { v1: 'a' }), '', 'v1', { v1: 'a' }, [], []],
  ])('%s', (_, now, then, current, keys, added, other) => {
    const { values, kept } = restored(env({ [keyring]: then }), env({ [keyring]: now }))
    expect(JSON.parse(values.get(keyring) ?? '')).toEqual({ current_key_id: current, keys })
    expect([kept.addedKeys, kept.otherKeys]).toEqual([added, other])
  })

  test.each([
    ['an older key', ring('v3', { v3: 'c' }), ring('v2', { v2: 'b', v3: 'c' })],
    ['a newer key', ring('v3', { v3: 'c' }), ring('v4', { v3: 'c', v4: 'd' })],
    ['a newer key alone', ring('v3', { v3: 'c' }), ring('v4', { v4: 'd' })],
  ])('%s of the backup decrypts, and never encrypts again', (_, now, then) => {
    const { values } = restored(env({ [keyring]: then }), env({ [keyring]: now }))
    const merged = parseKeyring(values.get(keyring) ?? '')
    if (merged === undefined) throw new Error('Tracecat would refuse it')
    expect([merged.current, merged.keys.size, hasWaitingKey(merged)]).toEqual(['v3', 2, false])
    expect(parseKeyring(then)?.keys.has(nextKeyring(nextKeyring(merged)).current)).toBe(false)
  })

  test('one that is damaged stays where the backup has none: somebody may still read it', () => {
    expect(
      restored(env({ [keyring]: '' }), env({ [keyring]: '{broken' })).values.get(keyring),
    ).toBe('{broken')
  })
})

test('all else is as it was, to the byte', () => {
  const old = `# mine\n${key}=${otherKey} # why\nMY_OWN=1\nTRACECAT__SERVICE_KEY=old\n`
  const present = env({ [key]: oneKey, TRACECAT__SERVICE_KEY: 'new', ADDED: '1' })
  expect(restored(old, present).env.text).toBe(old.replace(otherKey, oneKey))
})

test('the record knows a value that was kept for ours, where the old one was', () => {
  const record: WrittenRecord = new Map([
    [`env:${key}`, { hash: hashOf(otherKey), before: { kind: 'absent' } }],
  ])
  const result = restored(env({ [key]: otherKey }), env({ [key]: oneKey }), { record })
  expect(result.record.get(`env:${key}`)?.hash).toBe(hashOf(oneKey))
})

describe('what the databases hold', () => {
  const names = ['TRACECAT__POSTGRES_USER', 'TRACECAT__POSTGRES_PASSWORD', 'TRACECAT__DB_URI']
  const login = (user: string, password: string) =>
    env({
      TRACECAT__POSTGRES_USER: user,
      TRACECAT__POSTGRES_PASSWORD: password,
      TRACECAT__DB_URI: `postgresql+psycopg://${user}:${password}@postgres_db:5432/postgres`,
    })

  test('goes back with a running server', () => {
    const { values, kept } = restored(login('postgres', 'then'), login('postgres', 'now'))
    expect(values.get('TRACECAT__POSTGRES_PASSWORD')).toBe('then')
    expect(kept.ofDatabases).toEqual([])
  })

  test('stays where they do, in the URI as well', () => {
    const now = login('tracecat', 'now')
    const { values, kept } = restored(login('postgres', 'then'), now, { keepDatabases: true })
    const expected = lastingValues(parseEnvFile(now, '.env'), {})
    expect(names.map((name) => values.get(name))).toEqual(names.map((name) => expected.get(name)))
    expect(kept.ofDatabases).toEqual(['TRACECAT__POSTGRES_USER', 'TRACECAT__POSTGRES_PASSWORD'])
  })
})
