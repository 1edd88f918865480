import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasWaitingKey, nextKeyring, type Renewal, renew } from '../../src/rotation/renew.ts'
import type { SecretId } from '../../src/secrets/catalogue.ts'
import { type Keyring, parseKeyring, renderKeyring } from '../../src/secrets/keyring.ts'
import { Secret } from '../../src/secrets/secret.ts'
import { caseOf, hardened, type Parts } from '../controls/case.ts'

const generated = /^[A-Za-z0-9][\w-]{42}$/

function valuesOf(renewal: Renewal): Readonly<Record<string, string>> {
  if (renewal.kind === 'refused') throw new Error(renewal.why)
  return Object.fromEntries([...renewal.values].map(([name, value]) => [name, value.reveal()]))
}

function refusal(id: SecretId, parts: Parts): string {
  const renewal = renew(id, caseOf(parts))
  return renewal.kind === 'refused' ? renewal.why : 'not refused'
}

const password = 'old-password-of-theirs-0123456789'
const passwordIn = (name: string, more: Parts = {}): Parts => ({
  ...more,
  env: { [name]: password, ...more.env },
})
const withRedis = (more: Parts = {}): Parts => ({
  ...more,
  env: {
    REDIS_PASSWORD: password,
    REDIS_URL: `redis://:${password}@redis:6379`,
    ...more.env,
  },
  override: `services:\n  redis:\n    command: ["redis-server", "--requirepass", "\${REDIS_PASSWORD}"]\n${more.override ?? ''}`,
})

describe('every kind gets new values, on the hardened install', () => {
  const install = hardened({ answers: { payloadEncryption: true } })

  test.each([
    ['postgres', 'TRACECAT__POSTGRES_PASSWORD'],
    ['temporal-postgres', 'TEMPORAL__POSTGRES_PASSWORD'],
    ['redis', 'REDIS_PASSWORD'],
    ['minio', 'MINIO_ROOT_PASSWORD'],
    ['service-key', 'TRACECAT__SERVICE_KEY'],
    ['user-auth-secret', 'USER_AUTH_SECRET'],
    ['signing-secret', 'TRACECAT__SIGNING_SECRET'],
  ] as const)('%s', (id, name) => {
    const first = valuesOf(renew(id, install))
    expect(first).toEqual({ [name]: expect.stringMatching(generated) })
    expect(first[name]).not.toBe(install.install.values.get(name))
    expect(valuesOf(renew(id, install))[name]).not.toBe(first[name])
  })

  test('payload-keyring', () => {
    const name = 'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING'
    const before = parseKeyring(install.install.values.get(name) ?? '')
    const after = parseKeyring(valuesOf(renew('payload-keyring', install))[name] ?? '')
    expect(after?.current).toBe(before?.current)
    expect([...(after?.keys.keys() ?? [])]).toEqual([...(before?.keys.keys() ?? []), 'v2'])
  })
})

test.each([
  'postgres',
  'temporal-postgres',
  'minio',
] as const)('%s: the default that everybody knows is replaced as well', (id) => {
  expect(Object.values(valuesOf(renew(id, caseOf())))).toContainEqual(
    expect.stringMatching(generated),
  )
})

test("MinIO's user changes where everybody knows it, and stays where it is one's own", () => {
  expect(valuesOf(renew('minio', caseOf()))).toHaveProperty('MINIO_ROOT_USER')
  const own = caseOf({ env: { MINIO_ROOT_USER: 'f8Oc3aV7rT0u' } })
  expect(Object.keys(valuesOf(renew('minio', own)))).toEqual(['MINIO_ROOT_PASSWORD'])
})

