import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rotate } from '../../src/commands/rotate.ts'
import { secretIds } from '../../src/secrets/catalogue.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { agreement } from '../stack/simulated/agreement.ts'
import { layOutExample, simulationIn, startStack } from '../stack/simulated/install.ts'
import { preparedStack } from '../stack/simulated/prepared.ts'
import { changeState, containerOf, loadState } from '../stack/simulated/state.ts'
import { fakeWorld, temporaryFolder } from '../world/fake.ts'
import { changedVariables, envOf, pictureOf, rotateSimulated } from './rotates.ts'

const stack = preparedStack()

const inAgreement = ({ state }: ReturnType<typeof stack>) => agreement(loadState(state))
const generated = /[\w-]{43}/g

describe('which secrets', () => {
  test('none named, and nobody to ask: the table, and exit 2', async () => {
    const simulation = stack()
    const before = pictureOf(simulation)
    const ran = await rotateSimulated(simulation, {})
    expect(ran.exitCode).toBe(2)
    for (const id of secretIds) expect(ran.out).toMatch(new RegExp(`^ {2}${id} {2,}`, 'm'))
    expect(ran.out).toMatch(/redis +from today/)
    expect(ran.err).toMatch(/None is named[\s\S]*rotate <name>\.\.\., or --all/)
    expect(pictureOf(simulation)).toEqual(before)
  })

  test('the table goes to the messages where results are a document', async () => {
    const ran = await rotateSimulated(stack(), { json: true })
    expect(ran.out).toBe('')
    expect(ran.err).toMatch(/^ {2}postgres {2,}/m)
  })

  test('a name that is none is refused, with the one that was meant', async () => {
    const simulation = stack()
    const before = pictureOf(simulation)
    const ran = await rotateSimulated(simulation, { names: ['redis', 'postgress'] })
    expect(ran.exitCode).toBe(2)
    expect(ran.err).toMatch(/no secret 'postgress'[\s\S]*Did you mean postgres\?.*payload-keyring/)
    expect(pictureOf(simulation)).toEqual(before)
  })

  test('names beside --all are refused', async () => {
    expect(await rotateSimulated(stack(), { names: ['redis'], all: true })).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('not both'),
    })
  })

  test('a name twice is rotated once, and the order is always the same', async () => {
    const simulation = stack()
    const names = ['user-auth-secret', 'service-key', 'user-auth-secret']
    const ran = await rotateSimulated(simulation, { names })
    expect(ran.out).toMatch(/^Rotated: service-key, user-auth-secret\.$/m)
    expect(inAgreement(simulation)).toEqual([])
  })

  test('--all leaves out what breaks addresses outside, and says so', async () => {
    const simulation = stack()
    const before = envOf(simulation)
    const ran = await rotateSimulated(simulation, { all: true })
    expect([ran.exitCode, ran.err]).toEqual([0, expect.any(String)])
    expect(ran.err).toMatch(/^Left out: signing-secret \(it breaks addresses outside; name it/m)
    expect(ran.err).toMatch(/^Left out: db-encryption-key \(it is never rotated/m)
    expect(changedVariables(before, simulation)).toEqual([
      'MINIO_ROOT_PASSWORD',
      'REDIS_PASSWORD',
      'REDIS_URL',
      'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING',
      'TEMPORAL__POSTGRES_PASSWORD',
      'TRACECAT__DB_URI',
      'TRACECAT__POSTGRES_PASSWORD',
      'TRACECAT__SERVICE_KEY',
      'USER_AUTH_SECRET',
    ])
    expect(inAgreement(simulation)).toEqual([])
  })

  test('db-encryption-key is refused, with the reason', async () => {
    const simulation = stack()
    const before = pictureOf(simulation)
    const names = ['redis', 'db-encryption-key']
    const ran = await rotateSimulated(simulation, { names, acceptBreakage: true })
    expect(ran.exitCode).toBe(2)
    expect(ran.err).toMatch(/db-encryption-key cannot be rotated: .*unreadable for good/)
    expect(pictureOf(simulation)).toEqual(before)
  })

  test.each([
    [{ names: ['db-encryption-key'] }, /unreadable for good/],
    [{ names: ['redsi'] }, /There is no secret 'redsi'/],
    [{ names: ['redis'], all: true }, /not both/],
  ])('%o is refused before anything is looked at', async (wrong, message) => {
    const options = { yes: true, dryRun: false, acceptBreakage: false, json: false, verbose: false }
    const world = fakeWorld({})
    const asked = { ...options, directory: temporaryFolder(), all: false, ...wrong }
    const ran = rotate(world, new Masker(), asked)
    await expect(ran).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    })
    expect(world.started).toEqual([])
  })

  test("one that is not in this install's hands is refused before any other is changed", async () => {
    const simulation = stack()
    const before = pictureOf(simulation)
    const ran = await rotateSimulated(simulation, { names: ['redis', 'oidc-client-secret'] })
    expect(ran.exitCode).toBe(3)
    expect(ran.err).toMatch(/oidc-client-secret cannot be rotated[\s\S]*Nothing was changed/)
    expect(pictureOf(simulation)).toEqual(before)
  })
})

