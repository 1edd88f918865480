import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { writeBackup } from '../../src/apply/backup.ts'
import { sha256 } from '../../src/apply/state-folder.ts'
import { init } from '../../src/commands/init.ts'
import { generateFernetKey } from '../../src/secrets/generate.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { scramVerifier } from '../../src/secrets/scram.ts'
import { Secret } from '../../src/secrets/secret.ts'
import type { World } from '../../src/world/world.ts'
import { answers } from '../product/answers.ts'
import { optionsFor } from '../product/run.ts'
import { agreement, filesBelow, lostSecrets, valuesIn } from '../stack/simulated/agreement.ts'
import { complaints, verifies } from '../stack/simulated/credentials.ts'
import { layOutExample, type Simulation, startStack } from '../stack/simulated/install.ts'
import { preparedStack } from '../stack/simulated/prepared.ts'
import { runRotate } from '../stack/simulated/rotate.ts'
import { changeState, containerOf, loadState } from '../stack/simulated/state.ts'
import { type Around, simulatedWorld } from '../stack/simulated/world.ts'
import { fakeWorld, temporaryFolder } from '../world/fake.ts'
import { backupsOf, restoreSimulated } from './restores.ts'

const stack = preparedStack()

const envOf = ({ directory }: Simulation) => readFileSync(join(directory, '.env'), 'utf8')
const valuesOf = ({ directory }: Simulation) => valuesIn(join(directory, '.env'))
const inAgreement = ({ state }: Simulation) => agreement(loadState(state))

/** The simulated clock stands before that of the `init` that prepared the stack. */
function hoursLater(simulation: Simulation): Simulation {
  changeState(simulation.state, (state) => {
    state.now = Date.now() + 3_600_000
  })
  return simulation
}

test('after a rotation: files, servers and containers go back together, and forth again', async () => {
  const simulation = hoursLater(stack())
  const before = valuesOf(simulation)
  const made = backupsOf(simulation.directory)
  const names = ['postgres', 'redis', 'minio', 'payload-keyring', 'signing-secret']
  const rotation = await runRotate(simulation, names)
  expect([rotation.exitCode, rotation.printed]).toEqual([0, expect.any(String)])
  const rotated = envOf(simulation)
  // The rotation made more than one, since its first one did not hold all of its files.
  const id = backupsOf(simulation.directory).findLast((one) => !made.includes(one))

  const ran = await restoreSimulated(simulation, { backup: id })

  expect([ran.exitCode, ran.printed]).toEqual([0, expect.any(String)])
  expect(inAgreement(simulation)).toEqual([])
  const now = valuesOf(simulation)
  const differs = [...before.keys()].filter((name) => now.get(name) !== before.get(name))
  expect(differs).toEqual(['TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING'])
  expect(lostSecrets(loadState(simulation.state))).toEqual([])
  expect(ran.printed).toContain('Every webhook and agent channel URL changes')
  expect(ran.printed).not.toContain(before.get('REDIS_PASSWORD'))

  const back = /restore (\S+)$/m.exec(ran.printed)?.[1]
  const again = await restoreSimulated(simulation, { backup: back })
  expect([again.exitCode, again.printed]).toEqual([0, expect.any(String)])
  expect(inAgreement(simulation)).toEqual([])
  expect(envOf(simulation)).toBe(rotated)
})

/** The example, hardened while it ran: before that, there was no override. */
async function hardenedWhileItRan(): Promise<{
  readonly simulation: Simulation
  /** Its `.env` before that. */
  readonly text: string
}> {
  const simulation = layOutExample(temporaryFolder())
  const path = join(simulation.directory, '.env')
  const key = generateFernetKey().reveal()
  const text = envOf(simulation).replace(/^(TRACECAT__DB_ENCRYPTION_KEY)=.*$/m, `$1=${key}`)
  writeFileSync(path, text)
  startStack(simulation)
  hoursLater(simulation)
  const given = answers({ superadminEmail: 'admin@example.com' })
  writeFileSync(join(simulation.directory, 'tracecat-harden.yaml'), stringify(given))
  const masker = new Masker()
  const options = optionsFor(simulation.directory, undefined)
  expect(await init(simulatedWorld(simulation, masker), masker, options)).toBe(0)
  expect(inAgreement(simulation)).toEqual([])
  return { simulation, text }
}

