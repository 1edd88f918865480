import { describe, expect, test, vi } from 'vitest'
import { init } from '../../../src/commands/init.ts'
import { redisAuth } from '../../../src/controls/credentials/redis-auth.ts'
import { Masker } from '../../../src/secrets/masker.ts'
import { optionsFor } from '../../product/run.ts'
import type { Simulation } from '../../stack/simulated/install.ts'
import { changeState, containerOf } from '../../stack/simulated/state.ts'
import { simulatedWorld } from '../../stack/simulated/world.ts'
import { stockStack } from './stock-stack.ts'

/** How often each kind of process was started, and how often was planned: each plan asks every control once. */
async function count(simulation: Simulation, dryRun: boolean) {
  const masker = new Masker()
  const world = simulatedWorld(simulation, masker)
  const started: Record<string, number> = {}
  const run: typeof world.processes.run = async (program, args, options) => {
    const kind = kindOf(program, args)
    started[kind] = (started[kind] ?? 0) + 1
    return await world.processes.run(program, args, options)
  }
  const plans = vi.spyOn(redisAuth, 'harden')
  const processes = { ...world.processes, run }
  const options = { ...optionsFor(simulation.directory, undefined), dryRun }
  const exitCode = await init({ ...world, processes }, masker, options)
  expect(exitCode).toBe(0)
  const made = plans.mock.calls.length
  plans.mockRestore()
  return { plans: made, started }
}

/** `docker ps`, `docker compose config`, `docker exec psql`. */
function kindOf(program: string, args: readonly string[]): string {
  const words = [
    'ps',
    'inspect',
    'config',
    'exec',
    'up',
    'restart',
    'ls',
    'version',
    'images',
    'run',
  ]
  const verb = args.find((word) => words.includes(word)) ?? args[0]
  const scope = ['compose', 'volume', 'image'].find((word) => word === args[0])
  return [program, scope, verb].filter((word) => word !== undefined).join(' ')
}

/** Docker, volumes, git and the executor's image are asked once; Compose judges what would be written once. */
const everyRun = {
  'docker version': 1,
  'docker ps': 1,
  'docker inspect': 1,
  'docker volume ls': 1,
  'docker volume inspect': 1,
  'docker images': 1,
  'git -C': 1,
}

describe('before anything changes, init looks once', () => {
  test('at a running stack, whose servers and hashes it asks as well', async () => {
    expect(await count(stockStack(), true)).toEqual({
      plans: 1,
      started: {
        ...everyRun,
        'docker image inspect': 1,
        'docker compose config': 3,
        'docker exec': 9,
      },
    })
  })

  test('at a stack that somebody stopped', async () => {
    const stopped = stockStack()
    changeState(stopped.state, (state) => {
      for (const one of state.containers) one.state = 'exited'
    })
    expect(await count(stopped, true)).toEqual({
      plans: 1,
      started: { ...everyRun, 'docker compose config': 1 },
    })
  })
})

test('where the servers have other passwords than the plan starts from, files alone are planned', async () => {
  const simulation = stockStack()
  changeState(simulation.state, (state) => {
    containerOf(state, 'minio').environment.MINIO_ROOT_PASSWORD = 'set-by-hand-0123456789'
  })
  expect(await count(simulation, true)).toMatchObject({ plans: 2, started: everyRun })
})

test('while it changes a running stack, only the steps that wait for a change ask Docker again', async () => {
  const { plans, started } = await count(stockStack(), false)
  expect(plans).toBe(1)
  expect(started).toMatchObject({
    ...everyRun,
    'docker ps': 22,
    'docker inspect': 22,
    'docker image inspect': 1,
    'docker compose up': 2,
    'docker compose restart': 1,
  })
})
