import { readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { init } from '../../src/commands/init.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { changedVariables, envOf, pictureOf, rotateSimulated } from '../commands/rotates.ts'
import { answers } from '../product/answers.ts'
import { optionsFor } from '../product/run.ts'
import { agreement } from '../stack/simulated/agreement.ts'
import { complaints } from '../stack/simulated/credentials.ts'
import { layOutExample, type Simulation, startStack } from '../stack/simulated/install.ts'
import { preparedStack } from '../stack/simulated/prepared.ts'
import { changeState, containerOf, loadState } from '../stack/simulated/state.ts'
import { simulatedWorld } from '../stack/simulated/world.ts'
import { temporaryFolder } from '../world/fake.ts'

const stack = preparedStack()

const inAgreement = ({ state }: Simulation) => agreement(loadState(state))
const complaintsIn = ({ state: path }: Simulation) => {
  const state = loadState(path)
  return state.containers.flatMap((one) => complaints(state, one))
}

/** The example as it is, started with what `change` makes of its `.env`. */
function stockStack(change: (env: string) => string, override = ''): Simulation {
  const simulation = layOutExample(temporaryFolder())
  const path = join(simulation.directory, '.env')
  writeFileSync(path, change(readFileSync(path, 'utf8')))
  if (override !== '')
    writeFileSync(join(simulation.directory, 'docker-compose.override.yml'), override)
  startStack(simulation)
  return simulation
}

const itself = (env: string) => env
const withLogin = (user: string, password: string, inUri: string) => (env: string) =>
  env
    .replace(/^TRACECAT__POSTGRES_USER=.*$/m, () => `TRACECAT__POSTGRES_USER=${user}`)
    .replace(/^TRACECAT__POSTGRES_PASSWORD=.*$/m, () => `TRACECAT__POSTGRES_PASSWORD=${password}`)
    .replace(
      /^TRACECAT__DB_URI=.*$/m,
      () => `TRACECAT__DB_URI='postgresql+psycopg://${inUri}@postgres_db:5432/postgres'`,
    )

describe('is refused before anything is changed, whatever else is to be rotated', () => {
  const literal =
    'services:\n  mcp:\n    environment:\n      TRACECAT__DB_URI: postgresql+psycopg://postgres:postgres@postgres_db:5432/postgres\n'

  test("a password in the admin's override", async () => {
    const simulation = stockStack(itself, literal)
    const before = pictureOf(simulation)
    const ran = await rotateSimulated(simulation, { names: ['postgres', 'user-auth-secret'] })
    expect(ran.exitCode).toBe(3)
    expect(ran.err).toMatch(/TRACECAT__DB_URI of mcp has a value of its own in the Compose files/)
    expect(pictureOf(simulation)).toEqual(before)
  })

  test('a role that the server does not have: the one that it was made with is named', async () => {
    const simulation = stockStack(withLogin('tracecat', 'old', 'tracecat:old'))
    changeState(simulation.state, ({ databases }) => {
      databases.postgres_db = { superuser: 'postgres', verifiers: { postgres: '' } }
    })
    const before = pictureOf(simulation)
    const ran = await rotateSimulated(simulation, { names: ['service-key'] })
    expect(ran.exitCode).toBe(3)
    expect(ran.err).toMatch(
      /has no role tracecat[\s\S]*made with the role postgres: put that into \.env, TRACECAT__POSTGRES_USER/,
    )
    expect(ran.err).not.toMatch(/psql -U tracecat/)
    expect(pictureOf(simulation)).toEqual(before)
  })

  test.each([
    ['MINIO_ROOT_PASSWORD', 'a-password-of-somebody-else'],
    ['MINIO_ROOT_USER', 'somebody-else'],
  ])('a MinIO that has another %s than the files', async (name, value) => {
    const simulation = stack()
    changeState(simulation.state, (state) => {
      containerOf(state, 'minio').environment[name] = value
    })
    const before = pictureOf(simulation)
    const ran = await rotateSimulated(simulation, { names: ['minio'] })
    expect(ran.exitCode).toBe(3)
    expect(ran.err).toMatch(
      /MinIO has other credentials than the files[\s\S]*--force-recreate minio[\s\S]*Nothing was/,
    )
    expect(ran.err).not.toContain(value)
    expect(pictureOf(simulation)).toEqual(before)
    expect(loadState(simulation.state).log).toEqual([])
  })

  test('--all leaves it out, and says so', async () => {
    const simulation = stockStack(itself, literal)
    const ran = await rotateSimulated(simulation, { all: true })
    expect([ran.exitCode, ran.err]).toEqual([0, expect.any(String)])
    expect(ran.err).toMatch(/^Left out: postgres \(TRACECAT__DB_URI of mcp has/m)
    expect(complaintsIn(simulation)).toEqual([])
  })

  test.each([
    ['TRACECAT__DB_URI of mcp', literal],
    [
      'POSTGRES_PASSWORD of backup',
      'services: { backup: { image: backup, environment: { POSTGRES_HOST: postgres_db, POSTGRES_USER: postgres, POSTGRES_PASSWORD: postgres } } }\n',
    ],
    [
      'its configuration of dump',
      'services: { dump: { image: dump, command: pg_dump postgresql://postgres:postgres@postgres_db/postgres } }\n',
    ],
  ])('init does not lock %s out either: files alone, with the default in the volume left', async (name, override) => {
    const simulation = stockStack(itself, override)
    const given = stringify(answers())
    writeFileSync(join(simulation.directory, 'tracecat-harden.yaml'), given)
    const masker = new Masker()
    const world = simulatedWorld(simulation, masker)
    changeState(simulation.state, (state) => {
      state.encryptionKey = ''
    })
    await init(world, masker, optionsFor(simulation.directory, undefined))
    expect(world.printed.join('\n').replace(/\s+/g, ' ')).toMatch(
      new RegExp(`running stack is left as it is.*${name} has a password of its own`),
    )
    expect(complaintsIn(simulation)).toEqual([])
    expect(loadState(simulation.state).log).toEqual([])
  })

  test('containers of the same project that were made from another folder', async () => {
    const simulation = stack()
    const copy = layOutExample(temporaryFolder())
    const before = pictureOf(simulation)
    const ran = await rotateSimulated({ ...copy, state: simulation.state }, { names: ['postgres'] })
    expect(ran.exitCode).toBe(3)
    expect(ran.err).toMatch(`made from another folder, ${simulation.directory}: agent-executor, `)
    expect(ran.err).not.toMatch(/psql|compose up/)
    expect(pictureOf(simulation)).toEqual(before)
  })

  test('more containers of a service than the files say', async () => {
    const simulation = stack()
    changeState(simulation.state, (state) => {
      const worker = containerOf(state, 'worker')
      state.containers.push({ ...worker, id: 'f'.repeat(64) })
    })
    const before = pictureOf(simulation)
    const ran = await rotateSimulated(simulation, { names: ['service-key'] })
    expect(ran.exitCode).toBe(3)
    expect(ran.err).toMatch(/worker \(2 containers, 1 in the files: deploy\.replicas\)/)
    expect(pictureOf(simulation)).toEqual(before)
  })
})

describe('a container that the files do not start, and that has the secret', () => {
  const login = { PGHOST: 'postgres_db', PGUSER: 'tracecat' }
  const backup = (profile: string) =>
    `services:\n  backup:\n    image: postgres:16\n${profile}    environment: { PGHOST: postgres_db, PGUSER: tracecat, PGPASSWORD: '\${TRACECAT__POSTGRES_PASSWORD}' }\n`
  const addBackup = ({ state }: Simulation, environment: Record<string, string>) =>
    changeState(state, (host) => {
      const made = containerOf(host, 'ui')
      host.containers.push({ ...made, id: 'f'.repeat(64), service: 'backup', environment })
    })
  const stockLogin = withLogin('tracecat', 'tracecat', 'tracecat:tracecat')

  test.each([
    [
      'of a profile that is not enabled',
      backup('    profiles: [ops]\n'),
      /the profile of backup is not enabled[\s\S]*COMPOSE_PROFILES in \.env/,
    ],
    [
      'of a service that is gone',
      '',
      /the files have no service backup[\s\S]*docker stop backup\./,
    ],
  ])('%s: nothing is changed, also not what comes before it', async (_, override, message) => {
    const simulation = stockStack(stockLogin, override)
    addBackup(simulation, { ...login, PGPASSWORD: 'tracecat' })
    const before = pictureOf(simulation)
    const ran = await rotateSimulated(simulation, { names: ['minio', 'postgres'] })
    expect(ran.exitCode).toBe(3)
    expect(ran.err).toMatch(message)
    expect(pictureOf(simulation)).toEqual(before)
  })

  test('of a profile that this shell alone enables', async () => {
    const simulation = stockStack(stockLogin, backup('    profiles: [ops]\n'))
    addBackup(simulation, { ...login, PGPASSWORD: 'tracecat' })
    const env = { COMPOSE_PROFILES: 'ops' }
    const ran = await rotateSimulated(simulation, { names: ['postgres'] }, { env })
    expect(ran.exitCode).toBe(3)
    expect(ran.err).toMatch(/the profile of backup is not enabled/)
  })

  test('one with another secret, another login, or that has ended does not matter', async () => {
    const simulation = stockStack(stockLogin)
    addBackup(simulation, { ...login, PGHOST: 'elsewhere', PGPASSWORD: 'tracecat' })
    expect((await rotateSimulated(simulation, { names: ['postgres'] })).err.trim()).toBe('')
    const password = envOf(simulation).get('TRACECAT__POSTGRES_PASSWORD') ?? ''
    changeState(simulation.state, (host) => {
      const made = containerOf(host, 'backup')
      made.environment = { OPTIONS: `password=${password}` }
    })
    expect((await rotateSimulated(simulation, { names: ['minio'] })).err.trim()).toBe('')
    expect((await rotateSimulated(simulation, { names: ['postgres'] })).exitCode).toBe(3)
    changeState(simulation.state, (host) => {
      containerOf(host, 'backup').state = 'exited'
    })
    expect((await rotateSimulated(simulation, { names: ['postgres'] })).err.trim()).toBe('')
  })

  test('init leaves the running stack as it is', async () => {
    const simulation = stockStack(stockLogin)
    addBackup(simulation, { REDIS_URL: 'redis://redis:6379' })
    writeFileSync(join(simulation.directory, 'tracecat-harden.yaml'), stringify(answers()))
    changeState(simulation.state, (state) => {
      state.encryptionKey = ''
    })
    const masker = new Masker()
    const world = simulatedWorld(simulation, masker)
    await init(world, masker, optionsFor(simulation.directory, undefined))
    expect(world.printed.join('\n').replace(/\s+/g, ' ')).toMatch(
      /running stack is left as it is.*container backup has a secret that would change/,
    )
    expect(loadState(simulation.state).log).toEqual([])
  })
})

describe('goes well', () => {
  test.each([
    ['a user with dashes', 'trace-cat', 'old', 'trace-cat:old'],
    [
      'a password of all kinds',
      'app',
      `'p"@:/ %\\\\$w#é✓'`,
      `app:${encodeURIComponent('p"@:/ %\\\\$w#é✓')}`,
    ],
    ['a user of other letters', 'dürüm', 'old', 'd%C3%BCr%C3%BCm:old'],
  ])('with %s', async (_, user, password, inUri) => {
    const simulation = stockStack(withLogin(user, password, inUri))
    expect(complaintsIn(simulation)).toEqual([])
    const before = envOf(simulation)
    const ran = await rotateSimulated(simulation, { names: ['postgres'] })
    expect([ran.exitCode, ran.err.trim()]).toEqual([0, ''])
    expect(complaintsIn(simulation)).toEqual([])
    expect(changedVariables(before, simulation)).toEqual([
      'TRACECAT__DB_URI',
      'TRACECAT__POSTGRES_PASSWORD',
    ])
    expect(envOf(simulation).get('TRACECAT__DB_URI')).toMatch(
      new RegExp(
        `^postgresql\\+psycopg://${inUri.split(':')[0]}:[\\w-]{43}@postgres_db:5432/postgres$`,
      ),
    )
  })

  test('where .env is a link', async () => {
    const simulation = stack()
    const path = join(simulation.directory, '.env')
    renameSync(path, join(simulation.directory, 'real.env'))
    symlinkSync('real.env', path)
    const before = envOf(simulation)
    const ran = await rotateSimulated(simulation, { names: ['postgres', 'service-key'] })
    expect([ran.exitCode, ran.err]).toEqual([0, expect.any(String)])
    expect(changedVariables(before, simulation)).toContain('TRACECAT__SERVICE_KEY')
    expect(readFileSync(join(simulation.directory, 'real.env'), 'utf8')).toBe(
      readFileSync(path, 'utf8'),
    )
    expect(inAgreement(simulation)).toEqual([])
  })

  test("MinIO's, with api stopped on purpose: another asks, and api stays stopped", async () => {
    const simulation = stack()
    changeState(simulation.state, (state) => {
      containerOf(state, 'api').state = 'exited'
    })
    const ran = await rotateSimulated(simulation, { names: ['minio'] })
    expect([ran.exitCode, ran.err.trim()]).toEqual([0, ''])
    const state = loadState(simulation.state)
    expect(containerOf(state, 'api').state).not.toBe('running')
    changeState(simulation.state, (after) => {
      containerOf(after, 'api').state = 'running'
    })
    expect(inAgreement(simulation)).toEqual([])
  })

  test('for all others, where one cannot be started: Docker says why', async () => {
    const simulation = stack()
    changeState(simulation.state, ({ faults }) => {
      faults.refuseStart = ['executor']
    })
    const ran = await rotateSimulated(simulation, { names: ['postgres'] })
    expect(ran.exitCode).toBe(1)
    expect(ran.err).toMatch(/driver failed\sprogramming[\s\S]*The service executor is created/)
    const state = loadState(simulation.state)
    const down = state.containers.filter((one) => one.state !== 'running').map((one) => one.service)
    expect(down.sort()).toEqual(['executor', 'migrations'])
    changeState(simulation.state, (after) => {
      after.faults = {}
      containerOf(after, 'executor').state = 'running'
    })
    expect(inAgreement(simulation)).toEqual([])
  })
})