describe('is refused, with the reason', () => {
  const uri = (login: string, host: string) => ({
    TRACECAT__DB_URI: `postgresql+psycopg://${login}@${host}/postgres`,
  })
  const damaged = { TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING: '{"current_key_id":"v2","keys":{}}' }

  test.each<readonly [string, SecretId, Parts, RegExp]>([
    ['an external database', 'postgres', { env: uri('u:p', 'db.example.com') }, /not one of this/],
    [
      'its host in the query',
      'postgres',
      { env: uri('u:p', 'postgres_db/x?host=db.example.com#') },
      /not one of this/,
    ],
    [
      'a socket in the query',
      'postgres',
      { env: uri('u:p', 'postgres_db/x?host=/run/pg#') },
      /not one of this/,
    ],
    [
      'another password in the query',
      'postgres',
      { env: uri('postgres:postgres', 'postgres_db/x?password=theirs#') },
      /do not sign in with TRACECAT__POSTGRES_PASSWORD/,
    ],
    [
      'a URI without a user',
      'postgres',
      { env: uri(':p', 'postgres_db') },
      /to no PostgreSQL of this/,
    ],
    [
      'no URI at all',
      'postgres',
      { env: { TRACECAT__DB_URI: undefined } },
      /to no PostgreSQL of this/,
    ],
    [
      'a URI with another password',
      'postgres',
      { env: uri('postgres:other', 'postgres_db') },
      /do not sign in with TRACECAT__POSTGRES_PASSWORD/,
    ],
    [
      "Temporal's database elsewhere",
      'temporal-postgres',
      { compose: [['POSTGRES_SEEDS: temporal_postgres_db', 'POSTGRES_SEEDS: db.example.com']] },
      /not one of this/,
    ],
    [
      'an external Redis',
      'redis',
      { env: { REDIS_URL: 'rediss://:pw@cache.example.com:6380' } },
      /on cache\.example\.com/,
    ],
    ['no Redis', 'redis', { env: { REDIS_URL: undefined } }, /no Redis/],
    ['a Redis without a password', 'redis', {}, /no password yet: tracecat-harden init/],
    [
      'a Redis whose password stands in its URL alone',
      'redis',
      { env: { REDIS_URL: 'redis://:Eph3Moh9loo7@redis' } },
      /does not refer to REDIS_PASSWORD: tracecat-harden init mends that/,
    ],
    [
      'a Redis URL of its own',
      'redis',
      withRedis({ env: { REDIS_URL: 'redis://:other@redis' } }),
      /does not refer to REDIS_PASSWORD/,
    ],
    [
      'a user of Redis',
      'redis',
      withRedis({ env: { REDIS_URL: `redis://app:${password}@redis` } }),
      /sign in as app/,
    ],
    [
      'external storage',
      'minio',
      {
        env: { TRACECAT__BLOB_STORAGE_ENDPOINT: 'https://s3.example.com' },
        compose: [
          [
            'TRACECAT__BLOB_STORAGE_ENDPOINT: http://minio:9000\n',
            'TRACECAT__BLOB_STORAGE_ENDPOINT: https://s3.example.com\n',
          ],
        ],
      },
      /storage is on s3\.example\.com, not one of this stack/,
    ],
    [
      'a secret that is not set',
      'service-key',
      { env: { TRACECAT__SERVICE_KEY: '' } },
      /TRACECAT__SERVICE_KEY is not set/,
    ],
    ['no keyring', 'payload-keyring', {}, /payloadEncryption: true/],
    ['a damaged keyring', 'payload-keyring', { env: damaged }, /damaged.*backup/],
    [
      'a release without one',
      'payload-keyring',
      { release: '1.0.0-beta.41' },
      /1\.0\.0-beta\.41 has no payload/,
    ],
    ['the database encryption key', 'db-encryption-key', {}, /never rotated.*unreadable for good/],
    ["the provider's secret", 'oidc-client-secret', {}, /identity provider makes it/],
  ])('%s', (_, id, parts, why) => {
    expect(refusal(id, parts)).toMatch(why)
  })
})

