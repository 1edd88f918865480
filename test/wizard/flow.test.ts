import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { initInteractively } from '../../src/commands/init/interactive.ts'
import { initUnattended } from '../../src/commands/init/unattended.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { type FakeParts, fakeWorld, temporaryFolder } from '../world/fake.ts'
import { layDown, options, snapshot, withSecrets } from './install.ts'
import { type Reply, scripted } from './scripted.ts'

vi.setConfig({ testTimeout: 60_000 })

type Replies = readonly (readonly [string, Reply])[]

/** The default path: what has no default, and Enter everywhere else. */
const defaultPath: Replies = [
  ['Address', 'tracecat.example.com'],
  ['ever started', false],
  ['Certificate', undefined],
  ['Who writes scripts', undefined],
  ['Sign-in', undefined],
  ['E-mail domains', undefined],
  ['superadmin', 'admin@example.com'],
  ['right', undefined],
  ['Write this', true],
]

async function wizard(folder: string, replies: Replies, parts: FakeParts = {}, more = {}) {
  const prompter = scripted(replies)
  const world = fakeWorld({ interactive: true, ...parts })
  const result = await initInteractively(
    world,
    new Masker(),
    options(folder, more),
    prompter,
  ).catch((error: unknown) => error)
  return { prompter, world, result }
}

const paths: Readonly<Record<string, Replies>> = {
  'the default path': defaultPath,
  'a load balancer, several teams and Okta': [
    ['Address', 'soc.example.org'],
    ['ever started', false],
    ['Certificate', 'load-balancer'],
    ['Its networks', '10.1.0.0/16, 10.2.0.0/16'],
    ['Who writes scripts', 'multi'],
    ['Sign-in', 'okta'],
    ['Okta domain', 'example.okta.com'],
    ['Client ID', '0oa1234'],
    ['Client secret', 'a-secret-of-the-provider'],
    ['E-mail domains', 'Example.org example.com'],
    ['superadmin', 'Admin@example.org'],
    ['right', undefined],
    ['Write this', true],
  ],
  'SAML, no sandbox, an internal authority, and more settings': [
    ['Address', 'soc.corp.internal'],
    ['ever started', false],
    ['Certificate', undefined],
    ['Who writes scripts', 'trusted'],
    ['Sign-in', 'saml'],
    ['SAML with', 'keycloak'],
    ['Metadata URL', 'https://id.example.org/realms/soc/protocol/saml/descriptor'],
    ['E-mail domains', 'example.org'],
    ['superadmin', 'admin@example.org'],
    ['right', 'more'],
    ['More', 'proxy'],
    ['Proxy', 'http://proxy.example.org:3128'],
    ['right', 'more'],
    ['More', 'payload-encryption'],
    ['Encrypt payloads', true],
    ['right', undefined],
    ['Write this', true],
  ],
}

describe('the files of the wizard are those of init --yes with the answers that it wrote', () => {
  test.each(Object.entries(paths))('%s', async (name, replies) => {
    // The payload keyring is generated anew in each run; all other secrets are there already.
    const change = (env: string) =>
      name.includes('SAML')
        ? `${withSecrets(env)}TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING={"current_key_id":"2026-11-23T00:00:00Z","keys":{"2026-11-23T00:00:00Z":"mK0PDK7FcWJkxTbsYDgnoxaVIeoESKq1WBzvAbHVsFY="}}\n`
        : withSecrets(env)
    const asked = layDown(temporaryFolder(), change)
    const { result } = await wizard(asked, replies)
    expect(result).toBe(0)
    const answered = layDown(temporaryFolder(), change)
    const answers = join(asked, 'tracecat-harden.yaml')
    const world = fakeWorld({ env: { OIDC_CLIENT_SECRET: 'a-secret-of-the-provider' } })
    const code = await initUnattended(
      world,
      new Masker(),
      options(answered, { answers, yes: true, fresh: true }),
    )
    expect(code).toBe(0)
    // Fingerprints are salted by chance.
    const comparable = (folder: string) => ({
      ...snapshot(folder),
      '.tracecat-harden/fingerprints.json': '',
    })
    expect(comparable(asked)).toEqual(comparable(answered))
  })
})

