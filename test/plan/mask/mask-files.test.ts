import { describe, expect, test } from 'vitest'
import { type IsSecretName, maskFileText, secretsOf } from '../../../src/plan/mask/mask-files.ts'
import type { Masked } from '../../../src/secrets/masked.ts'
import { Masker } from '../../../src/secrets/masker.ts'
import { isWhollySecretName as isSecretName } from '../../../src/secrets/names.ts'

const env = (text: string): string =>
  maskFileText('.env', text, isSecretName, new Masker()).reveal()
const yaml = (text: string): string =>
  maskFileText('a.yml', text, isSecretName, new Masker()).reveal()
const plain = (text: string): string =>
  maskFileText('Caddyfile', text, isSecretName, new Masker()).reveal()

const X = '********'

describe('isSecretName', () => {
  test.each([
    'TRACECAT__DB_ENCRYPTION_KEY',
    'TRACECAT__SERVICE_KEY',
    'TRACECAT__SIGNING_SECRET',
    'USER_AUTH_SECRET',
    'POSTGRES_PASSWORD',
    'TRACECAT__POSTGRES_PASSWORD',
    'MINIO_ROOT_PASSWORD',
    'REDISCLI_AUTH',
    'OIDC_CLIENT_SECRET',
    'TEMPORAL__API_KEY',
    'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING',
    'AWS_SECRET_ACCESS_KEY',
    'SENTRY_DSN',
    'TRACECAT__DB_PASS',
    'GOOGLE_APPLICATION_CREDENTIALS',
    'GITHUB_TOKEN',
    'SAML_PRIVATE_KEY',
    'PGPASSWORD',
    'password',
    'apiKey',
    'X-Api-Key',
    'requirepass',
  ])('%s is secret', (name) => expect(isSecretName(name)).toBe(true))

  test.each([
    'AWS_ACCESS_KEY_ID',
    'JWT_PUBLIC_KEY',
    'TRACECAT__EXECUTOR_TOKEN_TTL_SECONDS',
    'TRACECAT__AUTH_MIN_PASSWORD_LENGTH',
    'TRACECAT__AUTH_TYPES',
    'TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED',
    'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING_ARN',
    'POSTGRES_PASSWORD_FILE',
    'OIDC_CLIENT_ID',
    'POSTGRES_USER',
    'COMPASS',
    'MONKEY',
    'certificateKey',
    'networks',
  ])('%s is not', (name) => expect(isSecretName(name)).toBe(false))
})

