import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { initInteractively } from '../../../src/commands/init/interactive.ts'
import type { InitOptions } from '../../../src/commands/init/options.ts'
import { init } from '../../../src/commands/init.ts'
import { Failure } from '../../../src/failure.ts'
import { Masker } from '../../../src/secrets/masker.ts'
import { optionsFor } from '../../product/run.ts'
import { agreement, filesBelow } from '../../stack/simulated/agreement.ts'
import { verifies } from '../../stack/simulated/credentials.ts'
import type { Simulation } from '../../stack/simulated/install.ts'
import { runRecovery } from '../../stack/simulated/rotate.ts'
import { changeState, containerOf, type Faults, loadState } from '../../stack/simulated/state.ts'
import { type Around, type SimulatedWorld, simulatedWorld } from '../../stack/simulated/world.ts'
import { type Reply, scripted } from '../../wizard/scripted.ts'
import { envOf, pictureOf, rotateSimulated } from '../rotates.ts'
import { stockStack } from './stock-stack.ts'

interface Ran {
  readonly exitCode: number
  /** With blanks for line breaks. */
  readonly printed: string
}

interface RunParts {
  readonly around?: Around
  readonly replies?: readonly (readonly [string, Reply])[]
  /** Is the folder a checkout of git? */
  readonly git?: boolean
}

function inCheckout(world: SimulatedWorld): SimulatedWorld {
  const { run: runOther, identity } = world.processes
  const run: typeof runOther = async (program, args, options) => {
    if (program !== 'git') return await runOther(program, args, options)
    const isInside = args.includes('--is-inside-work-tree')
    return { exitCode: isInside ? 0 : 1, timedOut: false, stdout: 'true\n', stderr: '' }
  }
  return { ...world, processes: { run, identity } }
}

async function run(
  simulation: Simulation,
  options: Partial<InitOptions> = {},
  { around, replies, git = false }: RunParts = {},
): Promise<Ran> {
  const masker = new Masker()
  const simulated = simulatedWorld(simulation, masker, around)
  const world = git ? inCheckout(simulated) : simulated
  const all = { ...optionsFor(simulation.directory, undefined), ...options }
  const prompter = replies === undefined ? undefined : scripted(replies)
  const said = () => [...world.printed, ...(prompter?.shown ?? [])].join('\n').replace(/\s+/g, ' ')
  try {
    const exitCode =
      prompter === undefined
        ? await init(world, masker, all)
        : await initInteractively(world, masker, { ...all, yes: false }, prompter)
    return { exitCode, printed: said() }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { exitCode: error.exitCode, printed: `${said()} ${error.message} ${error.remedy ?? ''}` }
  }
}

const inAgreement = ({ state }: Simulation) => agreement(loadState(state))

/** Which servers still take what everybody knows. */
function defaultsIn({ state: path }: Simulation): readonly string[] {
  const state = loadState(path)
  const databases = [
    ['postgres_db', 'postgres'],
    ['temporal_postgres_db', 'temporal'],
  ] as const
  const found = databases.flatMap(([service, word]) =>
    verifies(word, state.databases[service]?.verifiers[word] ?? '', word) ? [service] : [],
  )
  const minio = containerOf(state, 'minio').environment
  return [
    ...found,
    ...(state.redis.passwords.length === 0 ? ['redis'] : []),
    ...(minio.MINIO_ROOT_PASSWORD === 'password' || minio.MINIO_ROOT_USER === 'minio'
      ? ['minio']
      : []),
  ]
}

const allDefaults = ['postgres_db', 'temporal_postgres_db', 'redis', 'minio']

