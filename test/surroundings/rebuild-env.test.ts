import { describe, expect, test } from 'vitest'
import { parseEnvFile } from '../../src/install/env-file/parse.ts'
import { lastingValues } from '../../src/install/env-file/resolve.ts'
import { rebuildEnv } from '../../src/surroundings/rebuild-env.ts'
import { container as containerOf } from '../live/container.ts'

const container = (service: string, environment: Readonly<Record<string, string>>) =>
  containerOf(service, { environment: new Map(Object.entries(environment)) })

const example = `# the example
TRACECAT__POSTGRES_USER=postgres
TRACECAT__POSTGRES_PASSWORD=postgres
TRACECAT__DB_URI=postgresql://\${TRACECAT__POSTGRES_USER}:\${TRACECAT__POSTGRES_PASSWORD}@postgres_db/x
TRACECAT__SERVICE_KEY=your-tracecat-service-key
LOG_LEVEL=INFO
`
const copy = { source: 'last', from: 'our last copy', text: 'LOG_LEVEL=DEBUG\nMINE=1\n' } as const
const database = container('postgres_db', {
  POSTGRES_USER: 'tracecat',
  POSTGRES_PASSWORD: 'of-the-server',
  LOG_LEVEL: 'of-postgres',
})
const api = container('api', {
  TRACECAT__SERVICE_KEY: 'of-the-api',
  TRACECAT__DB_URI: 'postgresql://tracecat:of-the-server@postgres_db/x',
  LOG_LEVEL: 'WARNING',
  PATH: '/usr/bin',
})

describe('a lost .env', () => {
  const valuesOf = (text: string) =>
    Object.fromEntries(lastingValues(parseEnvFile(text, '.env'), {}))

  test('cannot be made anew from nothing', () => {
    expect(rebuildEnv('.env', example, [], [])).toBeUndefined()
  })

  test('is the copy, where no container is there', () => {
    expect(rebuildEnv('.env', example, [copy], [])).toEqual({
      text: copy.text,
      from: 'our last copy',
    })
  })

  test('is the example with what the containers run with, where there is no copy', () => {
    const rebuilt = rebuildEnv('.env', example, [], [database, api])
    expect(rebuilt?.from).toBe('the running containers')
    expect(rebuilt?.text).toMatch(/^# the example\n/)
    expect(rebuilt?.text).toContain('TRACECAT__DB_URI=postgresql://${TRACECAT__POSTGRES_USER}:')
    expect(valuesOf(rebuilt?.text ?? '')).toEqual({
      TRACECAT__POSTGRES_USER: 'tracecat',
      TRACECAT__POSTGRES_PASSWORD: 'of-the-server',
      TRACECAT__DB_URI: 'postgresql://tracecat:of-the-server@postgres_db/x',
      TRACECAT__SERVICE_KEY: 'of-the-api',
      LOG_LEVEL: 'WARNING',
    })
  })

  test('is the copy with what the containers run with, where both are there', () => {
    const rebuilt = rebuildEnv('.env', example, [copy], [api])
    expect(rebuilt).toEqual({
      text: 'LOG_LEVEL=WARNING\nMINE=1\n',
      from: 'our last copy and the running containers',
    })
  })

  test.each([
    ['redis', { REDISCLI_AUTH: 'of-redis' }, { REDIS_PASSWORD: 'of-redis' }],
    [
      'api',
      { TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING: '{"a":1}', TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED: '' },
      { TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING: '{"a":1}' },
    ],
  ])('gains what no example has: of %s', (service, environment, expected) => {
    const rebuilt = rebuildEnv('.env', 'LOG_LEVEL=INFO\n', [], [container(service, environment)])
    expect(valuesOf(rebuilt?.text ?? '')).toEqual({ LOG_LEVEL: 'INFO', ...expected })
  })

  test('takes no value that has a line break', () => {
    const broken = container('api', { LOG_LEVEL: 'INFO\nEVIL=1' })
    expect(rebuildEnv('.env', 'LOG_LEVEL=DEBUG\n', [], [broken])?.text).toBe('LOG_LEVEL=DEBUG\n')
  })
})
