import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Container } from '../../src/controls/facts.ts'
import { Failure } from '../../src/failure.ts'
import { dockerStack } from '../../src/live/docker-stack.ts'
import { pendingChanges } from '../../src/live/drift.ts'
import { localImageIds } from '../../src/live/images.ts'
import type { Stack } from '../../src/live/stack.ts'
import { waitUntilWell } from '../../src/live/wait.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { madeInPart } from '../../src/stack/made-in-part.ts'
import { readInstall } from '../../src/surroundings/read-install.ts'
import { realWorld } from '../../src/world/real.ts'
import type { World } from '../../src/world/world.ts'
import { changeEnv, exampleInstall, removeInstalls } from './lab/installs.ts'
import { type Lab, startLab, whyNoLab } from './lab/lab.ts'

const obstacle = whyNoLab()
const secret = 'Zq7-another_password-4Xv'
const ours = new Map([['TRACECAT__POSTGRES_PASSWORD', 'POSTGRES_PASSWORD']])

/** Services whose hash `config --hash` alone does not give, and variables that Compose takes from this file. */
const override = `services:
  caddy: { labels: { edited: "no" } }
  from-file: { image: "redis:7-alpine", entrypoint: [sleep, "600"], stop_signal: SIGKILL, env_file: [extra.env] }
  shares: { image: "redis:7-alpine", entrypoint: [sleep, "600"], stop_signal: SIGKILL, network_mode: "service:from-file" }
  ends: { image: "redis:7-alpine", entrypoint: [sh, -c, "echo why it ends; exit 7"] }
`