describe('is refused where the files would hold it back', () => {
  const literal = (service: string, name: string, value: string) =>
    `services:\n  ${service}:\n    environment:\n      ${name}: ${value}\n`
  const postgresUri = `postgresql+psycopg://postgres:${password}@postgres_db:5432/postgres`

  test.each<readonly [string, SecretId, Parts, RegExp]>([
    [
      "the server's own password",
      'minio',
      { override: literal('minio', 'MINIO_ROOT_PASSWORD', 'theirs') },
      /MINIO_ROOT_PASSWORD of minio/,
    ],
    [
      "one client's",
      'minio',
      { override: literal('worker', 'MINIO_ROOT_PASSWORD', 'theirs') },
      /MINIO_ROOT_PASSWORD of worker/,
    ],
    [
      "a user's",
      'minio',
      { override: literal('api', 'MINIO_ROOT_USER', 'minio') },
      /MINIO_ROOT_USER of api/,
    ],
    [
      'a key',
      'service-key',
      passwordIn('TRACECAT__SERVICE_KEY', {
        override: literal('ui', 'TRACECAT__SERVICE_KEY', password),
      }),
      /TRACECAT__SERVICE_KEY of ui/,
    ],
    [
      'a URI',
      'postgres',
      {
        override: literal(
          'mcp',
          'TRACECAT__DB_URI',
          'postgresql+psycopg://postgres:postgres@postgres_db/postgres',
        ),
      },
      /TRACECAT__DB_URI of mcp/,
    ],
    [
      "Temporal's",
      'temporal-postgres',
      { override: literal('temporal', 'POSTGRES_PWD', 'temporal') },
      /POSTGRES_PWD of temporal/,
    ],
    [
      'a program of their own',
      'postgres',
      passwordIn('TRACECAT__POSTGRES_PASSWORD', {
        override:
          'services:\n  dump:\n    image: postgres:16\n    environment: { PGHOST: postgres_db, PGUSER: postgres, PGPASSWORD: by-hand }\n',
      }),
      /PGPASSWORD of dump/,
    ],
    [
      'a program under another name',
      'postgres',
      passwordIn('TRACECAT__POSTGRES_PASSWORD', {
        override: literal('dump', 'BACKUP_TOKEN', password).replace('dump:', 'dump:\n    image: x'),
      }),
      /BACKUP_TOKEN of dump/,
    ],
    [
      'a command',
      'postgres',
      passwordIn('TRACECAT__POSTGRES_PASSWORD', {
        override: `services:\n  dump:\n    image: x\n    command: ["pg_dump", "${postgresUri}"]\n`,
      }),
      /its configuration of dump/,
    ],
    [
      "Redis' own file",
      'redis',
      {
        ...withRedis(),
        override: 'services:\n  redis:\n    command: ["redis-server", "/etc/redis.conf"]\n',
      },
      /requirepass of redis/,
    ],
    [
      "Redis' client",
      'redis',
      withRedis({
        override: `  worker:\n    environment:\n      REDIS_URL: redis://:${password}@redis:6379\n`,
      }),
      /REDIS_URL of worker/,
    ],
  ])('%s', (_, id, parts, why) => {
    expect(refusal(id, parts)).toMatch(why)
  })

  test('Temporal in the same database, as the same user, with a variable of its own', () => {
    const same = {
      env: { TEMPORAL__POSTGRES_USER: 'postgres', TEMPORAL__POSTGRES_PASSWORD: 'postgres' },
      compose: [['POSTGRES_SEEDS: temporal_postgres_db', 'POSTGRES_SEEDS: postgres_db']] as const,
    }
    expect(refusal('postgres', same)).toMatch(/POSTGRES_PWD of temporal/)
    expect(refusal('temporal-postgres', same)).toMatch(/TRACECAT__DB_URI of/)
  })

  test('nobody takes it from .env', () => {
    const compose = [['TRACECAT__SIGNING_SECRET: ${TRACECAT__SIGNING_SECRET}', 'X: y']] as const
    expect(refusal('signing-secret', { compose })).toMatch(
      /no service takes TRACECAT__SIGNING_SECRET/,
    )
  })

  test('what another variable would change along with it', () => {
    const env = { OTHER: undefined, TRACECAT__SERVICE_KEY: '' }
    expect(refusal('service-key', { env })).toMatch(/is not set/)
    const parts = {
      envEnd: 'USER_AUTH_SECRET=first\nCOPY=${USER_AUTH_SECRET}\nUSER_AUTH_SECRET=last\n',
    }
    expect(refusal('user-auth-secret', parts)).toMatch(/COPY would change as well/)
  })

  test('not where Redis has the password in its arguments', () => {
    expect(refusal('redis', withRedis())).toBe('not refused')
  })

  test('not where two secrets have the same value, each from its own variable', () => {
    const env = { TRACECAT__SERVICE_KEY: password, USER_AUTH_SECRET: password }
    expect(refusal('service-key', { env })).toBe('not refused')
  })

  test('not where a service of theirs signs in elsewhere with the same words', () => {
    const override =
      'services:\n  other:\n    image: x\n    environment: { DB: "postgresql://postgres:postgres@db.example.com/x", POSTGRES_USER: postgres }\n'
    expect(refusal('postgres', { override })).toBe('not refused')
  })
})