describe('signing-secret', () => {
  const names = ['signing-secret', 'redis']

  test('is refused without --accept-breakage, with nothing changed', async () => {
    const simulation = stack()
    const before = pictureOf(simulation)
    const ran = await rotateSimulated(simulation, { names })
    expect(ran.exitCode).toBe(2)
    expect(ran.err).toMatch(/Every webhook[\s\S]*--accept-breakage/)
    expect(pictureOf(simulation)).toEqual(before)
  })

  test('is rotated with it', async () => {
    const simulation = stack()
    const before = envOf(simulation)
    const ran = await rotateSimulated(simulation, { names, acceptBreakage: true })
    expect(ran.exitCode).toBe(0)
    expect(changedVariables(before, simulation)).toContain('TRACECAT__SIGNING_SECRET')
    expect(inAgreement(simulation)).toEqual([])
  })

  test('is rotated where its name is typed, and not before', async () => {
    const simulation = stack()
    const ran = await rotateSimulated(
      simulation,
      { names: ['signing-secret'] },
      {
        replies: [
          ['Type signing-secret', 'yes'],
          ['Type signing-secret', 'signing-secret'],
          ['Rotate now', true],
        ],
      },
    )
    expect(ran.exitCode).toBe(0)
    expect(ran.shown).toMatch(/Every webhook[\s\S]*> Type signing-secret, or nothing/)
    expect(inAgreement(simulation)).toEqual([])
  })

  test('nothing typed: nothing is changed', async () => {
    const simulation = stack()
    const before = pictureOf(simulation)
    const replies = [['Type signing-secret', '']] as const
    expect((await rotateSimulated(simulation, { names }, { replies })).exitCode).toBe(130)
    expect(pictureOf(simulation)).toEqual(before)
  })
})

describe('with somebody at the terminal', () => {
  test('a checklist; what cannot be chosen is said before', async () => {
    const simulation = stack()
    const before = envOf(simulation)
    const ran = await rotateSimulated(
      simulation,
      {},
      {
        replies: [
          ['Which secrets', 'user-auth-secret service-key'],
          ['Rotate now', true],
        ],
      },
    )
    expect(ran.exitCode).toBe(0)
    expect(ran.shown).toMatch(/Not to be rotated here:\n {2}db-encryption-key: it is never/)
    expect(ran.shown).toMatch(/Which secrets\? service-key \(from today\), user-auth-secret/)
    expect(changedVariables(before, simulation)).toEqual([
      'TRACECAT__SERVICE_KEY',
      'USER_AUTH_SECRET',
    ])
  })

  test.each<readonly [string, NonNullable<Parameters<typeof rotateSimulated>[2]>]>([
    ['nothing chosen', { replies: [['Which secrets', '']] }],
    ['Ctrl-C at the checklist', { replies: [['Which secrets', { cancel: true }]] }],
    [
      'Enter at the last question',
      {
        replies: [
          ['Which secrets', 'redis'],
          ['Rotate now', undefined],
        ],
      },
    ],
  ])('%s: 130, and nothing is changed', async (_, parts) => {
    const simulation = stack()
    const before = pictureOf(simulation)
    expect((await rotateSimulated(simulation, {}, parts)).exitCode).toBe(130)
    expect(pictureOf(simulation)).toEqual(before)
    expect(loadState(simulation.state).log).toEqual([])
  })
})

