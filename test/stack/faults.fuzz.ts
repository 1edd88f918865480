import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scramVerifier } from '../../src/secrets/scram.ts'
import { Secret } from '../../src/secrets/secret.ts'
import { agreement, filesBelow, lostSecrets } from './simulated/agreement.ts'
import type { Simulation } from './simulated/install.ts'
import { restartHost } from './simulated/lifecycle.ts'
import { preparedStack } from './simulated/prepared.ts'
import { type Ran, runRotate } from './simulated/rotate.ts'
import { changeState, containerOf, type Faults, loadState } from './simulated/state.ts'
import { wrongAfterRotate } from './simulated/whole.ts'
import type { Around } from './simulated/world.ts'

const stack = preparedStack()

const nothing = (): undefined => undefined
const isAlter = /^docker .*psql/
const isSwitch = /^rename .*\/\.env$/

/** Does something at the first effect of this name: before it, or once it is done. */
function at(name: RegExp, before: () => unknown, after: () => unknown = nothing): Around {
  let isOver = false
  return async (effect, act) => {
    const isIt = !isOver && name.test(effect.name)
    if (!isIt) return await act()
    isOver = true
    await before()
    const result = await act()
    await after()
    return result
  }
}

function fault(simulation: Simulation, faults: Faults): () => void {
  return () => changeState(simulation.state, (state) => void Object.assign(state.faults, faults))
}

function mend(simulation: Simulation): void {
  changeState(simulation.state, (state) => {
    state.faults = {}
  })
}

function setState(simulation: Simulation, service: string, value: 'paused' | 'running' | 'exited') {
  return () =>
    changeState(simulation.state, (state) => {
      containerOf(state, service).state = value
    })
}

/** Files, servers and containers as they are, to be compared; our own notes left out. */
function picture({ directory, state }: Simulation) {
  const { containers, databases, redis } = loadState(state)
  const files = filesBelow(directory)
    .filter((path) => !path.includes('/backups/'))
    .map((path) => [path, readFileSync(path, 'utf8')] as const)
  return { containers, databases, redis, files: Object.fromEntries(files) }
}

function editEnv({ directory }: Simulation, pattern: RegExp, by: string): void {
  const path = join(directory, '.env')
  writeFileSync(path, readFileSync(path, 'utf8').replace(pattern, by))
}

/** It ended with 3, left everything as it was, and said why and how to go on. */
function expectRefused(ran: Ran, before: object, simulation: Simulation, said: RegExp): void {
  expect([ran.exitCode, ran.printed]).toEqual([3, expect.stringMatching(said)])
  expect(picture(simulation)).toEqual(before)
}

/** It ended with 4 and kept its journal, with nothing lost. */
function expectMidway(ran: Ran, { directory, state }: Simulation): void {
  expect([ran.exitCode, ran.printed]).toEqual([4, expect.any(String)])
  expect(filesBelow(directory)).toContain(join(directory, '.tracecat-harden/journal.json'))
  expect(lostSecrets(loadState(state))).toEqual([])
}

/** Puts the backup's files back, and moves away those that there were none of. */
function doAsTold({ directory }: Simulation, remedy: string): void {
  const folder = /\.tracecat-harden\/backups\/[\w-]+\/files/.exec(remedy)?.[0] ?? ''
  const copies = join(directory, folder)
  for (const path of filesBelow(copies))
    writeFileSync(path.replace(`${copies}/`, `${directory}/`), readFileSync(path))
  const created = /move these away: (.*?)\. Then/.exec(remedy)?.[1]?.split(', ') ?? []
  for (const path of created) rmSync(join(directory, path))
}

describe('a server that does not want to', () => {
  test.each([
    ['postgres', 'postgres_db'],
    ['temporal-postgres', 'temporal_postgres_db'],
  ])('%s: a refused ALTER ROLE changes nothing', async (kind, service) => {
    const simulation = stack()
    fault(simulation, { refuseAlter: [service] })()
    const before = picture(simulation)
    expectRefused(await runRotate(simulation, [kind]), before, simulation, /read-only transaction/)
    mend(simulation)
    expect(await wrongAfterRotate(simulation, [kind])).toEqual([])
  })

  test('a new password that is not taken over the network is taken back', async () => {
    const simulation = stack()
    fault(simulation, { deafToNewPasswords: ['postgres_db'] })()
    const before = picture(simulation)
    const ran = await runRotate(simulation, ['postgres'])
    expectRefused(ran, before, simulation, /refuses the new password/)
  })
})

