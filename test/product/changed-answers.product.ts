import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isFull } from '../full.ts'
import { describeStock, newest } from '../stock.ts'
import { type AnswersObject, answers, googleSso, ssoChoices, tlsChoices } from './answers.ts'
import { stockInstall } from './installs.ts'
import { withoutChance } from './normal.ts'
import { certificateFiles, composeComplaints } from './real.ts'
import { look, open, runInit, textOf, valuesOf } from './run.ts'

const fresh = { options: { fresh: true } } as const

function install(release: string, changes: Readonly<Record<string, string>> = {}): string {
  const directory = stockInstall(release, changes)
  mkdirSync(join(directory, 'certs'))
  for (const [name, text] of Object.entries(certificateFiles))
    writeFileSync(join(directory, 'certs', name), text)
  return directory
}

async function inTurn(directory: string, ...turns: readonly AnswersObject[]): Promise<string> {
  for (const turn of turns) expect((await runInit(directory, turn, fresh)).exitCode).toBe(0)
  return directory
}

const pairs = <T>(list: readonly T[]): readonly (readonly [T, T])[] =>
  list.flatMap((a) => list.filter((b) => b !== a).map((b) => [a, b] as const))

const authority = { caBundle: 'certs/tls.crt' }
const proxy = { proxy: 'http://proxy.example.com:3128' }
const changes: readonly (readonly [string, AnswersObject, AnswersObject])[] = [
  ...pairs(Object.entries(tlsChoices)).map(
    ([[a, one], [b, other]]) => [`${a} -> ${b}`, one, other] as const,
  ),
  ...pairs(Object.entries(ssoChoices)).map(
    ([[a, one], [b, other]]) => [`${a} -> ${b}`, one, other] as const,
  ),
  ...pairs([
    ['privileged', { executorPrivileges: 'privileged' }],
    ['capabilities', { executorPrivileges: 'capabilities' }],
    ['confined', { executorPrivileges: 'confined' }],
    ['trusted', { tenancy: 'trusted' }],
    ['multi', { tenancy: 'multi' }],
  ] as const).map(([[a, one], [b, other]]) => [`${a} -> ${b}`, one, other] as const),
  ['caBundle -> none', authority, {}],
  ['none -> caBundle', {}, authority],
  ['proxy -> none', proxy, {}],
  ['none -> proxy', {}, proxy],
  ['another domain', { domain: 'old.example.com' }, {}],
  [
    'other sign-up networks',
    { signUpNetworks: ['10.0.0.0/8'] },
    { signUpNetworks: ['192.168.0.0/16'] },
  ],
  ['fewer allowed domains', { allowedDomains: ['example.com', 'example.org'] }, {}],
  [
    'everything -> little',
    {
      ...authority,
      ...proxy,
      ...tlsChoices['load-balancer'],
      ...ssoChoices.oidc,
      executorPrivileges: 'confined',
    },
    { tenancy: 'trusted' },
  ],
]

describeStock('a changed answer takes back what the old one wrote', () => {
  /** The result of the new answers alone: made once for each. */
  const known = new Map<string, Readonly<Record<string, unknown>>>()
  async function directly(release: string, after: AnswersObject) {
    const key = JSON.stringify([release, after])
    const result = known.get(key) ?? compared(await inTurn(install(release), after), after)
    known.set(key, result)
    return result
  }

  /** What a jail proved is remembered while there is no jail. */
  function compared(directory: string, after: AnswersObject) {
    const files = { ...withoutChance(directory) }
    if (after.tenancy === 'trusted') delete files['.tracecat-harden/privileges.json']
    return files
  }

  const google = (one: AnswersObject) =>
    'sso' in one && 'issuer' in Object(one.sso) ? { ...one, ...googleSso } : one
  const cases = [
    ...changes.map((change) => [newest, ...change] as const),
    // In CI each change on one of these two.
    ...changes
      .filter((_, index) => isFull || index % 2 === 0)
      .map((change) => ['1.0.0-beta.42', ...change] as const),
    ...changes
      .filter((_, index) => isFull || index % 2 === 1)
      .map(([name, a, b]) => ['0.53.25', name, google(a), google(b)] as const),
  ]

  test.each(cases)('%s: %s', async (release, _name, before, after) => {
    const changed = await inTurn(install(release), answers(before), answers(after))
    expect(compared(changed, after)).toEqual(await directly(release, answers(after)))
  })

  test("there and back, an admin's own port and override come back", async () => {
    const env = textOf(install(newest), '.env').replace(
      'PUBLIC_APP_PORT=80',
      'PUBLIC_APP_PORT=8080',
    )
    const own =
      'services:\n  executor:\n    security_opt:\n      - label:disable\n    privileged: false\n'
    const start = () => install(newest, { '.env': env, 'docker-compose.override.yml': own })
    const [balancer, automatic] = [
      answers(tlsChoices['load-balancer'], { executorPrivileges: 'confined' }),
      answers(tlsChoices.automatic, { executorPrivileges: 'privileged' }),
    ]
    const back = await inTurn(start(), balancer, automatic, balancer)
    const direct = await inTurn(start(), balancer)
    expect(withoutChance(back)).toEqual(withoutChance(direct))
  })

  test('the keyring of payload encryption stays when it is turned off, and comes back on with the same keys', async () => {
    const directory = await inTurn(install(newest), answers({ payloadEncryption: true }))
    const keyring = valuesOf(directory).get('TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING')
    expect(keyring).toMatch(/current_key_id/)
    expect(valuesOf(directory).get('TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED')).toBe('true')
    await inTurn(directory, answers())
    expect(valuesOf(directory).get('TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING')).toBe(keyring)
    expect(valuesOf(directory).get('TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED')).toBe('false')
    expect(composeComplaints(directory)).toEqual([])
    await inTurn(directory, answers({ payloadEncryption: true }))
    expect(valuesOf(directory).get('TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING')).toBe(keyring)
    expect(valuesOf(directory).get('TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED')).toBe('true')
    expect(open((await look(directory, fresh)).judgement)).toEqual([])
  })

  test("payload encryption that was the admin's own stays on, until the answers say otherwise", async () => {
    const enabled = 'TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED'
    const ring =
      '{"current_key_id":"v1","keys":{"v1":"J1bYqTq3WcVx0m2ZKf8sUe7RrPd4Lh6NgA9BtEwOiQy"}}'
    const own = `\n${enabled}=true\nTEMPORAL__PAYLOAD_ENCRYPTION_KEYRING='${ring}'\n`
    const directory = install(newest, { '.env': textOf(install(newest), '.env') + own })
    await inTurn(directory, answers(), answers())
    expect(valuesOf(directory).get(enabled)).toBe('true')
    expect(textOf(directory, 'tracecat-harden.yaml')).toContain('payloadEncryption: true')
    await inTurn(directory, answers({ payloadEncryption: false }))
    expect(valuesOf(directory).get(enabled)).toBe('false')
    expect(valuesOf(directory).get('TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING')).toBe(ring)
  })
})