test('a stack that was never started: files alone', async () => {
  const prepared = stack()
  const simulation = simulationIn(join(prepared.directory, '..'))
  changeState(simulation.state, (state) => {
    state.containers = []
    state.databases = {}
  })
  const before = envOf(simulation)
  const ran = await rotateSimulated(simulation, { all: true })
  expect([ran.exitCode, ran.err]).toEqual([0, expect.any(String)])
  expect(ran.out).toContain('(never started: files alone)')
  expect(changedVariables(before, simulation)).toContain('TRACECAT__POSTGRES_PASSWORD')
  expect(loadState(simulation.state).log).toEqual([])
})

describe('a stack that is down', () => {
  const down = () => {
    const simulation = stack()
    changeState(simulation.state, (state) => {
      for (const one of state.containers) one.state = 'exited'
    })
    return simulation
  }

  test('says what it needs, and changes nothing', async () => {
    const simulation = down()
    const before = pictureOf(simulation)
    const ran = await rotateSimulated(simulation, { names: ['postgres', 'redis', 'service-key'] })
    expect(ran.exitCode).toBe(3)
    expect(ran.err).toMatch(
      /have to for this: postgres_db, redis\.[\s\S]*up -d --no-deps postgres_db redis\n/,
    )
    expect(pictureOf(simulation)).toEqual(before)
  })

  test('one that restarts over and over: its log is where to look', async () => {
    const simulation = stack()
    changeState(simulation.state, (state) => {
      containerOf(state, 'redis').state = 'restarting'
    })
    const ran = await rotateSimulated(simulation, { names: ['redis'] })
    expect(ran.exitCode).toBe(3)
    expect(ran.err).toContain('docker compose logs --tail 20 redis\n')
    expect(ran.err).not.toContain('up -d')
  })

  test('offers to start just that', async () => {
    const simulation = down()
    const ran = await rotateSimulated(
      simulation,
      { names: ['postgres'] },
      {
        replies: [
          ['Start just these', true],
          ['Rotate now', true],
        ],
      },
    )
    expect([ran.exitCode, ran.err]).toEqual([0, expect.any(String)])
    const state = loadState(simulation.state)
    const running = state.containers.filter((one) => one.state === 'running')
    expect(running.map(({ service }) => service)).toEqual(['postgres_db'])
    changeState(simulation.state, ({ containers }) => {
      for (const one of containers) if (one.service !== 'migrations') one.state = 'running'
    })
    expect(inAgreement(simulation)).toEqual([])
  })

  test('no: nothing is started, nothing changed', async () => {
    const simulation = down()
    const before = pictureOf(simulation)
    const replies = [['Start just these', undefined]] as const
    const ran = await rotateSimulated(simulation, { names: ['postgres'] }, { replies })
    expect(ran.exitCode).toBe(130)
    expect(pictureOf(simulation)).toEqual(before)
  })

  test('what no server holds changes all the same', async () => {
    const simulation = down()
    const ran = await rotateSimulated(simulation, { names: ['service-key'] })
    expect(ran.exitCode).toBe(0)
    const states = loadState(simulation.state).containers.map((one) => one.state)
    expect(states).not.toContain('running')
  })

  test('Docker does not answer: 3, and nothing is changed', async () => {
    const simulation = stack()
    changeState(simulation.state, ({ faults }) => {
      faults.dockerGone = true
    })
    const before = pictureOf(simulation)
    const ran = await rotateSimulated(simulation, { names: ['service-key'] })
    expect([ran.exitCode, ran.err]).toEqual([3, expect.stringMatching(/What runs.*is unknown/)])
    expect(pictureOf(simulation)).toEqual(before)
  })
})