describe.skipIf(obstacle)(`a stack${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let lab: Lab
  let world: World
  let stack: Stack
  const dir = exampleInstall()
  const file = join(dir, 'docker-compose.override.yml')
  const started: string[][] = []

  const only = async (service: string): Promise<Container> => {
    const found = (await stack.containers()).filter((one) => one.service === service)
    expect(found).toHaveLength(1)
    return found[0] ?? expect.unreachable()
  }
  const told = async (known: ReadonlyMap<string, string> = ours) =>
    (await pendingChanges(stack, known)).map(
      ({ service, what, explained }) => `${service}: ${what}${explained ? ', ours' : ''}`,
    )

  beforeAll(async () => {
    lab = await startLab()
    writeFileSync(join(dir, 'extra.env'), 'MORE=$' + '{TRACECAT__SERVICE_KEY}\n')
    writeFileSync(file, override)
    appendFileSync(join(dir, '.env'), '\nCOMPOSE_REMOVE_ORPHANS=1\n')
    await lab.images(dir)
    const brought = await lab.compose(dir, ['up', '--detach'])
    expect(brought.exitCode, brought.stderr).toBe(0)

    const masker = new Masker()
    masker.learn(secret)
    const real = realWorld(masker)
    // A shell that would choose another project, other files and another password.
    const shell = {
      ...lab.env,
      COMPOSE_FILE: '/nowhere.yml',
      COMPOSE_PROJECT_NAME: 'other',
      COMPOSE_DISABLE_ENV_FILE: '1',
      TRACECAT__POSTGRES_PASSWORD: 'of-the-shell',
    }
    world = {
      ...real,
      processes: {
        ...real.processes,
        async run(program, args, options) {
          started.push([program, ...args])
          return await real.processes.run(program, args, {
            ...options,
            env: { ...shell, ...options.env },
          })
        },
      },
    }
    stack = dockerStack(world, {
      directory: dir,
      project: basename(dir),
      files: ['docker-compose.yml', 'docker-compose.override.yml'],
      envPath: '.env',
    })
  })
  afterAll(async () => {
    await lab?.down(dir)
    await lab?.stop()
    removeInstalls()
  })

  test('has the hashes of its files, and is well', async () => {
    const labels = (await stack.containers()).map((one) => [one.service, one.configHash])
    expect(labels).toHaveLength(19)
    expect([...(await stack.configHashes())].sort()).toEqual(labels)
    const services = labels.flatMap(([service]) => service ?? []).filter((one) => one !== 'ends')
    await waitUntilWell(world, stack, services, { steadyMs: 1000, timeoutMs: 120_000 })
    const ended = await waitUntilWell(world, stack, ['ends']).catch((error: unknown) => error)
    expect(ended).toBeInstanceOf(Failure)
    expect(ended).toMatchObject({ message: 'The service ends ended with 7' })
    expect(ended).toMatchObject({ remedy: expect.stringContaining('why it ends') })
  })

  test('a password that only .env has is ours, another edit is not', async () => {
    changeEnv(dir, { TRACECAT__POSTGRES_PASSWORD: secret })
    expect(await told()).toContain('postgres_db: its configuration, ours')
    expect(await told(new Map())).toContain('postgres_db: its configuration')
    const before = readFileSync(file, 'utf8')
    writeFileSync(file, before.replace('edited: "no"', 'edited: "yes"'))
    const pending = await told()
    expect(pending).toContain('caddy: its configuration')
    expect(pending.some((line) => line.startsWith('redis'))).toBe(false)
  })

  test('another image in the files, and another image of the same name, are listed', async () => {
    await lab.docker(['tag', 'postgres:13', 'redis:other'])
    appendFileSync(file, '  redis: { image: "redis:other" }\n')
    const inFiles = new Map([['redis', 'redis:other']])
    expect(await pendingChanges(stack, ours, { inFiles })).toContainEqual(
      expect.objectContaining({ service: 'redis', what: 'image redis:7-alpine -> redis:other' }),
    )
    await lab.docker(['tag', 'redis:7-alpine', 'redis:kept'])
    const own = new Set((await stack.containers()).map(({ image }) => image))
    const ids = await localImageIds(world, own)
    const before = await pendingChanges(stack, ours, { ids })
    expect(before.filter(({ what }) => what.includes('called'))).toEqual([])
    try {
      await lab.docker(['tag', 'postgres:13', 'redis:7-alpine'])
      const anew = await pendingChanges(stack, ours, { ids: await localImageIds(world, own) })
      expect(anew).toContainEqual(
        expect.objectContaining({
          service: 'shares',
          what: 'another image is called redis:7-alpine now',
        }),
      )
    } finally {
      await lab.docker(['tag', 'redis:kept', 'redis:7-alpine'])
      await lab.docker(['rmi', 'redis:kept', 'redis:other'])
      writeFileSync(file, readFileSync(file, 'utf8').replace(/ {2}redis: .*\n/, ''))
    }
  })

  test('up recreates the named services alone, and leaves what these files do not name', async () => {
    writeFileSync(file, readFileSync(file, 'utf8').replace(/ {2}ends: .*\n/, ''))
    const before = new Map((await stack.containers()).map((one) => [one.service, one]))
    expect(await told()).toContain(
      'ends: the files do not start it; its container is tracecat-ends-1',
    )
    await stack.up(['caddy'], 'start')
    await stack.up(['executor'], 'create')
    const after = await stack.containers()
    const anew = after.filter((one) => before.get(one.service)?.id !== one.id)
    expect(anew.map(({ service, state }) => `${service} ${state}`)).toEqual([
      'caddy running',
      'executor created',
    ])
    expect(after).toHaveLength(19)
    const label = '{{index .Config.Labels "com.docker.compose.project.environment_file"}}'
    const { stdout } = await lab.docker(['inspect', '--format', label, anew[0]?.id ?? ''])
    expect(stdout).toBe('')
    await stack.restart(['ui'])
    expect((await only('ui')).id).toBe(before.get('ui')?.id)
  })

  test('programs run in a container and beside it; no secret is an argument', async () => {
    const database = await only('postgres_db')
    const env = { GIVEN: secret }
    const inside = await stack.exec(database, ['sh', '-c', 'echo "$GIVEN"; cat; exit 5'], {
      env,
      stdin: 'typed',
    })
    expect(inside).toMatchObject({ exitCode: 5, stdout: `${secret}\ntyped` })
    const beside = await stack.runBeside(
      database,
      ['sh', '-c', 'echo "$GIVEN"; pg_isready --host postgres_db'],
      { env },
    )
    expect(beside.stdout).toBe(`${secret}\npostgres_db:5432 - accepting connections\n`)
    expect((await stack.logs(database, 2)).trim().split('\n')).toHaveLength(2)

    await lab.pause(dir, 'postgres_db')
    const paused = await stack.exec(database, ['true']).catch((error: unknown) => error)
    await lab.unpause(dir, 'postgres_db')
    expect(paused).toBeInstanceOf(Failure)
    expect(started.flat().filter((argument) => argument.includes(secret))).toEqual([])
  })

  test('a container that was made in part runs without its networks; made anew, it is whole', async () => {
    const { install } = await readInstall(world, dir, { known: false, why: 'not asked' })
    const inPart = () => madeInPart({ stack, install })
    expect(await inPart()).toEqual([])
    // What it finds when it comes up is no matter here: it may end, and be started again.
    const up = expect.stringMatching(/^(?:running|restarting)$/)
    const whole = await only('executor')
    const lost = whole.networks.at(-1) ?? expect.unreachable()
    expect(whole.networks.length).toBeGreaterThan(1)
    const makeInPart = async () => {
      await lab.docker(['rm', '--force', (await only('executor')).id])
      const made = await lab.compose(dir, ['up', '--no-start', '--no-deps', 'executor'])
      expect(made.exitCode, made.stderr).toBe(0)
      const part = await only('executor')
      expect(part.state).toBe('created')
      const cut = await lab.docker(['network', 'disconnect', '--force', lost, part.id])
      expect(cut.exitCode, cut.stderr).toBe(0)
      expect(await inPart()).toEqual(['executor'])
      return part
    }

    const part = await makeInPart()
    await stack.up(['executor'], 'start')
    expect(await only('executor')).toMatchObject({ id: part.id, state: up })
    expect(await inPart()).toEqual(['executor'])
    await stack.up(['executor'], 'create', 'anew')
    expect(await only('executor')).toMatchObject({ state: 'created', networks: whole.networks })

    await makeInPart()
    await stack.up(['executor'], 'create', 'anew')
    expect(await only('executor')).toMatchObject({ state: 'created', networks: whole.networks })
    expect(await inPart()).toEqual([])
    await stack.up(['executor'], 'start')
    expect(await only('executor')).toMatchObject({ state: up, networks: whole.networks })
  }, 60_000)
})
