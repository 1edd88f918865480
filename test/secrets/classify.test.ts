import { randomBytes } from 'node:crypto'
import { parse } from 'dotenv'
import { describe, expect, it } from 'vitest'
import { catalogue, type SecretId, secretIds } from '../../src/secrets/catalogue.ts'
import { classify, type Quality } from '../../src/secrets/classify.ts'
import { isFernetKey } from '../../src/secrets/fernet.ts'
import { isSecretName } from '../../src/secrets/names.ts'
import { isWellKnown } from '../../src/secrets/well-known.ts'
import { describeStock, newest, releases, stock } from '../stock.ts'

const fernet = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4='

const table: readonly (readonly [SecretId, string | undefined, Quality])[] = [
  ['postgres', undefined, 'missing'],
  ['postgres', '', 'missing'],
  ['postgres', '  ', 'missing'],
  ['postgres', 'postgres', 'placeholder'],
  ['postgres', 'Postgres', 'placeholder'],
  ['postgres', '<strong random password>', 'placeholder'],
  ['postgres', 'changeme', 'placeholder'],
  ['postgres', 'CHANGE_ME_PLEASE', 'placeholder'],
  ['postgres', 'x'.repeat(12), 'placeholder'],
  ['postgres', 'summer', 'weak'],
  ['postgres', 'Tracecat2024!Password', 'weak'],
  ['postgres', 'a'.repeat(64), 'weak'],
  ['postgres', 'abc'.repeat(20), 'weak'],
  ['postgres', '0123456789abcdefghijklmnop', 'weak'],
  ['postgres', 'fK3x9Qp2vL', 'weak'],
  ['postgres', 'q7mX2vKp9RzL4tWc', 'good'],
  ['postgres', `change-${'q7mX2vKp9RzL4tWc'}`, 'good'],
  ['postgres', 'line\nbreak-q7mX2vKp9RzL4tWc', 'malformed'],
  // 80 bits are enough: of hexadecimal 20 characters, of lower case 18.
  ['postgres', '3f9c0a7be5d214683fb7', 'good'],
  ['postgres', '3f9c0a7be5d214683fb', 'weak'],
  ['postgres', 'qmzxvkprwltcyhbnfd', 'good'],
  ['postgres', 'qmzxvkprwltcyhbnf', 'weak'],
  ['temporal-postgres', 'temporal', 'placeholder'],
  ['minio', 'password', 'placeholder'],
  ['minio', 'minioadmin', 'placeholder'],
  ['redis', 'foobared', 'placeholder'],
  ['service-key', 'your-tracecat-service-key', 'placeholder'],
  ['service-key', 'q7mX2vKp9RzL4tWc', 'weak'],
  ['user-auth-secret', 'your-auth-secret', 'placeholder'],
  ['signing-secret', 'your-tracecat-signing-secret', 'placeholder'],
  ['db-encryption-key', 'your-tracecat-db-fernet-key', 'placeholder'],
  ['db-encryption-key', fernet, 'good'],
  ['db-encryption-key', fernet.replaceAll('-', '+').replaceAll('_', '/'), 'good'],
  ['db-encryption-key', fernet.slice(0, -1), 'malformed'],
  ['db-encryption-key', fernet.slice(1), 'malformed'],
  ['db-encryption-key', `A${fernet}`, 'malformed'],
  ['db-encryption-key', 'f'.repeat(64), 'malformed'],
  ['db-encryption-key', `${'A'.repeat(43)}=`, 'weak'],
  ['payload-keyring', '{"current_key_id":"v1","keys":{"v1":"q7mX2vKp9RzL4tWc"}}', 'good'],
  ['payload-keyring', '{"current_key_id":"v1","keys":{"v1":"short"}}', 'weak'],
  ['payload-keyring', '{"current_key_id":"v1","keys":{"v1":"your-root-key"}}', 'weak'],
  ['payload-keyring', '{"current_key_id":"v2","keys":{"v1":"q7mX2vKp9RzL4tWc"}}', 'malformed'],
  ['payload-keyring', '{"current_key_id":"v1","keys":{"v1":""}}', 'malformed'],
  ['payload-keyring', '{"current_key_id":"v1","keys":{}}', 'malformed'],
  [
    'payload-keyring',
    '{"current_key_id":"toString","keys":{"v1":"q7mX2vKp9RzL4tWc"}}',
    'malformed',
  ],
  ['payload-keyring', '[]', 'malformed'],
  ['payload-keyring', '7', 'malformed'],
  ['payload-keyring', 'q7mX2vKp9RzL4tWc', 'malformed'],
  ['oidc-client-secret', '', 'missing'],
  ['oidc-client-secret', 'short', 'good'],
  ['oidc-client-secret', 'your-client-secret', 'placeholder'],
]