test('the default path has nine questions', async () => {
  const { prompter } = await wizard(layDown(temporaryFolder()), defaultPath)
  expect(prompter.asked).toHaveLength(9)
})

test('the review fits a screen of 24 lines with its address, and shows what differs from the usual', async () => {
  const replies: Replies = [
    ...defaultPath.slice(0, -2),
    ['right', 'more'],
    ['More', 'proxy'],
    ['Proxy', 'http://proxy.example.org:3128'],
    ...defaultPath.slice(-2),
  ]
  const { shown } = (await wizard(layDown(temporaryFolder()), replies)).prompter
  const reviews = shown
    .flatMap((line, index) => (line === 'Your answers:' ? [index] : []))
    .map((start) =>
      shown.slice(start, shown.indexOf('? Is everything right? yes, show what will change')),
    )
    .map((lines) => lines.slice(0, lines.findIndex((line) => line.startsWith('?')) >>> 0))
  const [first = [], second = []] = reviews
  // Besides: a blank line, the question, nine choices, a blank line and how to choose.
  expect(first.length + 13).toBeLessThanOrEqual(24)
  expect(first.join('\n')).toMatch(/Address: +tracecat\.example\.com/)
  expect(first.join('\n')).toMatch(/More settings: +none changed/)
  expect(second.join('\n')).toMatch(/Proxy: +http:\/\/proxy/)
  expect(second.join('\n')).toMatch(/More settings: +the others unchanged/)
  expect(shown.join('\n')).toMatch(/More settings:\n +Executor privileges: +the least/)
})

describe('an empty folder where Docker does not answer', () => {
  const stderr = 'Cannot connect to the Docker daemon'
  const silent = { processes: () => ({ exitCode: 1, stdout: '', stderr, timedOut: false }) }
  const start: Replies = [
    ['Address', 'tracecat.example.com'],
    // One whose checksums nobody knows: the example's files would not have those of any other.
    ['Tracecat release', '1.0.0-beta.20000'],
  ]
  const stock = () => {
    const folder = layDown(temporaryFolder())
    writeFileSync(join(folder, '.env.example'), readFileSync(join(folder, '.env')))
    return { from: folder }
  }

  test('a person may say that it was never started', async () => {
    const folder = temporaryFolder()
    const { result } = await wizard(folder, [...start, ...defaultPath.slice(1)], silent, stock())
    expect(result).toBe(0)
    expect(Object.keys(snapshot(folder))).toContain('.env')
  })

  test('if it was, that .env is lost is said before any other question', async () => {
    const folder = temporaryFolder()
    const { result } = await wizard(folder, [...start, ['ever started', true]], silent, stock())
    expect(result).toMatchObject({
      kind: 'surroundings',
      message: expect.stringContaining('There is no .env'),
    })
    expect(snapshot(folder)).toEqual({})
  })
})

test('a dry run ends with the plan, and says that nothing was written', async () => {
  const folder = layDown(temporaryFolder())
  const before = snapshot(folder)
  const { prompter, result } = await wizard(folder, defaultPath.slice(0, -1), {}, { dryRun: true })
  expect([result, prompter.shown.at(-1)]).toEqual([0, 'Nothing was written: this was a dry run.'])
  expect(snapshot(folder)).toEqual(before)
})

test('who says that it was started is not told that nobody knows', async () => {
  const replies: Replies = defaultPath.map(([message, reply]) =>
    message === 'ever started' ? [message, true] : [message, reply],
  )
  const { prompter, world } = await wizard(layDown(temporaryFolder()), replies)
  expect(prompter.shown.join('\n')).toMatch(/Ever started: +yes$/m)
  expect(world.printed.out.join('\n')).not.toContain('ever started is unknown')
})