describe('the turns of a keyring', () => {
  const id = fc.oneof(
    fc.nat({ max: 10 ** 12 }).map((n) => `v${n}`),
    fc.constantFrom(
      'v01',
      'v1',
      'v999999999',
      'v1000000000',
      'old',
      '2026-11-23',
      '__proto__',
      '7',
    ),
    fc.string({ minLength: 1, maxLength: 6 }),
  )
  const rings = fc
    .uniqueArray(id, { minLength: 1, maxLength: 6 })
    .chain((ids) => fc.record({ ids: fc.constant(ids), current: fc.constantFrom(...ids) }))
    .map(({ ids, current }): Keyring => {
      return { current, keys: new Map(ids.map((one) => [one, new Secret(`key of ${one}`)])) }
    })
  const flat = (ring: Keyring) =>
    Object.fromEntries([...ring.keys].map(([key, value]) => [key, value.reveal()]))

  test('no key is dropped or changed, the current one is one of them, and no id comes twice', () => {
    fc.assert(
      fc.property(rings, (start) => {
        let ring = start
        for (let turn = 0; turn < 5; turn += 1) {
          const next = parseKeyring(renderKeyring(nextKeyring(ring)).reveal())
          if (next === undefined) throw new Error('Tracecat would refuse it')
          expect(flat(next)).toMatchObject(flat(ring))
          expect([...next.keys.keys()]).toContain(next.current)
          const added = next.keys.size - ring.keys.size
          // Either every service learns a new key, or one that all have begins to encrypt: never both.
          expect([added, next.current === ring.current]).toEqual(
            hasWaitingKey(ring) ? [0, false] : [1, true],
          )
          ring = next
        }
      }),
    )
  })

  test('what is added waits, and is the one that encrypts after the next turn', () => {
    fc.assert(
      fc.property(rings, (start) => {
        const added = hasWaitingKey(start) ? start : nextKeyring(start)
        expect(hasWaitingKey(added)).toBe(true)
        const turned = nextKeyring(added)
        expect(hasWaitingKey(turned)).toBe(false)
        expect(turned.current).toBe([...added.keys.keys()].at(-1))
      }),
    )
  })

  test('a number that is too large to count with replaces no key', () => {
    const ids = ['v1000000000000000', 'v999999999999999']
    const ring = { current: ids[0] ?? '', keys: new Map(ids.map((one) => [one, new Secret(one)])) }
    expect(flat(nextKeyring(nextKeyring(ring)))).toMatchObject(flat(ring))
  })

  test('a key that was left behind never encrypts again', () => {
    const key = new Secret('k')
    const ring = {
      current: 'by-hand',
      keys: new Map([
        ['v7', key],
        ['by-hand', key],
      ]),
    }
    expect(hasWaitingKey(ring)).toBe(false)
    expect(nextKeyring(nextKeyring(ring)).current).toBe('v8')
  })

  test.each([
    ['an older number', ['v1', 'v3', 'v2'], 'v3', 'v4'],
    ['the same number, written otherwise', ['v2', 'v02'], 'v2', 'v3'],
    ['a name of somebody else', ['v2', 'old'], 'v2', 'v3'],
    ['a number before the current one', ['v9', 'v3'], 'v3', 'v10'],
  ])('nor does one that stands anywhere under %s', (_, ids, current, expected) => {
    const ring = { current, keys: new Map(ids.map((one) => [one, new Secret(one)])) }
    expect(hasWaitingKey(ring)).toBe(false)
    expect(nextKeyring(ring).current).toBe(current)
    expect(nextKeyring(nextKeyring(ring)).current).toBe(expected)
  })
})
