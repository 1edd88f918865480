import { describe, expect, test } from 'vitest'
import { controls } from '../../src/controls/registry.ts'
import { catalogue } from '../../src/secrets/catalogue.ts'
import { type ServerId, type ServerWithLogin, whereIs } from '../../src/servers/server.ts'
import { everyServer, servers } from '../../src/servers/servers.ts'
import { caseOf, harden, hardenCaseOf, look, type Parts } from '../controls/case.ts'

const without = (...services: readonly string[]) =>
  `services:\n${services.map((name) => `  ${name}: !reset null\n`).join('')}`
const inService = (service: string, name: string, value: string) =>
  `services:\n  ${service}:\n    environment:\n      ${name}: "${value}"\n`
const password = 'Vf8wQ2nT6yLr0kJx4bZm'

/** Of each server: an install that uses one of the admin's own, and one that has none. */
const elsewhere: Readonly<Record<ServerId, { external: Parts; missing: Parts }>> = {
  postgres: {
    external: {
      env: { TRACECAT__DB_URI: `postgresql+psycopg://app:${password}@db.example.com:5432/x` },
      override: without('postgres_db'),
    },
    missing: { env: { TRACECAT__DB_URI: undefined }, override: without('postgres_db') },
  },
  'temporal-postgres': {
    external: {
      env: { TEMPORAL__POSTGRES_PASSWORD: password },
      override: `${inService('temporal', 'POSTGRES_SEEDS', 'db.example.com')}  temporal_postgres_db: !reset null\n`,
    },
    missing: { override: without('temporal', 'temporal_ui', 'temporal_postgres_db') },
  },
  redis: {
    external: {
      env: { REDIS_URL: `rediss://:${password}@cache.example.com:6379` },
      override: without('redis'),
    },
    missing: { env: { REDIS_URL: undefined }, override: without('redis') },
  },
  'object-storage': {
    external: {
      override: `${inService('api', 'TRACECAT__BLOB_STORAGE_ENDPOINT', '')}  minio: !reset null\n`,
    },
    missing: { override: without('minio') },
  },
  temporal: {
    external: { override: inService('api', 'TEMPORAL__CLUSTER_URL', 'x.tmprl.cloud:7233') },
    missing: { override: without('temporal') },
  },
}

describe.each(everyServer.map((server) => [server.id, server] as const))('%s', (id, server) => {
  test('is bundled in the stock files, and assumed so where .env alone was read', () => {
    const { install } = caseOf()
    const bundled = { kind: 'bundled', service: server.service }
    expect(whereIs(install, server)).toEqual(bundled)
    expect(whereIs({ ...install, compose: undefined }, server)).toEqual(bundled)
  })

  test('is external where the services are told of another host', () => {
    expect(whereIs(caseOf(elsewhere[id].external).install, server).kind).toBe('external')
  })

  test('is missing where nobody has one', () => {
    expect(whereIs(caseOf(elsewhere[id].missing).install, server).kind).toBe('missing')
  })
})

test.each([
  ['db.example.com', 'postgresql+psycopg:///x?host=db.example.com&user=u'],
  ['/run/pg', 'postgresql+psycopg:///x?host=/run/pg'],
  ['db.example.com', 'postgresql+psycopg://u:p@postgres_db/x?host=db.example.com'],
])('PostgreSQL at %s, named in the query of its URI, is external', (host, uri) => {
  const { install } = caseOf({ env: { TRACECAT__DB_URI: uri } })
  expect(whereIs(install, servers.postgres)).toEqual({ kind: 'external', host })
})

/** What is about one server of the stack: silent where the stack has none. */
const about: readonly (readonly [string, ServerWithLogin['id'], Parts])[] = [
  ['postgres-password', 'postgres', {}],
  ['database-superuser', 'postgres', {}],
  ['temporal-postgres-password', 'temporal-postgres', {}],
  ['redis-auth', 'redis', {}],
  ['redis-memory', 'redis', {}],
  [
    'redis-persistence',
    'redis',
    { override: 'services:\n  redis:\n    command: redis-server --save 60 1\n' },
  ],
  ['minio-credentials', 'object-storage', {}],
  ['minio-unfixed', 'object-storage', {}],
]

describe.each(about)('%s', (control, id, bundled) => {
  const of = (parts: Parts) => {
    const found = controls.find(({ meta }) => meta.id === control)
    if (found === undefined) throw new Error(`no control ${control}`)
    return look(found, caseOf(parts))
  }

  test(`finds something where ${id} is bundled, with every default`, () => {
    expect(of(bundled).kind).toBe('open')
  })

  test.each(['external', 'missing'] as const)('is not applicable where it is %s', (kind) => {
    expect(of(elsewhere[id][kind]).kind).toBe('not-applicable')
  })
})

describe.each(
  Object.values(servers).flatMap((server) =>
    'secret' in server
      ? [[server.id as ServerWithLogin['id'], server as ServerWithLogin] as const]
      : [],
  ),
)('init, %s', (id, { secret }) => {
  const [name] = catalogue[secret].variables
  const { user } = catalogue[secret]

  test('gives a bundled one a password on a new install', () => {
    const parts = { answers: {}, facts: { fresh: true } }
    expect(hardenCaseOf(caseOf(parts)).secrets.get(name)?.kind).toBe('make')
  })

  test.each(['external', 'missing'] as const)('makes none where it is %s', (kind) => {
    const c = caseOf({ ...elsewhere[id][kind], answers: {}, facts: { fresh: true } })
    expect(hardenCaseOf(c).secrets.has(name)).toBe(false)
    expect(hardenCaseOf(c).secrets.has(user?.variable ?? '')).toBe(false)
    const after = harden(c)
    expect(after.install.values.get(name)).toBe(c.install.values.get(name))
  })
})

test('weak-secrets judges the password of a server of your own, and none that nobody signs in with', () => {
  const control = controls.find(({ meta }) => meta.id === 'weak-secrets')
  if (control === undefined) throw new Error('no control weak-secrets')
  const weak = { TEMPORAL__POSTGRES_PASSWORD: 'temporal' }
  const external = { ...elsewhere['temporal-postgres'].external, env: weak }
  expect(look(control, caseOf(external)).open).toMatchObject([
    { evidence: expect.stringContaining('for your server db.example.com') },
  ])
  const short = { TEMPORAL__POSTGRES_PASSWORD: 'mine1' }
  const missing = { ...elsewhere['temporal-postgres'].missing, env: short }
  expect(look(control, caseOf(missing)).kind).toBe('pass')
  expect(look(control, caseOf({ env: short })).kind).toBe('open')
})