test('an empty folder is offered the newest final release, and has nine questions too', async () => {
  const stock = layDown(temporaryFolder())
  writeFileSync(join(stock, '.env.example'), readFileSync(join(stock, '.env')))
  const empty = temporaryFolder()
  const replies: Replies = [
    ['Address', 'tracecat.example.com'],
    ['Tracecat release', '1.0.0-beta.51.post7'],
    ...defaultPath.slice(2),
  ]
  const { prompter, result } = await wizard(empty, replies, {}, { from: stock })
  expect(result).toBe(0)
  expect(prompter.asked).toHaveLength(9)
  expect(readFileSync(join(empty, 'tracecat-harden.yaml'), 'utf8')).toContain(
    'tracecatVersion: 1.0.0-beta.51.post7',
  )
  const defaults = scripted([])
  await expect(
    (await import('../../src/wizard/before-questions.ts')).askRelease({
      ...defaults,
      text: async ({ default: preset }) => preset ?? '',
    }),
  ).resolves.toMatch(/^1\.0\.0-beta\.\d+$/)
})

describe('Ctrl-C, and a no, change nothing', () => {
  test.each(
    defaultPath.map(([message], index) => [message, index] as const),
  )('at "%s"', async (message, index) => {
    const folder = layDown(temporaryFolder())
    const before = snapshot(folder)
    const { result } = await wizard(folder, [
      ...defaultPath.slice(0, index),
      [message, { cancel: true }],
    ])
    expect(result).toMatchObject({
      kind: 'canceled',
      exitCode: 130,
      message: 'Canceled: nothing was changed.',
    })
    expect(snapshot(folder)).toEqual(before)
  })

  test('a no at the end', async () => {
    const folder = layDown(temporaryFolder())
    const before = snapshot(folder)
    const { result } = await wizard(folder, [
      ...defaultPath.slice(0, -1),
      ['Write this', undefined],
    ])
    expect(result).toMatchObject({ kind: 'canceled' })
    expect(snapshot(folder)).toEqual(before)
  })
})

describe('the review', () => {
  test('asks again what depends on the answer that is changed', async () => {
    const folder = layDown(temporaryFolder())
    const { prompter, result } = await wizard(folder, [
      ...defaultPath.slice(0, -2),
      ['right', 'sign-in'],
      ['Sign-in', 'other'],
      ['Issuer', 'https://id.example.org'],
      ['Client ID', 'tracecat'],
      ['Client secret', 'a-secret-of-the-provider'],
      ['E-mail domains', 'example.org'],
      ['superadmin', undefined],
      ['superadmin', 'boss@example.org'],
      ['right', undefined],
      ['Write this', true],
    ])
    expect(result).toBe(0)
    expect(prompter.shown).toContain(
      '> This address could not sign in: example.com is not among example.org.',
    )
    const answers = readFileSync(join(folder, 'tracecat-harden.yaml'), 'utf8')
    expect(answers).toContain('issuer: https://id.example.org')
    expect(answers).toContain('superadminEmail: boss@example.org')
    expect(answers).not.toContain('a-secret-of-the-provider')
    expect(readFileSync(join(folder, '.env'), 'utf8')).toContain(
      'OIDC_CLIENT_SECRET=a-secret-of-the-provider',
    )
  })
})

describe('what was settled before the questions', () => {
  test('can be changed in the review too', async () => {
    const folder = layDown(temporaryFolder())
    const { result } = await wizard(folder, [
      ['Address', 'tracecat.example.com'],
      ['ever started', true],
      ...defaultPath.slice(2, -2),
      ['right', 'started'],
      ['ever started', false],
      ['right', undefined],
      ['Write this', true],
    ])
    expect(result).toBe(0)
    expect(readFileSync(join(folder, '.env'), 'utf8')).not.toMatch(/POSTGRES_PASSWORD=postgres$/m)
  })

  test('another release is fetched, and its questions are asked', async () => {
    const stock = layDown(temporaryFolder())
    writeFileSync(join(stock, '.env.example'), readFileSync(join(stock, '.env')))
    const folder = temporaryFolder()
    const { prompter, result } = await wizard(
      folder,
      [
        ['Address', 'tracecat.example.com'],
        ['Tracecat release', '1.0.0-beta.51.post7'],
        ...defaultPath.slice(2, -2),
        ['right', 'release'],
        ['Tracecat release', '1.0.0-beta.30000'],
        ['right', { cancel: true }],
      ],
      {},
      { from: stock },
    )
    expect(result).toMatchObject({ kind: 'canceled' })
    expect(prompter.asked.filter((message) => message.includes('release'))).toHaveLength(2)
  })
})