describe('classify', () => {
  it.each(table)('%s %j is %s', (id, value, quality) => expect(classify(id, value)).toBe(quality))

  it.each([
    ['openssl rand -hex 32', () => randomBytes(32).toString('hex')],
    ['openssl rand -hex 16', () => randomBytes(16).toString('hex')],
    ['openssl rand -base64 24', () => randomBytes(24).toString('base64')],
    ['a UUID', () => crypto.randomUUID()],
  ])('%s is good, a thousand times', (_, make) => {
    for (let i = 0; i < 1000; i += 1) {
      const value = make()
      expect(classify('service-key', value), value).toBe('good')
    }
  })
})

describeStock('every stock value is missing or a placeholder', () => {
  it.each(releases)('in %s', (release) => {
    const values = parse(stock(release, '.env.example'))
    for (const id of secretIds)
      for (const name of catalogue[id].variables)
        expect(['missing', 'placeholder'], name).toContain(classify(id, values[name]))
    expect(isWellKnown(values.MINIO_ROOT_USER ?? '')).toBe(true)
  })
})

// Each was given to Python 3.11's Fernet.
it.each([
  [fernet, true],
  [` ${fernet} `, true],
  [`${fernet}trailing`, true],
  [`${fernet.slice(0, 9)}.${fernet.slice(9)}`, true],
  [`=${fernet}`, true],
  [`ab=${fernet.slice(2)}`, true],
  [fernet.replace('=', ''), false],
  [`${fernet}=`, true],
  [`${fernet.slice(0, 22)}==`, false],
  [`${fernet.slice(0, 42)}==`, false],
  [`${fernet.slice(0, 43)}abc==`, false],
  ['', false],
  ['====', false],
])('isFernetKey(%j) is %s', (value, expected) => expect(isFernetKey(value)).toBe(expected))

describe('catalogue', () => {
  it('names secrets that masking knows, and lists each under its own id', () => {
    for (const id of secretIds) {
      expect(catalogue[id].id).toBe(id)
      for (const name of catalogue[id].variables) expect(isSecretName(name), name).toBe(true)
    }
  })

  it('lets nobody change what makes data unreadable', () => {
    const fixed = secretIds.filter((id) => ['never', 'add-only'].includes(catalogue[id].change))
    expect(fixed).toEqual(['payload-keyring', 'db-encryption-key'])
  })
})

describeStock('holders', () => {
  it('are the services of the stock file that name the variable', async () => {
    const { parse: parseYaml } = await import('yaml')
    const { services } = parseYaml(stock(newest, 'docker-compose.yml'), { merge: true })
    const reads: Partial<Record<SecretId, RegExp>> = {
      postgres: /TRACECAT__DB_URI|TRACECAT__POSTGRES_PASSWORD/,
      redis: /REDIS_URL/,
    }
    for (const id of secretIds) {
      const { variables, holders } = catalogue[id]
      const pattern = reads[id] ?? new RegExp(`\\$\\{(?:${variables.join('|')})\\b`)
      const named = Object.keys(services).filter((name) =>
        pattern.test(JSON.stringify(services[name].environment ?? {})),
      )
      const server = id === 'redis' ? ['redis'] : []
      expect([...named, ...server].sort(), id).toEqual([...holders].sort())
    }
  })
})