describe('maskEnvText', () => {
  test.each([
    ['PASSWORD=hunter2', `PASSWORD=${X}`],
    ['export PASSWORD = hunter2', `export PASSWORD = ${X}`],
    ['PASSWORD="hunter2" # why', `PASSWORD="${X}" # why`],
    ["PASSWORD='hunt\\'er2'", `PASSWORD='${X}'`],
    ['PASSWORD="hunt\\"er2" # old PASSWORD=hunter1', `PASSWORD="${X}" # old PASSWORD=${X}`],
    ['PASSWORD=hunter2 #hunter3', `PASSWORD=${X}`],
    ['PASSWORD=hunter2#hunter3', `PASSWORD=${X}`],
    ['PASSWORD: hunter2', `PASSWORD: ${X}`],
    ['KEY="-----BEGIN\nhunter2\n" # end\nA=b', `KEY="${X}" # end\nA=b`],
    ['PASSWORD="hunter2" OTHER_KEY=hunter3\nA=b', `PASSWORD="${X}" OTHER_KEY=${X}\nA=b`],
    ['PASSWORD=\nA=b', 'PASSWORD=\nA=b'],
    ['PGPASS=hunter2', `PGPASS=${X}`],
    ['SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T0/B0/hunter2', `SLACK_WEBHOOK_URL=${X}`],
    ['# pw: hunter2', `# pw: ${X}`],
    ['# PASSWORD=hunter2\u2028hunter3', `# PASSWORD=${X}`],
    ['# curl -u admin:hunter2 https://x', `# curl -u admin:${X} https://x`],
    ['# curl -s -uadmin:hunter2 https://x', `# curl -s -uadmin:${X} https://x`],
    ['# curl --user "admin:hunt er2" x', `# curl --user "admin:${X}" x`],
    ['# curl --proxy-user=admin:hunter2 x', `# curl --proxy-user=admin:${X} x`],
    ['# docker run -u 1000:1000; curl x', '# docker run -u 1000:1000; curl x'],
    ['HASH=JDJhJDE0JGh1bnRlcjJodW50ZXIyaHVudGVyMg==', `HASH=${X}`],
    ['# --token "hunt\\er2', `# --token ${X}`],
    ['PASSWORD=""', 'PASSWORD=""'],
    ['PASSWORD=${OTHER}', 'PASSWORD=${OTHER}'],
    ['PASSWORD="${OTHER:?set it}"', 'PASSWORD="${OTHER:?set it}"'],
    ['PASSWORD=${OTHER:-hunter2}', `PASSWORD=\${OTHER:-${X}}`],
    ["PASSWORD='${OTHER}'", `PASSWORD='${X}'`],
    ['PASSWORD=$hunter2', `PASSWORD=${X}`],
    ['PASSWORD=ab${X}cd', `PASSWORD=${X}`],
    [
      'DB_URI=postgresql+asyncpg://u:hunter2@host:5432/db',
      `DB_URI=postgresql+asyncpg://u:${X}@host:5432/db`,
    ],
    ['DB_URI=postgresql://u:hun/t@er2@host/db', `DB_URI=postgresql://u:${X}@host/db`],
    ['DB_URI="postgresql://u:hun ter2@host/db"', `DB_URI="postgresql://u:${X}@host/db"`],
    [
      'REDIS_URL=redis://:${REDIS_PASSWORD}@redis:6379',
      'REDIS_URL=redis://:${REDIS_PASSWORD}@redis:6379',
    ],
    ['REDIS_URL=redis://redis:6379', 'REDIS_URL=redis://redis:6379'],
    ['REDIS_URL=redis://redis:6379?password=hunter2', `REDIS_URL=redis://redis:6379?password=${X}`],
    ['# POSTGRES_PASSWORD=hunter2\nA=b', `# POSTGRES_PASSWORD=${X}\nA=b`],
    ['#-PASSWORD=hunter2', `#-PASSWORD=${X}`],
    ['# 1redis://:hunter2@r', `# 1redis://:${X}@r`],
    ['#1PASSWORD=hunter2', `#1PASSWORD=${X}`],
    ['SERVICE_KEY=hunter2\r\nA=b\r\n', `SERVICE_KEY=${X}\r\nA=b\r\n`],
    [
      'PRIVATE_KEY=-----BEGIN PRIVATE KEY-----\nMIIhunter2\nhunter3==\n-----END PRIVATE KEY-----\nA=b\n',
      undefined,
    ],
    ['PASSWORD="hunter2\nhunter3\n', undefined],
    ['A B=1\nPASSWORD="x\nhunter2"\n', undefined],
    ['PASSWORD=hunter2\nhunter3', undefined],
    ['JSON={"password":"hunter2","k":1}', `JSON={"password":${X}`],
  ])('%j', (text, expected) => {
    const shown = env(text)
    expect(shown).not.toMatch(/hunt/)
    if (expected !== undefined) expect(shown).toBe(expected)
  })

  test('asks the given predicate, and the masker for what stands elsewhere', () => {
    const masker = new Masker()
    masker.learn('learned-secret')
    const isOurs: IsSecretName = (name) => name === 'ODD'
    expect(maskFileText('.env', 'ODD=x\nNOTE=a learned-secret b\n', isOurs, masker).reveal()).toBe(
      `ODD=${X}\nNOTE=a ${X} b\n`,
    )
  })
})

describe('maskYamlText', () => {
  test.each([
    ['a:\n  PASSWORD: hunter2 # note\n', `a:\n  PASSWORD: ${X} # note\n`],
    ['a: {PASSWORD: "hunter2", B: c}\n', `a: {PASSWORD: "${X}", B: c}\n`],
    [
      'e:\n  - PASSWORD=hunter2 # x\n  - "KEY=hun ter2"\n  - A=b\n',
      `e:\n  - PASSWORD=${X} # x\n  - "KEY=${X}"\n  - A=b\n`,
    ],
    ['PASSWORD: |\n  hunter2\n  hunter3\nb: c\n', `PASSWORD: ${X}\nb: c\n`],
    ['PASSWORD: hunter2\n  hunter3\nb: c\n', `PASSWORD: ${X}\nb: c\n`],
    ['x: &p hunter2\nPASSWORD: *p\n', `x: &p ${X}\nPASSWORD: *p\n`],
    ['PASSWORD: 123456\n', `PASSWORD: ${X}\n`],
    ['c: [curl, -u, "a:hunter2", x]\n', `c: [curl, -u, "a:${X}", x]\n`],
    ['c: curl -u a:hunter2 x\n', `c: curl -u a:${X} x\n`],
    ['TOKENS: [hunter2, {a: hunter3}]\n', `TOKENS: [${X}, {a: ${X}}]\n`],
    ['PASSWORD: ${P:?set it}\nKEY: "$${KEY}"\n', 'PASSWORD: ${P:?set it}\nKEY: "$${KEY}"\n'],
    ['PASSWORD:\nSECRET: ""\n', 'PASSWORD:\nSECRET: ""\n'],
    ['keepPasswords: false\n', 'keepPasswords: false\n'],
    ['secrets:\n  db:\n    file: ./db\n', 'secrets:\n  db:\n    file: ./db\n'],
    ['u: "redis://:hunter2@r"\n', `u: "redis://:${X}@r"\n`],
    ['u: "redis://:hunt\n  er2@r"\n', `u: "redis://:${X}@r"\n`],
    [
      'command: redis-server --requirepass hunter2 --appendonly yes\n',
      `command: redis-server --requirepass ${X} --appendonly yes\n`,
    ],
    [
      'command: ["redis-server", "--requirepass", "hunter2", "--x"]\n',
      `command: ["redis-server", "--requirepass", "${X}", "--x"]\n`,
    ],
    [
      'test: ["CMD", "redis-cli", "-a", "hunter2", "ping"]\n',
      `test: ["CMD", "redis-cli", "-a", "${X}", "ping"]\n`,
    ],
    ['test: redis-cli -a hunter2 ping\n', `test: redis-cli -a ${X} ping\n`],
    [
      'c: |\n  requirepass hunter2\n  appendonly yes\n',
      `c: |\n  requirepass ${X}\n  appendonly yes\n`,
    ],
    ['c: |\n  requirepass ${REDIS_PASSWORD}\n', 'c: |\n  requirepass ${REDIS_PASSWORD}\n'],
    ['a: b # the old password: hunter2\n', `a: b # the old password: ${X}\n`],
    ['# PASSWORD=hunter2\na: b\n', `# PASSWORD=${X}\na: b\n`],
    ['a: [\nPASSWORD: |\n  hunter2\nb: c\n', `a: [\nPASSWORD: ${X}\nb: c\n`],
  ])('%j', (text, expected) => expect(yaml(text)).toBe(expected))
})

