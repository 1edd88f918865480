import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agreement, lostSecrets } from './simulated/agreement.ts'
import type { Simulation } from './simulated/install.ts'
import { preparedStack } from './simulated/prepared.ts'
import { type ChildRan, type Point, rotateProgram } from './simulated/program.ts'
import { loadState } from './simulated/state.ts'
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

/** A whole run of a child that nobody kills. */
async function effectsOf(kind: string): Promise<Effects> {
  const simulation = stack()
  const ran = await runChild(['rotate', dirname(simulation.directory), kind])
  if (ran === 'killed') throw new Error('nobody killed it')
  expect([ran.exitCode, ran.printed]).toEqual([0, expect.any(String)])
  expect(agreement(loadState(simulation.state))).toEqual([])
  return ran.effects
}

function isDocker(effects: Effects, at: number): boolean {
  return effects[at]?.name.startsWith('docker') === true
}

/**
 * Before effects, in the middle of files, and after the last: after one effect is before the next.
 * @param everyFile files are written for every kind alike: one in so many is enough for most
 */
function pointsOf(effects: Effects, everyFile: number): readonly Point[] {
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
    const points = pointsOf(effects, kind === 'postgres' ? 1 : 8)
    // Eight kinds: more than a hundred in all.
    expect(points.length).toBeGreaterThan(12)
    expect(await wrongAfter(kind, effects, points)).toEqual([])
  })

  test('while Compose recreates, and Compose with it: the next run brings all together', async () => {
    const effects = await effectsOf(kind)
    expect(await wrongAfter(kind, effects, withinCompose(effects))).toEqual([])
  })

  test('again while the next run ends it: the one after that brings all together', async () => {
    const effects = await effectsOf(kind)
    const dockers = effects.flatMap((_, at) => (isDocker(effects, at) ? [at] : []))
    const first: readonly Point[] = [
      { at: dockers[0] ?? 0, share: 1 },
      { at: dockers.at(-1) ?? 0, share: 0 },
    ]
    const twice = first.flatMap((point) => [4, 7].map((at) => [point, at] as const))
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
