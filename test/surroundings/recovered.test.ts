import { describe, expect, test } from 'vitest'
import { type Container, known, unknown } from '../../src/controls/facts.ts'
import type { EnvCopy } from '../../src/surroundings/env-copies.ts'
import { findRecovered } from '../../src/surroundings/recovered.ts'
import { container as containerOf } from '../live/container.ts'

const container = (service: string, environment: Readonly<Record<string, string>>) =>
  containerOf(service, { environment: new Map(Object.entries(environment)) })
const copy = (text: string, source: EnvCopy['source'] = 'last'): EnvCopy => ({
  source,
  from: `the ${source} copy`,
  text,
})
const postgres = 'TRACECAT__POSTGRES_PASSWORD'
const [running, last, backup] = ['of-the-server-0123', 'of-the-last-0123', 'of-a-backup-0123']

function found(containers: readonly Container[], copies: readonly EnvCopy[], name = postgres) {
  const one = findRecovered(known(containers), copies).get(name)
  return one === undefined ? undefined : [one.value.reveal(), one.source]
}

describe('what the running server holds', () => {
  const copies = [copy(`${postgres}=${last}\n`), copy(`${postgres}=${backup}\n`, 'backup')]

  test('comes before any copy of .env', () => {
    const server = container('postgres_db', { POSTGRES_PASSWORD: running })
    expect(found([server], copies)).toEqual([running, 'container'])
  })

  test('is not beaten by a copy where it is a default', () => {
    const server = container('postgres_db', { POSTGRES_PASSWORD: 'postgres' })
    expect(found([server], copies)).toBeUndefined()
  })

  test.each([
    ['temporal_postgres_db', 'POSTGRES_PASSWORD', 'temporal', 'TEMPORAL__POSTGRES_PASSWORD'],
    ['minio', 'MINIO_ROOT_PASSWORD', 'password', 'MINIO_ROOT_PASSWORD'],
    ['minio', 'MINIO_ROOT_USER', 'minio', 'MINIO_ROOT_USER'],
  ])('%s, %s: neither', (service, inside, value, name) => {
    const server = container(service, { [inside]: value })
    expect(found([server], [copy(`${name}=${last}\n`)], name)).toBeUndefined()
    expect(found([], [copy(`${name}=${last}\n`)], name)).toEqual([last, 'last'])
  })

  test('counts for what a server holds alone: a key that no service has yet is in the copy', () => {
    const name = 'TRACECAT__SERVICE_KEY'
    const api = container('api', { [name]: 'your-tracecat-service-key' })
    expect(found([api], [copy(`${name}=${last}\n`)], name)).toEqual([last, 'last'])
  })

  test('is what copies stand in for where Docker does not answer', () => {
    const recovered = findRecovered(unknown('Docker is not installed here'), copies)
    expect(recovered.get(postgres)?.value.reveal()).toBe(last)
  })
})

test('the first copy that has a real value wins', () => {
  const stale = copy(`${postgres}=postgres\n`)
  const newer = copy(`${postgres}=${last}\n`, 'backup')
  const older = copy(`${postgres}=${backup}\n`, 'backup')
  expect(found([], [stale, newer, older])).toEqual([last, 'backup'])
})

test("Redis' password is found in the URL that a service has", () => {
  const api = container('api', { REDIS_URL: 'redis://:p%40ss-of-redis@redis:6379' })
  expect(found([api], [], 'REDIS_PASSWORD')).toEqual(['p@ss-of-redis', 'container'])
})

test("a database's user comes back under the name that everybody knows, and a URI never", () => {
  const text = 'TRACECAT__POSTGRES_USER=postgres\nTRACECAT__DB_URI=postgresql://a:b@c/d\n'
  const recovered = findRecovered(known([]), [copy(text)])
  expect([...recovered.keys()]).toEqual(['TRACECAT__POSTGRES_USER'])
})

test('a copy that cannot be read holds nothing', () => {
  expect(found([], [copy('A="\n'), copy(`${postgres}=${last}\n`, 'backup')])).toEqual([
    last,
    'backup',
  ])
})
