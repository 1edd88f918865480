import { expect, test } from 'vitest'
import { serviceAt } from '../../src/install/service-at.ts'
import { postgres } from '../../src/servers/postgres.ts'
import { redis } from '../../src/servers/redis.ts'
import { bundledLogin } from '../../src/servers/server.ts'
import { caseOf, type Parts } from '../controls/case.ts'

const override = [
  'services:',
  '  postgres_db:',
  '    networks: { core-db: { aliases: [Main-DB] } }',
  '  redis:',
  '    container_name: Team-Redis',
  '  Queue: { image: x }',
].join('\n')

test.each([
  ['postgres_db', 'postgres_db'],
  ['POSTGRES_DB', 'postgres_db'],
  ['main-db', 'postgres_db'],
  ['Main-DB', 'postgres_db'],
  ['team-redis', 'redis'],
  ['Team-Redis', 'redis'],
  ['queue', 'Queue'],
  ['db.example.com', undefined],
  ['', undefined],
])('%s is the service %s', (host, service) => {
  expect(serviceAt(caseOf({ override }).install, host)).toBe(service)
})

test('where no Compose file was read, nothing is known', () => {
  expect(serviceAt({ compose: undefined }, 'redis')).toBeUndefined()
})

test.each(['main-db', 'Main-DB', 'POSTGRES_DB'])('a database at %s is one of the stack', (host) => {
  const uri = `postgresql+psycopg://postgres:postgres@${host}:5432/postgres`
  const parts: Parts = { override, env: { TRACECAT__DB_URI: uri } }
  expect(bundledLogin(caseOf(parts).install, postgres)?.service).toBe('postgres_db')
})

test('a Redis at the name of its container is one of the stack', () => {
  const parts: Parts = { override, env: { REDIS_URL: 'redis://team-redis:6379' } }
  expect(bundledLogin(caseOf(parts).install, redis)?.service).toBe('redis')
})