describe('init on a running stock stack', () => {
  test('changes servers, files and containers together; a second one changes nothing', async () => {
    const simulation = stockStack()
    expect(defaultsIn(simulation)).toEqual(allDefaults)
    const key = envOf(simulation).get('TRACECAT__DB_ENCRYPTION_KEY')

    const ran = await run(simulation)

    expect(ran).toEqual({ exitCode: 0, printed: expect.any(String) })
    expect(defaultsIn(simulation)).toEqual([])
    expect(inAgreement(simulation)).toEqual([])
    expect(loadState(simulation.state).redis).toMatchObject({ written: 42, inFile: 42 })
    expect(envOf(simulation).get('TRACECAT__DB_ENCRYPTION_KEY')).toBe(key)
    const secrets = [...envOf(simulation).values()].filter((value) => /^[\w-]{43}$/.test(value))
    expect(secrets.length).toBeGreaterThan(5)
    expect(secrets.filter((secret) => ran.printed.includes(secret))).toEqual([])

    const before = pictureOf(simulation)
    const { log } = loadState(simulation.state)
    expect(await run(simulation)).toMatchObject({ exitCode: 0 })
    expect(pictureOf(simulation)).toEqual(before)
    expect(loadState(simulation.state).log).toEqual(log)
  })

  test('a change of .gitignore is none of the running stack: no step is taken there', async () => {
    const simulation = stockStack()
    await run(simulation, {}, { git: true })
    const ignored = join(simulation.directory, '.gitignore')
    const written = readFileSync(ignored, 'utf8')
    writeFileSync(ignored, '# mine\n')
    const { log, containers } = loadState(simulation.state)
    const ran = await run(simulation, { json: true }, { git: true })
    expect(ran).toMatchObject({ exitCode: 0, printed: expect.stringMatching(/"live": ?\[\]/) })
    expect(readFileSync(ignored, 'utf8')).toBe(`# mine\n${written}`)
    const after = loadState(simulation.state)
    expect([after.log, after.containers]).toEqual([log, containers])
  })

  test('--dry-run touches nothing', async () => {
    const simulation = stockStack()
    const before = pictureOf(simulation)
    expect(await run(simulation, { dryRun: true })).toMatchObject({ exitCode: 0 })
    expect(pictureOf(simulation)).toEqual(before)
    expect(loadState(simulation.state).log).toEqual([])
  })

  test('where something of the admin waits in the files: files alone, and what is pending is named', async () => {
    const simulation = stockStack()
    const path = join(simulation.directory, '.env')
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replace(/^LOG_LEVEL=.*$/m, 'LOG_LEVEL=WARNING'))
    const { containers, databases } = loadState(simulation.state)

    const ran = await run(simulation)

    expect(ran.exitCode).toBe(0)
    expect(ran.printed).toMatch(/The running stack is left as it is.*api \(its configuration\)/)
    const after = loadState(simulation.state)
    expect([after.containers, after.databases, after.log]).toEqual([containers, databases, []])
    expect(envOf(simulation).get('TRACECAT__POSTGRES_PASSWORD')).toBe('postgres')
    expect(envOf(simulation).get('TRACECAT__EXECUTOR_BACKEND')).not.toBe('direct')
  })
})