describe('paused or gone midway', () => {
  test.each([
    ['postgres', 'postgres_db', isAlter],
    ['temporal-postgres', 'temporal_postgres_db', isAlter],
    ['redis', 'redis', /^docker .*redis-cli/],
    ['minio', 'minio', isSwitch],
  ])('%s: its container is paused, and goes on later', async (kind, service, where) => {
    const simulation = stack()
    const pause = setState(simulation, service, 'paused')
    const ran = await runRotate(simulation, [kind], at(where, nothing, pause))
    if (ran.exitCode !== 0) {
      expectMidway(ran, simulation)
      expectMidway(await runRotate(simulation, [kind]), simulation)
      setState(simulation, service, 'running')()
    }
    expect(await wrongAfterRotate(simulation, [kind])).toEqual([])
  })

  const kinds = ['postgres', 'redis', 'minio', 'service-key', 'payload-keyring']
  const moments = ['before', 'after'] as const
  test.each(
    kinds.flatMap((kind) =>
      [0, 1, 2, 3].flatMap((n) => moments.map((when) => [kind, when, n] as const)),
    ),
  )('%s: Docker goes %s its command number %i, and its daemon starts anew', async (kind, when, number) => {
    const simulation = stack()
    let seen = -1
    const goes = fault(simulation, { dockerGone: true })
    const ran = await runRotate(simulation, [kind], async ({ name }, act) => {
      if (name.startsWith('docker')) seen += 1
      const isIt = name.startsWith('docker') && seen === number
      if (isIt && when === 'before') goes()
      const result = await act()
      if (isIt && when === 'after') goes()
      return result
    })
    if (seen < number) return expect(ran.exitCode).toBe(0)
    if (ran.exitCode === 3) expect(agreement(loadState(simulation.state))).toEqual([])
    else expectMidway(ran, simulation)
    expect([3, 4]).toContain((await runRotate(simulation, [kind])).exitCode)
    mend(simulation)
    changeState(simulation.state, restartHost)
    expect(await wrongAfterRotate(simulation, [kind])).toEqual([])
  })

  test('Compose cannot create containers: it stops midway, and goes on when there is room', async () => {
    const simulation = stack()
    const full = fault(simulation, { refuseUp: true })
    expectMidway(await runRotate(simulation, ['postgres'], at(isSwitch, full)), simulation)
    mend(simulation)
    expect(await wrongAfterRotate(simulation, ['postgres'])).toEqual([])
  })

  test.each([
    'postgres',
    'minio',
  ])('%s: a service that cannot be started is named', async (kind) => {
    const simulation = stack()
    fault(simulation, { refuseStart: ['worker'] })()
    const ran = await runRotate(simulation, [kind])
    expect(ran.printed).toMatch(/\bworker\b.*created|endpoint worker/)
    mend(simulation)
    // Finished, and said to be unwell: everything but its start is in order. Or not finished yet.
    expect([1, 4]).toContain(ran.exitCode)
    if (ran.exitCode === 1)
      expect(agreement(loadState(simulation.state))).toEqual(['worker is created'])
    else expect(await wrongAfterRotate(simulation, [kind])).toEqual([])
  })

  test('a service that somebody stopped stays stopped, and has the new password when it starts', async () => {
    const simulation = stack()
    setState(simulation, 'worker', 'exited')()
    const ran = await runRotate(simulation, ['postgres'])
    expect(ran.exitCode).toBe(0)
    const worker = containerOf(loadState(simulation.state), 'worker')
    expect(worker.state).not.toBe('running')
    setState(simulation, 'worker', 'running')()
    expect(agreement(loadState(simulation.state))).toEqual([])
  })
})