test('an install that lost its .env: 3, and init mends it', async () => {
  const simulation = stack()
  rmSync(join(simulation.directory, '.env'))
  const ran = await rotateSimulated(simulation, { names: ['redis'] })
  expect([ran.exitCode, ran.err]).toEqual([
    3,
    expect.stringMatching(/no \.env\.[\s\S]*init rebuilds/),
  ])
  expect(existsSync(join(simulation.directory, '.env'))).toBe(false)
})

test('a folder without an install: 2', async () => {
  const simulation = stack()
  const ran = await rotateSimulated(simulation, { directory: temporaryFolder(), names: ['redis'] })
  expect([ran.exitCode, ran.err]).toEqual([2, expect.stringMatching(/no Compose file.*\n.*--dir/)])
})

test.each([
  ['running', 'running'],
  ['down', 'exited'],
] as const)('--dry-run shows the plan, changes nothing and starts nothing: %s', async (_, state) => {
  const simulation = stack()
  changeState(simulation.state, ({ containers }) => {
    for (const one of containers) one.state = state
  })
  const before = pictureOf(simulation)
  const names = ['postgres', 'signing-secret', 'payload-keyring']
  const ran = await rotateSimulated(simulation, { names, dryRun: true })
  expect([ran.exitCode, ran.err.trim()]).toEqual([0, ''])
  expect(ran.out).toMatch(/one after the other:\n {2}postgres /)
  expect(ran.out.includes('have to: postgres_db')).toBe(state === 'exited')
  expect(pictureOf(simulation)).toEqual(before)
  expect(loadState(simulation.state).log).toEqual([])
})

describe('--json', () => {
  test('one document on stdout, in the shape of the contract; all else on stderr', async () => {
    const simulation = stack()
    const ran = await rotateSimulated(simulation, { names: ['postgres', 'redis'], json: true })
    const document = JSON.parse(ran.out)
    expect(document).toEqual({
      version: 1,
      dir: simulation.directory,
      release: '1.0.0-beta.51',
      changes: expect.arrayContaining([{ file: '.env', kind: 'update' }]),
      live: expect.arrayContaining([
        { step: 'postgres: postgres', status: 'done' },
        { step: 'postgres: files', status: 'done' },
        { step: 'redis: recreate-redis', status: 'done' },
        { step: 'redis: well', status: 'done' },
      ]),
      backup: expect.stringMatching(/^20\d\d-/),
      next: [],
    })
    expect(
      existsSync(join(simulation.directory, '.tracecat-harden/backups', document.backup)),
    ).toBe(true)
    expect(ran.err).toContain('To be rotated')
  })

  test('where a later secret of a stack that was never started fails, too', async () => {
    const simulation = stack()
    changeState(simulation.state, (state) => {
      state.containers = []
      state.databases = {}
    })
    let renamed = 0
    const ran = await rotateSimulated(
      simulation,
      { names: ['postgres', 'redis'], json: true },
      {
        around: async ({ name }, act) => {
          if (/^rename .*\/\.env$/.test(name)) renamed += 1
          if (renamed > 1) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
          return await act()
        },
      },
    )
    expect(ran.exitCode).not.toBe(0)
    expect(JSON.parse(ran.out)).toMatchObject({
      changes: expect.arrayContaining([{ file: '.env', kind: 'update' }]),
      live: [],
      backup: expect.stringMatching(/^20\d\d-/),
    })
  })

  test('--dry-run says what would change', async () => {
    const ran = await rotateSimulated(stack(), { names: ['redis'], json: true, dryRun: true })
    expect(JSON.parse(ran.out)).toMatchObject({
      changes: [{ file: '.env', kind: 'update' }],
      live: [],
      backup: null,
    })
  })

  test('where a later secret fails, the document says what was done before', async () => {
    const simulation = stack()
    changeState(simulation.state, ({ faults }) => {
      faults.refuseAlter = ['temporal_postgres_db']
    })
    const names = ['postgres', 'temporal-postgres']
    const ran = await rotateSimulated(simulation, { names, json: true })
    expect(ran.exitCode).toBe(3)
    expect(JSON.parse(ran.out)).toMatchObject({
      changes: expect.arrayContaining([{ file: '.env', kind: 'update' }]),
      live: expect.arrayContaining([
        { step: 'postgres: well', status: 'done' },
        { step: 'temporal-postgres: temporal-postgres', status: 'failed' },
      ]),
      backup: expect.stringMatching(/^20\d\d-/),
    })
    expect(ran.err).toContain('Rotated before that: postgres.')
  })
})

