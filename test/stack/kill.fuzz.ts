import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agreement, lostSecrets } from './simulated/agreement.ts'
import type { Simulation } from './simulated/install.ts'
import { preparedStack } from './simulated/prepared.ts'
import { type ChildRan, type Point, rotateProgram } from './simulated/program.ts'
import { changeState, containerOf, loadState } from './simulated/state.ts'
import { wrongAfterRotate } from './simulated/whole.ts'

const kinds = [
  'postgres',
  'temporal-postgres',
  'redis',
  'minio',
  'service-key',
  'user-auth-secret',
  'signing-secret',
  'payload-keyring',
] as const

const runChild = rotateProgram()
const stack = preparedStack()

type Effects = ChildRan['effects']

const knownEffects = new Map<string, Effects>()

/** Those of a whole run of a child that nobody kills. */
async function effectsOf(kind: string): Promise<Effects> {
  const known = knownEffects.get(kind)
  if (known !== undefined) return known
  const simulation = stack()
  const ran = await runChild(['rotate', dirname(simulation.directory), kind])
  if (ran === 'killed') throw new Error('nobody killed it')
  expect([ran.exitCode, ran.printed]).toEqual([0, expect.any(String)])
  expect(agreement(loadState(simulation.state))).toEqual([])
  knownEffects.set(kind, ran.effects)
  return ran.effects
}

function isDocker(effects: Effects, at: number): boolean {
  return effects[at]?.name.startsWith('docker') === true
}

/**
 * Before effects, in the middle of files, and after the last: after one effect is before the next. Files
 * are written for every kind alike: all of them for one kind, and some for the others, are enough.
 */
function pointsOf(kind: string, effects: Effects): readonly Point[] {
  const everyFile = kind === 'postgres' ? 1 : 12
  const decides = (at: number) =>
    isDocker(effects, at) || /^rename .*(journal\.json|\/\.env)$/.test(effects[at]?.name ?? '')
  return [
    ...effects.flatMap(({ divisible }, at) => {
      if (!decides(at) && !decides(at - 1) && at % everyFile !== 0) return []
      const shares = divisible && !isDocker(effects, at) ? [0, 0.5] : [0]
      return shares.map((share) => ({ at, share }))
    }),
    { at: effects.length - 1, share: 1 },
  ]
}

/** Where Compose dies with us: some containers are not made anew yet, or not started. */
function withinCompose(effects: Effects): readonly Point[] {
  const divided = effects.flatMap(({ divisible }, at) =>
    divisible && isDocker(effects, at) ? [at] : [],
  )
  return divided.flatMap((at) => [0.3, 0.5, 0.8].map((share) => ({ at, share })))
}

/** Two at a time: each waits for its child most of the time. */
async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items]
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item)
  }
  await Promise.all([worker(), worker()])
}

async function killed(kind: string, point: Point): Promise<Simulation> {
  const simulation = stack()
  const ran = await runChild(['rotate', dirname(simulation.directory), kind], point)
  expect([point, ran]).toEqual([point, 'killed'])
  return simulation
}

/** What is wrong after a run was killed at each of these points, and another one has ended well. */
async function wrongAfter(
  kind: string,
  effects: Effects,
  points: readonly Point[],
): Promise<readonly string[]> {
  const wrong: string[] = []
  await eachOf(points, async (point) => {
    const simulation = await killed(kind, point)
    const lost = lostSecrets(loadState(simulation.state))
    const after = await wrongAfterRotate(simulation, [kind])
    const at = `${point.share} of "${effects[point.at]?.name}" (${point.at})`
    wrong.push(...[...lost, ...after].map((what) => `${at}: ${what}`))
  })
  return wrong
}