test('MinIO refuses the old credentials: files and containers are as before, with the override', async () => {
  const { simulation } = await hardenedWhileItRan()
  const { directory, state } = simulation
  const [id] = backupsOf(directory)
  const files = () => filesBelow(directory).map((path) => [path, readFileSync(path, 'utf8')])
  const before = files()
  const refuses: Around = async (effect, act) => {
    const result = await act()
    if (/^rename .*\/\.env$/.test(effect.name)) {
      changeState(state, (host) => {
        host.faults = { refuseMinio: true }
      })
    }
    return result
  }

  const ran = await restoreSimulated(simulation, { backup: id }, { around: refuses })

  expect([ran.exitCode, ran.failure?.message]).toEqual([3, expect.stringMatching(/MinIO refuses/)])
  expect(inAgreement(simulation)).toEqual([])
  expect(files()).toEqual(before)
})

test('a stack hardened while it ran goes back to its defaults, Redis to no password', async () => {
  const { simulation, text } = await hardenedWhileItRan()
  const [id] = backupsOf(simulation.directory)
  // What somebody stopped stays stopped.
  changeState(simulation.state, (state) => {
    containerOf(state, 'caddy').state = 'exited'
  })
  const { passwords } = loadState(simulation.state).redis
  changeState(simulation.state, ({ redis }) => {
    redis.passwords = ['changed-by-hand-1']
  })
  const other = await restoreSimulated(simulation, { backup: id })
  expect([other.exitCode, other.failure?.message]).toEqual([
    3,
    'Redis has another password than the files: somebody changed one of them',
  ])
  changeState(simulation.state, ({ redis }) => {
    redis.passwords = passwords
  })

  const ran = await restoreSimulated(simulation, { backup: id })

  expect([ran.exitCode, ran.printed]).toEqual([0, expect.any(String)])
  expect(ran.printed).toContain("PostgreSQL's password: a default that everybody knows.")
  expect(ran.printed).toContain(
    'Redis: no password. Whoever reaches it reads and writes everything.',
  )
  expect(envOf(simulation)).toBe(text)
  expect(ran.printed).toContain('Redis takes everybody, without a password')
  const state = loadState(simulation.state)
  expect(containerOf(state, 'caddy').state).not.toBe('running')
  expect(state.redis).toMatchObject({ passwords: [], written: 42 })
  expect(state.containers.flatMap((one) => complaints(state, one))).toEqual([])
  const verifier = state.databases.postgres_db?.verifiers.postgres ?? ''
  expect(verifies('postgres', verifier, 'postgres')).toBe(true)
})

test('a role of the server that the old files do not name: files alone, and the address can be read', async () => {
  const simulation = hoursLater(stack())
  const id = backupsOf(simulation.directory).at(-1)
  const live = await restoreSimulated(simulation, { backup: id })
  expect(live.exitCode).toBe(3)
  expect(live.failure?.message).toMatch(/role would change from tracecat to postgres/)
  expect(live.failure?.remedy).toMatch(/--files-only.*Nothing was changed/)
  const alone = await restoreSimulated(simulation, { backup: id, filesOnly: true })
  expect([alone.exitCode, alone.printed]).toEqual([0, expect.any(String)])
  expect(alone.printed).toContain('changes from https://tracecat.example.com to')
  expect(valuesOf(simulation).get('TRACECAT__POSTGRES_USER')).toBe('tracecat')
})