/** Replaces one piece of a file's text; fails where it is not there. */
function change(directory: string, path: string, from: string, to: string): void {
  const text = textOf(directory, path)
  expect(text).toContain(from)
  writeFileSync(join(directory, path), text.replace(from, to))
}

describeStock('what the admin changed since is kept, and shown', () => {
  test('a variable', async () => {
    const directory = await inTurn(install(newest), answers(ssoChoices.saml))
    change(directory, '.env', 'TRACECAT__AUTH_TYPES=saml', 'TRACECAT__AUTH_TYPES=basic,saml')
    const ran = await runInit(directory, answers(ssoChoices.oidc), fresh)
    expect(valuesOf(directory).get('TRACECAT__AUTH_TYPES')).toBe('basic,saml')
    expect(ran.printed).toMatch(/Yours, kept[\s\S]*\.env: TRACECAT__AUTH_TYPES/)
  })

  test('a variable that the new answers do not want at all', async () => {
    const directory = await inTurn(install(newest), answers(ssoChoices.oidc))
    change(directory, '.env', 'OIDC_CLIENT_ID=abc', 'OIDC_CLIENT_ID=another')
    const ran = await runInit(directory, answers(ssoChoices.saml), fresh)
    expect(valuesOf(directory).get('OIDC_CLIENT_ID')).toBe('another')
    expect(ran.printed).toMatch(/\.env: OIDC_CLIENT_ID/)
  })

  test('a key of the override', async () => {
    const directory = await inTurn(install(newest), answers({ executorPrivileges: 'privileged' }))
    change(directory, 'docker-compose.override.yml', 'privileged: true', 'privileged: false')
    const ran = await runInit(directory, answers({ executorPrivileges: 'privileged' }), fresh)
    expect(textOf(directory, 'docker-compose.override.yml')).toContain('privileged: false')
    expect(ran.printed).toMatch(/services\.executor\.privileged/)
    const later = await runInit(directory, answers({ executorPrivileges: 'confined' }), fresh)
    expect(textOf(directory, 'docker-compose.override.yml')).toContain('privileged: false')
    expect(later.exitCode).toBe(0)
  })

  test('a line of our Caddyfile', async () => {
    const directory = await inTurn(install(newest), answers())
    change(
      directory,
      'caddy/Caddyfile',
      'tls internal',
      'tls /etc/caddy/own.crt /etc/caddy/own.key',
    )
    const before = textOf(directory, 'caddy/Caddyfile')
    const ran = await runInit(directory, answers(tlsChoices.automatic), fresh)
    expect(textOf(directory, 'caddy/Caddyfile')).toBe(before)
    expect(ran.printed).toMatch(/caddy\/Caddyfile: lines that tracecat-harden wrote/)
  })

  test('the seccomp profile', async () => {
    const directory = await inTurn(install(newest), answers({ executorPrivileges: 'confined' }))
    change(directory, 'seccomp/executor.json', '{', '{ ')
    const before = textOf(directory, 'seccomp/executor.json')
    const ran = await runInit(directory, answers({ executorPrivileges: 'privileged' }), fresh)
    expect(textOf(directory, 'seccomp/executor.json')).toBe(before)
    expect(ran.printed).toMatch(/seccomp\/executor\.json: the whole file/)
  })
})