describe.each(kinds)('%s, killed', (kind) => {
  test('before, within and after its effects: the next run brings all together', async () => {
    const effects = await effectsOf(kind)
    expect(await wrongAfter(kind, effects, pointsOf(kind, effects))).toEqual([])
  })

  test('while Compose recreates, and Compose with it: the next run brings all together', async () => {
    const effects = await effectsOf(kind)
    expect(await wrongAfter(kind, effects, withinCompose(effects))).toEqual([])
  })

  test('again while the next run ends it: the one after that brings all together', async () => {
    const effects = await effectsOf(kind)
    const dockers = effects.flatMap((_, at) => (isDocker(effects, at) ? [at] : []))
    const twice: readonly (readonly [Point, number])[] = [
      [{ at: dockers[0] ?? 0, share: 1 }, 4],
      [{ at: dockers.at(-1) ?? 0, share: 0 }, 5],
    ]
    const wrong: string[] = []
    await eachOf(twice, async ([point, at]) => {
      const simulation = await killed(kind, point)
      const again = await runChild(['recover', dirname(simulation.directory)], { at, share: 0 })
      expect([point, at, again]).toEqual([point, at, 'killed'])
      const lost = lostSecrets(loadState(simulation.state))
      const after = await wrongAfterRotate(simulation, [kind])
      wrong.push(...[...lost, ...after].map((what) => `${point.at}, then ${at}: ${what}`))
    })
    expect(wrong).toEqual([])
  })
})

describe.each(['redis', 'service-key'])('%s, killed twice', (kind) => {
  test('while Compose makes a container, and again at what Docker does in the next run', async () => {
    const effects = await effectsOf(kind)
    const first = {
      at: effects.findIndex(({ divisible }, at) => divisible && isDocker(effects, at)),
      share: 0.3,
    }
    const cut = await killed(kind, first)
    expect(agreement(loadState(cut.state))).toContainEqual(
      expect.stringContaining('is not on all of its networks'),
    )
    const whole = await runChild(['recover', dirname(cut.directory)])
    if (whole === 'killed') throw new Error('nobody killed it')
    const points = whole.effects.flatMap(({ divisible }, at) =>
      isDocker(whole.effects, at)
        ? (divisible ? [0, 0.3, 0.5] : [0]).map((share) => ({ at, share }))
        : [],
    )
    const wrong: string[] = []
    await eachOf(points, async (point) => {
      const simulation = await killed(kind, first)
      const again = await runChild(['recover', dirname(simulation.directory)], point)
      expect([point, again]).toEqual([point, 'killed'])
      const lost = lostSecrets(loadState(simulation.state))
      const after = await wrongAfterRotate(simulation, [kind])
      const at = `${point.share} of "${whole.effects[point.at]?.name}" (${point.at})`
      wrong.push(...[...lost, ...after].map((what) => `${at}: ${what}`))
    })
    expect(wrong).toEqual([])
  })

  test('while Compose makes a container, and no other can be made: it is not started as it is', async () => {
    const effects = await effectsOf(kind)
    const at = effects.findIndex(({ divisible }, index) => divisible && isDocker(effects, index))
    const simulation = await killed(kind, { at, share: 0.3 })
    changeState(simulation.state, ({ faults }) => {
      faults.refuseAnew = true
    })
    const ran = await runChild(['recover', dirname(simulation.directory)])
    expect(ran).toMatchObject({ exitCode: 4, printed: expect.stringContaining('no space left') })
    const inPart = agreement(loadState(simulation.state)).flatMap(
      (what) => /^(\S+) is not on all of its networks/.exec(what)?.[1] ?? [],
    )
    const states = inPart.map((name) => containerOf(loadState(simulation.state), name).state)
    expect(new Set(states)).toEqual(new Set(['created']))
    changeState(simulation.state, (state) => {
      state.faults = {}
    })
    expect(await wrongAfterRotate(simulation, [kind])).toEqual([])
  })
})

test('more than a hundred points in all', async () => {
  let count = 0
  for (const kind of kinds) {
    const effects = await effectsOf(kind)
    count += pointsOf(kind, effects).length + withinCompose(effects).length
  }
  expect(count).toBeGreaterThan(100)
})