describe('on a stack that people use', () => {
  test('what ends is said, and passwords stay unless told otherwise', async () => {
    const folder = layDown(temporaryFolder(), withSecrets)
    const { world, result } = await wizard(
      folder,
      [
        ['Address', 'tracecat.example.com'],
        ['ever started', undefined],
        ['Certificate', undefined],
        ['Who writes scripts', undefined],
        ['Sign-in', 'google'],
        ['Client ID', 'tracecat'],
        ['Client secret', 'a-secret-of-the-provider'],
        ['Keep passwords', undefined],
        ['E-mail domains', undefined],
        ['superadmin', 'admin@example.com'],
        ['right', undefined],
        ['Write this', true],
      ],
      {
        processes: (program, [command]) =>
          program !== 'docker'
            ? 'missing'
            : command === 'compose'
              ? {}
              : { exitCode: 1, stderr: 'no daemon' },
      },
    )
    expect(result).toBe(0)
    const printed = world.printed.out.join('\n')
    expect(printed).toContain('What ends for people who use it')
    expect(printed).not.toContain('Passwords stop working')
    expect(readFileSync(join(folder, 'tracecat-harden.yaml'), 'utf8')).toContain(
      'keepPasswords: true',
    )
    expect(readFileSync(join(folder, '.env'), 'utf8')).toContain('TRACECAT__AUTH_TYPES=basic,oidc')
  })
})

describe('a second run', () => {
  async function hardened(): Promise<string> {
    const folder = layDown(temporaryFolder(), withSecrets)
    await wizard(folder, defaultPath)
    return folder
  }

  test('says that all is as it was, and leaves it so', async () => {
    const folder = await hardened()
    const before = snapshot(folder)
    const { prompter, result } = await wizard(folder, [['What should happen', undefined]])
    expect(result).toBe(0)
    expect(prompter.shown).toContain('Everything is as it was written.')
    expect(snapshot(folder)).toEqual(before)
  })

  test('shows what drifted, and puts it back where that is chosen', async () => {
    const folder = await hardened()
    const good = snapshot(folder)
    const path = join(folder, '.env')
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(
        'TRACECAT__DISABLE_NSJAIL=false',
        'TRACECAT__DISABLE_NSJAIL=true',
      ),
    )
    const override = join(folder, 'docker-compose.override.yml')
    writeFileSync(
      override,
      readFileSync(override, 'utf8').replace('privileged: true', 'privileged: false'),
    )
    const { prompter, result } = await wizard(folder, [
      ['What should happen', 'fix'],
      ['Write this', true],
    ])
    expect(prompter.shown).toContain('  .env: TRACECAT__DISABLE_NSJAIL')
    expect(result).toBe(0)
    expect(snapshot(folder)).toEqual(good)
  })

  test('writes what is missing, and keeps what was changed', async () => {
    const folder = await hardened()
    const good = snapshot(folder)
    const path = join(folder, '.env')
    const changed = readFileSync(path, 'utf8').replace(
      'TRACECAT__DISABLE_NSJAIL=false',
      'TRACECAT__DISABLE_NSJAIL=true',
    )
    writeFileSync(path, changed)
    rmSync(join(folder, 'caddy/Caddyfile'))
    const { prompter, result } = await wizard(folder, [
      ['What should happen', 'update'],
      ['Write this', true],
    ])
    expect(prompter.shown).toContain('  caddy/Caddyfile')
    expect(result).toBe(0)
    expect(readFileSync(path, 'utf8')).toBe(changed)
    expect(snapshot(folder)['caddy/Caddyfile']).toBe(good['caddy/Caddyfile'])
  })

  test('changes one answer, with the old ones as defaults', async () => {
    const folder = await hardened()
    const { result } = await wizard(folder, [
      ['What should happen', 'change'],
      ['right', 'domain'],
      ['Address', 'soc.example.com'],
      ['Certificate', undefined],
      ['right', undefined],
      ['Write this', true],
    ])
    expect(result).toBe(0)
    const answers = readFileSync(join(folder, 'tracecat-harden.yaml'), 'utf8')
    expect(answers).toContain('domain: soc.example.com')
    expect(answers).toContain('superadminEmail: admin@example.com')
  })
})