describe('maskPlainText', () => {
  test.each([
    ['reverse_proxy http://u:hunter2@up:1\n', `reverse_proxy http://u:${X}@up:1\n`],
    ['header_up Authorization "Basic hunter2"\n', `header_up Authorization "${X}"\n`],
    ['header_up X-Api-Key hunter2\n', `header_up X-Api-Key ${X}\n`],
    ['header_up -X-Tracecat-Service-Key\n', 'header_up -X-Tracecat-Service-Key\n'],
    ['api_token {env.CF_TOKEN}\n', 'api_token {env.CF_TOKEN}\n'],
    ['api_token hunter2\n', `api_token ${X}\n`],
    ['bob $2a$14$hunter2hunter2hunter2\n', `bob ${X}\n`],
    ['tls /certs/tls.crt /certs/tls.key\n', 'tls /certs/tls.crt /certs/tls.key\n'],
    [
      'a\n-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----\nb',
      `a\n-----BEGIN RSA PRIVATE KEY-----${X}-----END RSA PRIVATE KEY-----\nb`,
    ],
    ['git clone https://hunter2@github.com/x\n', `git clone https://${X}@github.com/x\n`],
  ])('%j', (text, expected) => expect(plain(text)).toBe(expected))
})

test('a long word takes no longer than it must', () => {
  const word = 'aB3-_+.'.repeat(50_000)
  const started = performance.now()
  env(`A=${word}\nB_KEY=${word}\n# ${word}\n`)
  yaml(`a: ${word}\nb: "${word}"\nc: [KEY=${word}] # ${word}\n`)
  plain(`${word} ${word}\n`)
  expect(performance.now() - started).toBeLessThan(3_000)
})

describe('changed secrets', () => {
  const later = (path: string, before: string, after: string): Masked =>
    maskFileText(path, after, isSecretName, new Masker(), secretsOf(path, before, isSecretName))

  test('a secret that did not stand under its name before is new', () => {
    const before = 'A_KEY=one\nB_KEY=two\n# C_KEY=three\n'
    expect(later('.env', before, 'A_KEY=one\nB_KEY=one\n').reveal()).toBe(
      `A_KEY=${X}\nB_KEY=${X} (new)\n`,
    )
    expect(later('.env', before, 'A_KEY="one"\n').reveal()).toBe(`A_KEY="${X}"\n`)
  })

  test('the path says which syntax it is', () => {
    expect(later('x/.env.old', '', "A_KEY='a b' # c\n").reveal()).toBe(`A_KEY='${X} (new)' # c\n`)
    expect(later('a.yml', '', 'K: {A_KEY: a}\n').reveal()).toBe(`K: {A_KEY: ${X} (new)}\n`)
    expect(later('Caddyfile', '', 'A_KEY a\n').reveal()).toBe(`A_KEY ${X} (new)\n`)
  })
})

test('a reference with a message is no secret, wherever it stands', () => {
  const text = 'content: |\n  requirepass ${REDIS_PASSWORD:?run init to put it back}\n'
  expect(yaml(text)).toBe(text)
  const literal = 'content: |\n  requirepass hunter22\n'
  expect(yaml(literal)).not.toContain('hunter22')
})