describe('a variable of the shell that beats the file', () => {
  test.each([
    ['TRACECAT__POSTGRES_PASSWORD', 'postgres'],
    ['TRACECAT__DB_URI', 'postgres'],
    ['REDIS_URL', 'redis'],
    ['MINIO_ROOT_USER', 'minio'],
    ['TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING', 'payload-keyring'],
  ])('%s: 3, and nothing is changed', async (name, id) => {
    const simulation = stack()
    const before = pictureOf(simulation)
    const env = { [name]: 'of-the-shell' }
    const ran = await rotateSimulated(simulation, { names: ['service-key', id] }, { env })
    expect(ran.exitCode).toBe(3)
    expect(ran.err).toMatch(`unset ${name}, then run again. Nothing was changed.`)
    expect(pictureOf(simulation)).toEqual(before)
  })

  test('one of another secret does not matter', async () => {
    const simulation = stack()
    const env = { REDIS_PASSWORD: 'of-the-shell' }
    const ran = await rotateSimulated(simulation, { names: ['postgres'] }, { env })
    expect([ran.exitCode, ran.err]).toEqual([0, expect.any(String)])
    expect(inAgreement(simulation)).toEqual([])
  })
})

test('Ctrl-C waits for the secret that is under way, and leaves the others', async () => {
  const simulation = stack()
  const before = envOf(simulation)
  let pressed = false
  const ran = await rotateSimulated(
    simulation,
    { names: ['postgres', 'redis', 'service-key'] },
    {
      interrupts: { hold: () => ({ requested: () => pressed, release: () => undefined }) },
      around: async (effect, act) => {
        const result = await act()
        pressed ||= /^rename .*\/\.env$/.test(effect.name)
        return result
      },
    },
  )
  expect(ran.exitCode).toBe(130)
  expect(ran.err).toContain('Canceled after postgres: the others are as they were.')
  expect(changedVariables(before, simulation)).toEqual([
    'TRACECAT__DB_URI',
    'TRACECAT__POSTGRES_PASSWORD',
  ])
  expect(inAgreement(simulation)).toEqual([])
})

describe('a service that does not come up', () => {
  const broken = () => {
    const simulation = stack()
    changeState(simulation.state, ({ faults }) => {
      faults.refuseStart = ['mcp']
    })
    return simulation
  }

  test('1, with the last lines of its log, without a secret in them', async () => {
    const simulation = broken()
    const ran = await rotateSimulated(simulation, { names: ['postgres'] })
    expect(ran.exitCode).toBe(1)
    expect(ran.out).toContain('Rotated: postgres.')
    expect(ran.err).toMatch(
      /The service mcp is created after 300 s\n.*last lines of its log:\n {2}started\n {2}could\s+not\s+connect:\s+postgresql\+psycopg:\/\/tracecat:\*{8}@/,
    )
    expect(`${ran.out}${ran.err}`.match(generated)).toBe(null)
  })

  test('one that somebody paused is said at once, with what lets it go on', async () => {
    const simulation = stack()
    changeState(simulation.state, (state) => {
      containerOf(state, 'temporal_ui').state = 'paused'
    })
    const before = loadState(simulation.state).now
    const ran = await rotateSimulated(simulation, { names: ['service-key'] })
    expect([ran.exitCode, ran.err.trim()]).toEqual([
      1,
      'The service temporal_ui is paused\ndocker compose unpause temporal_ui',
    ])
    expect(loadState(simulation.state).now - before).toBeLessThan(60_000)
  })

  test('is said once, and also where a later secret fails', async () => {
    const simulation = broken()
    changeState(simulation.state, ({ faults }) => {
      faults.refuseAlter = ['temporal_postgres_db']
    })
    const names = ['postgres', 'temporal-postgres']
    const ran = await rotateSimulated(simulation, { names })
    expect(ran.exitCode).toBe(3)
    expect(ran.err.match(/The service mcp is created/g)).toHaveLength(1)
    expect(ran.err).toContain('Rotated before that: postgres.')
  })

  test('once for all secrets', async () => {
    const ran = await rotateSimulated(broken(), { names: ['postgres', 'redis', 'service-key'] })
    expect(ran.exitCode).toBe(1)
    expect(ran.err.match(/The service mcp is created/g)).toHaveLength(1)
  })
})