describe('MinIO refuses the new credentials, where there was no override yet', () => {
  const isSwitch = /^rename .*\/\.env$/

  function setFaults({ state }: Simulation, faults: Faults): void {
    changeState(state, (host) => {
      host.faults = faults
    })
  }

  /** From when `.env` is switched over. */
  const refuses =
    (simulation: Simulation, atUndo: Around = (_, act) => act()): Around =>
    async (effect, act) => {
      const result = await atUndo(effect, act)
      if (isSwitch.test(effect.name)) setFaults(simulation, { refuseMinio: true })
      return result
    }

  /** Files as they are, and what containers and servers make of them. */
  function stateOf(simulation: Simulation): object {
    const files = filesBelow(simulation.directory).map(
      (path) => [path, readFileSync(path, 'utf8')] as const,
    )
    return {
      files: new Map(files),
      defaults: defaultsIn(simulation),
      wrong: inAgreement(simulation),
    }
  }

  test('servers, files and containers are taken back, and the next run goes through', async () => {
    const simulation = stockStack()
    const before = stateOf(simulation)

    const ran = await run(simulation, {}, { around: refuses(simulation) })

    expect([ran.exitCode, ran.printed]).toEqual([3, expect.stringMatching(/MinIO refuses the new/)])
    expect(stateOf(simulation)).toEqual(before)
    setFaults(simulation, {})
    expect(await run(simulation)).toEqual({ exitCode: 0, printed: expect.any(String) })
    expect(defaultsIn(simulation)).toEqual([])
    expect(inAgreement(simulation)).toEqual([])
  })

  test.each([
    0, 0.3, 0.5, 0.8,
  ])('Docker goes while containers are made anew on the way back, %d of it done: the next run takes the rest back', async (share) => {
    const simulation = stockStack()
    const before = stateOf(simulation)
    const journal = join(simulation.directory, '.tracecat-harden/journal.json')
    const atUndo: Around = async (effect, act) => {
      if (/^docker up/.test(effect.name) && readFileSync(journal, 'utf8').includes('"undoing"')) {
        effect.part(share)
        setFaults(simulation, { dockerGone: true })
      }
      return await act()
    }
    const ran = await run(simulation, {}, { around: refuses(simulation, atUndo) })
    expect([ran.exitCode, ran.printed]).toEqual([4, expect.stringMatching(/MinIO refuses the new/)])
    expect(loadState(simulation.state).faults).toEqual({ dockerGone: true })
    setFaults(simulation, {})

    const recovered = await runRecovery(simulation)

    expect([recovered.exitCode, recovered.printed]).toEqual([
      0,
      expect.stringMatching(/taken back/),
    ])
    expect(stateOf(simulation)).toEqual(before)
  })
})

describe('the wizard on a running stack', () => {
  const upTo = (...more: readonly (readonly [string, Reply])[]) => [
    ['What should happen', 'update'] as const,
    ...more,
  ]

  test('nothing is the default', async () => {
    const simulation = stockStack()
    const before = pictureOf(simulation)
    const ran = await run(simulation, {}, { replies: upTo(['Write this', undefined]) })
    expect(ran.exitCode).toBe(130)
    expect(pictureOf(simulation)).toEqual(before)
    expect(loadState(simulation.state).log).toEqual([])
  })

  test('all of it', async () => {
    const simulation = stockStack()
    const ran = await run(simulation, {}, { replies: upTo(['Write this', 'all']) })
    expect(ran).toEqual({ exitCode: 0, printed: expect.any(String) })
    expect(defaultsIn(simulation)).toEqual([])
    expect(inAgreement(simulation)).toEqual([])
  })

  test('only the files: the plan without the servers is shown first, and what volumes hold stays', async () => {
    const simulation = stockStack()
    const replies = upTo(['Write this', 'files'], ['Write this', true])
    const ran = await run(simulation, {}, { replies })
    expect(ran).toEqual({ exitCode: 0, printed: expect.any(String) })
    expect(defaultsIn(simulation)).toEqual(allDefaults)
    expect(envOf(simulation).get('TRACECAT__POSTGRES_PASSWORD')).toBe('postgres')
    expect(envOf(simulation).get('MINIO_ROOT_PASSWORD')).toBe('password')
    expect(loadState(simulation.state).log).toEqual([])
  })

  test('a second run offers to rotate', async () => {
    const simulation = stockStack()
    await run(simulation)
    const before = envOf(simulation)
    const replies = [
      ['What should happen', 'rotate'],
      ['Which secrets', 'user-auth-secret'],
      ['Rotate now', true],
    ] as const
    const ran = await run(simulation, {}, { replies })
    expect(ran).toEqual({ exitCode: 0, printed: expect.any(String) })
    expect(ran.printed).toMatch(/Everything is as it was written/)
    expect(envOf(simulation).get('USER_AUTH_SECRET')).not.toBe(before.get('USER_AUTH_SECRET'))
    expect(inAgreement(simulation)).toEqual([])
  })
})