describe('is refused, with nothing changed, where', () => {
  const id = '2027-01-01T00-00-00Z'

  /** A stack, and a backup with another password of its PostgreSQL. */
  async function stackWithBackup(more = ''): Promise<Simulation> {
    const simulation = stack()
    const { directory } = simulation
    const old = envOf(simulation).replace(
      /^(TRACECAT__POSTGRES_PASSWORD)=.*$/m,
      `$1=${'o'.repeat(20)}1`,
    )
    const bytes = new TextEncoder().encode(`${old}\n${more}`)
    const before = { sha256: sha256(bytes), mode: 0o600, uid: 0, gid: 0 }
    const files = [{ path: '.env', before, after: sha256(readFileSync(join(directory, '.env'))) }]
    const manifest = {
      version: 1,
      command: 'rotate',
      created: '2027-01-01T00:00:00Z',
      files,
    } as const
    await writeBackup(fakeWorld(), directory, id, manifest, new Map([['.env', bytes]]))
    return simulation
  }

  async function refusal(simulation: Simulation, env: World['env'] = {}): Promise<string> {
    const untouched = envOf(simulation)
    const ran = await restoreSimulated(simulation, { backup: id }, { env })
    expect(ran.exitCode).toBe(3)
    expect(envOf(simulation)).toBe(untouched)
    return `${ran.failure?.message}\n${ran.failure?.remedy}`
  }

  test('nothing: it is only that which the others refuse', async () => {
    const ran = await restoreSimulated(await stackWithBackup(), { backup: id })
    expect([ran.exitCode, ran.printed]).toEqual([0, expect.any(String)])
  })

  test('something of the admin waits in the files', async () => {
    const simulation = await stackWithBackup()
    const text = envOf(simulation)
    const changed = text.replace(/^LOG_LEVEL=.*$/m, 'LOG_LEVEL=DEBUG')
    expect(changed).not.toBe(text)
    writeFileSync(join(simulation.directory, '.env'), changed)
    expect(await refusal(simulation)).toMatch(/api \(its configuration\).*\n.*docker compose up -d/)
  })

  test('a password of the files waits that the server does not have', async () => {
    const simulation = await stackWithBackup()
    const changed = envOf(simulation).replace(/^(TRACECAT__POSTGRES_PASSWORD)=.*$/m, '$1=by-hand-1')
    writeFileSync(join(simulation.directory, '.env'), changed)
    const said = await refusal(simulation)
    expect(said).toMatch(/has another password .*\n.*\\password/)
    expect(said).not.toContain('compose up')
  })

  test('what runs was made from another folder', async () => {
    const simulation = await stackWithBackup()
    const directory = join(temporaryFolder(), 'copy')
    cpSync(simulation.directory, directory, { recursive: true })
    const said = await refusal({ ...simulation, directory })
    expect(said).toContain(`made from another folder, ${simulation.directory}: `)
    expect(said).not.toContain('compose up')
  })

  test('the server has another password than the files', async () => {
    const simulation = await stackWithBackup()
    changeState(simulation.state, ({ databases }) => {
      const { verifiers = {} } = databases.postgres_db ?? {}
      for (const role of Object.keys(verifiers))
        verifiers[role] = scramVerifier(new Secret('changed-by-hand-1')).reveal()
    })
    expect(await refusal(simulation)).toMatch(/has another password .*\n.*\\password/)
    // Before anything is asked.
    const dry = await restoreSimulated(simulation, { backup: id, dryRun: true })
    expect([dry.exitCode, dry.failure?.message]).toEqual([
      3,
      expect.stringContaining('has another password'),
    ])
  })

  test('the server is down', async () => {
    const simulation = await stackWithBackup()
    changeState(simulation.state, (state) => {
      containerOf(state, 'postgres_db').state = 'exited'
    })
    expect(await refusal(simulation)).toMatch(/do not run.*\n.*up -d --no-deps postgres_db/)
  })

  test('the files say another release', async () => {
    const simulation = await stackWithBackup()
    const text = `${envOf(simulation)}\nTRACECAT__IMAGE_TAG=1.0.0-beta.50\n`
    writeFileSync(join(simulation.directory, '.env'), text)
    expect(await refusal(simulation)).toMatch(
      /was Tracecat 1.0.0-beta.51, and this is .*\n.*files-only/,
    )
  })

  test('the shell would beat the file', async () => {
    const env = { TRACECAT__POSTGRES_PASSWORD: 'of-the-shell' }
    expect(await refusal(await stackWithBackup(), env)).toMatch(/\nunset TRACECAT__POSTGRES_PASS/)
  })

  test('an image of that time is not on this host', async () => {
    const simulation = await stackWithBackup('TEMPORAL__VERSION=1.26.0\n')
    const missingImage = 'temporalio/auto-setup:1.26.0'
    const ran = await restoreSimulated(simulation, { backup: id }, { missingImage })
    expect([ran.exitCode, ran.failure?.remedy]).toEqual([
      3,
      expect.stringContaining(`docker pull ${missingImage}`),
    ])
  })

  test('Docker does not answer', async () => {
    const simulation = await stackWithBackup()
    changeState(simulation.state, ({ faults }) => {
      faults.dockerGone = true
    })
    expect(await refusal(simulation)).toMatch(/is unknown.*\n.*\n.*--files-only/)
  })
})