test('progress: each step with its time', async () => {
  const ran = await rotateSimulated(stack(), { names: ['redis'] })
  const steps = ran.out.match(/^ {2}(?:done|was done|now) .*$/gm) ?? []
  expect(steps.length).toBeGreaterThan(5)
  expect(steps).toContainEqual(expect.stringMatching(/^ {2}done +\d+\.\d s {2}Write \.env$/))
  expect(steps.at(-1)).toMatch(/^ {2}done +\d+\.\d s {2}Wait until every service is well$/)
})

test('the age of what was rotated is known afterwards', async () => {
  const simulation = stack()
  changeState(simulation.state, (state) => {
    state.now = Date.parse('2027-06-01T12:00:00Z')
  })
  await rotateSimulated(simulation, { names: ['redis'] })
  changeState(simulation.state, (state) => {
    state.now = Date.parse('2027-06-11T13:00:00Z')
  })
  const { out } = await rotateSimulated(simulation, {})
  expect(out).toMatch(/^ {2}redis +10 days old$/m)
  expect(out).not.toMatch(/^ {2}postgres +10 days old$/m)
})

test('mcp comes up with the new value although it gave up before, after three failures', async () => {
  const simulation = layOutExample(temporaryFolder())
  startStack(simulation)
  changeState(simulation.state, (state) => {
    Object.assign(containerOf(state, 'mcp'), { state: 'exited', exitCode: 1, restarts: 3 })
  })
  const ran = await rotateSimulated(simulation, { names: ['user-auth-secret'] })
  expect([ran.exitCode, ran.err.trim()]).toEqual([0, ''])
  const mcp = containerOf(loadState(simulation.state), 'mcp')
  expect(mcp.state).toBe('running')
  expect(mcp.environment.USER_AUTH_SECRET).toBe(envOf(simulation).get('USER_AUTH_SECRET'))
})

test('what was there before is in a backup, and its place is said', async () => {
  const simulation = stack()
  const before = readFileSync(join(simulation.directory, '.env'), 'utf8')
  const ran = await rotateSimulated(simulation, { names: ['postgres', 'redis'] })
  const folder = /\.tracecat-harden\/backups\/\S+/.exec(ran.out)?.[0] ?? ''
  expect(readFileSync(join(simulation.directory, folder, 'files/.env'), 'utf8')).toBe(before)
})

test('the backup that is named is the first of the run, though a later one has a file more', async () => {
  const simulation = stack()
  const before = readFileSync(join(simulation.directory, '.env'), 'utf8')
  // The fingerprints change with the keyring alone.
  const names = ['service-key', 'payload-keyring']
  const { out } = await rotateSimulated(simulation, { names, json: true })
  const { backup } = JSON.parse(out)
  const backups = join(simulation.directory, '.tracecat-harden/backups')
  expect(readFileSync(join(backups, backup, 'files/.env'), 'utf8')).toBe(before)
  const all = readdirSync(backups).sort()
  expect(all.length).toBeGreaterThan(1)
  expect(all.filter((id) => id > backup)).not.toEqual([])
})