describe('not as the files say', () => {
  test('another edit waits in the files: it is named, and nothing changed', async () => {
    const simulation = stack()
    editEnv(simulation, /^LOG_LEVEL=.*$/m, 'LOG_LEVEL=DEBUG')
    const before = picture(simulation)
    const ran = await runRotate(simulation, ['service-key'])
    expectRefused(ran, before, simulation, /api \(its configuration\)/)
  })

  test('another image waits in the files: both are named, and nothing changed', async () => {
    const simulation = stack()
    const override = join(simulation.directory, 'docker-compose.override.yml')
    const text = readFileSync(override, 'utf8')
    writeFileSync(override, text.replace(/^ {2}caddy:\n/m, '  caddy:\n    image: caddy:2.11.0\n'))
    const before = picture(simulation)
    expectRefused(await runRotate(simulation, ['redis']), before, simulation, /caddy/)
  })

  test("PostgreSQL's password was changed by hand", async () => {
    const simulation = stack()
    changeState(simulation.state, ({ databases }) => {
      const roles = databases.postgres_db?.verifiers ?? {}
      for (const role of Object.keys(roles))
        roles[role] = scramVerifier(new Secret('set-by-somebody-at-the-prompt')).reveal()
    })
    const before = picture(simulation)
    const ran = await runRotate(simulation, ['postgres'])
    expectRefused(ran, before, simulation, /another password.*\\password/s)
  })

  test('the password in .env was changed by hand', async () => {
    const simulation = stack()
    const edited = 'TRACECAT__POSTGRES_PASSWORD=typed-by-somebody-into-the-file'
    editEnv(simulation, /^TRACECAT__POSTGRES_PASSWORD=.*$/m, edited)
    const before = picture(simulation)
    const ran = await runRotate(simulation, ['postgres'])
    expectRefused(ran, before, simulation, /another password for tracecat than the files/)
    // Whoever does that now locks every service out.
    expect(ran.printed).not.toMatch(/compose up -d/)
  })

  test("Redis' password was changed by hand", async () => {
    const simulation = stack()
    changeState(simulation.state, ({ redis }) => {
      redis.passwords = ['set-by-somebody-at-the-prompt']
    })
    const before = picture(simulation)
    const ran = await runRotate(simulation, ['redis'])
    expectRefused(ran, before, simulation, /Redis has another password/)
  })
})

describe('somebody else at the same time', () => {
  test.each([isAlter, isSwitch, /^docker up .*mcp/])('two rotations at once, %s', async (where) => {
    const simulation = stack()
    let second: Ran | undefined
    const ran = await runRotate(
      simulation,
      ['postgres'],
      at(where, async () => {
        second = await runRotate(simulation, ['redis'])
      }),
    )
    expect([second?.exitCode, second?.printed]).toEqual([3, expect.stringMatching(/at work here/)])
    expect([ran.exitCode, ran.printed]).toEqual([0, expect.any(String)])
    expect(agreement(loadState(simulation.state))).toEqual([])
  })

  test.each([
    ['before anything is prepared', /^create .*journal/, 'before'],
    ['before the server has the new password', isAlter, 'before'],
    ['before the files are switched', isAlter, 'after'],
  ])('.env is edited %s: the edit is kept, the rest as it was', async (_, where, when) => {
    const simulation = stack()
    const edit = () => editEnv(simulation, /^LOG_LEVEL=.*$/m, 'LOG_LEVEL=DEBUG')
    const around = when === 'before' ? at(where, edit) : at(where, nothing, edit)
    const ran = await runRotate(simulation, ['postgres'], around)
    expect([ran.exitCode, ran.printed]).toEqual([3, expect.stringMatching(/someone else/)])
    expect(readFileSync(join(simulation.directory, '.env'), 'utf8')).toMatch('LOG_LEVEL=DEBUG')
    editEnv(simulation, /^LOG_LEVEL=.*$/m, 'LOG_LEVEL=INFO')
    expect(agreement(loadState(simulation.state))).toEqual([])
    expect(await wrongAfterRotate(simulation, ['postgres'])).toEqual([])
  })

  test('.env is edited after a run died midway: it is said, and what it says to do works', async () => {
    const simulation = stack()
    const dies = at(isSwitch, nothing, fault(simulation, { dockerGone: true }))
    expectMidway(await runRotate(simulation, ['postgres'], dies), simulation)
    mend(simulation)
    editEnv(simulation, /^LOG_LEVEL=.*$/m, 'LOG_LEVEL=DEBUG')
    const stopped = await runRotate(simulation, ['postgres'])
    expectMidway(stopped, simulation)
    expect(stopped.printed).toMatch(/\.env is neither as it was nor as planned/)
    doAsTold(simulation, stopped.printed)
    expect(await wrongAfterRotate(simulation, ['postgres'])).toEqual([])
  })
})

describe('all of them', () => {
  test('twice in a row', async () => {
    const simulation = stack()
    expect(await wrongAfterRotate(simulation, [])).toEqual([])
    expect(await wrongAfterRotate(simulation, [])).toEqual([])
  })

  test('nothing that is printed holds a secret', async () => {
    const simulation = stack()
    fault(simulation, { refuseStart: ['worker'] })()
    const old = readFileSync(join(simulation.directory, '.env'), 'utf8')
    const { printed } = await runRotate(simulation, [])
    const now = readFileSync(join(simulation.directory, '.env'), 'utf8')
    const secrets = [...`${old}\n${now}`.matchAll(/[\w-]{43}/g)].map(([secret]) => secret)
    expect(secrets.length).toBeGreaterThan(12)
    expect(secrets.filter((secret) => printed.includes(secret))).toEqual([])
  })
})