describe('a run that stopped midway meets another command', () => {
  /** Docker goes away for good once `.env` is switched over. */
  const dockerLeaves =
    (simulation: Simulation): Around =>
    async (effect, act) => {
      const result = await act()
      if (/^rename .*\/\.env$/.test(effect.name)) {
        changeState(simulation.state, ({ faults }) => {
          faults.dockerGone = true
        })
      }
      return result
    }
  const mend = ({ state }: Simulation) =>
    changeState(state, ({ faults }) => {
      faults.dockerGone = false
    })

  test('init, then rotate', async () => {
    const simulation = stockStack()
    expect(await run(simulation, {}, { around: dockerLeaves(simulation) })).toMatchObject({
      exitCode: 4,
    })
    mend(simulation)
    const ran = await rotateSimulated(simulation, { names: ['service-key'] })
    expect([ran.exitCode, ran.err]).toEqual([0, expect.any(String)])
    expect(ran.err).toMatch(/An earlier init \(.*\) was interrupted: its changes were finished/)
    expect(defaultsIn(simulation)).toEqual([])
    expect(inAgreement(simulation)).toEqual([])
  })

  test('Ctrl-C waits until it is finished, and the other does not begin', async () => {
    const simulation = stockStack()
    await run(simulation, {}, { around: dockerLeaves(simulation) })
    mend(simulation)
    const written = envOf(simulation)
    const interrupts = { hold: () => ({ requested: () => true, release: () => undefined }) }
    const ran = await rotateSimulated(simulation, { names: ['service-key'] }, { interrupts })
    expect(ran.exitCode).toBe(130)
    expect(ran.err).toMatch(/An earlier init \(.*\) was interrupted: its changes were finished/)
    expect(ran.err).toContain('Canceled: nothing else was changed.')
    expect(envOf(simulation)).toEqual(written)
    expect(inAgreement(simulation)).toEqual([])
  })

  test('rotate, then init', async () => {
    const simulation = stockStack()
    await run(simulation)
    const around = dockerLeaves(simulation)
    const stopped = await rotateSimulated(simulation, { names: ['postgres'] }, { around })
    expect([stopped.exitCode, stopped.err]).toEqual([4, expect.stringMatching(/run again/)])
    mend(simulation)
    const ran = await run(simulation)
    expect(ran).toEqual({ exitCode: 0, printed: expect.any(String) })
    expect(ran.printed).toMatch(/An earlier rotate \(postgres\) was interrupted: .* finished/)
    expect(inAgreement(simulation)).toEqual([])
  })

  test('rotate --dry-run says that there is one, and leaves it', async () => {
    const simulation = stockStack()
    await run(simulation, {}, { around: dockerLeaves(simulation) })
    mend(simulation)
    const before = pictureOf(simulation)
    const ran = await rotateSimulated(simulation, { names: ['service-key'], dryRun: true })
    expect(ran.err).toMatch(/An earlier init stopped midway: the next run .* finishes it/)
    expect(pictureOf(simulation)).toEqual(before)
  })

  test.each([
    ['damaged', '{"version":'],
    ['of a newer version', '{"version":99,"command":"rotate"}'],
  ])('a journal that is %s: nothing is changed, by either', async (_, journal) => {
    const simulation = stockStack()
    await run(simulation)
    writeFileSync(join(simulation.directory, '.tracecat-harden/journal.json'), journal)
    const before = pictureOf(simulation)
    const ran = await rotateSimulated(simulation, { names: ['service-key'] })
    expect([ran.exitCode, ran.err]).toEqual([
      expect.toSatisfy((n) => n > 1),
      expect.stringMatching(/journal/),
    ])
    expect((await run(simulation)).exitCode).toBe(ran.exitCode)
    expect(pictureOf(simulation)).toEqual(before)
  })
})
