import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agreement, lostSecrets } from './simulated/agreement.ts'
import { preparedStack } from './simulated/prepared.ts'
import { type ChildRan, type Point, rotateProgram } from './simulated/program.ts'
import { runRecovery, runRotate } from './simulated/rotate.ts'
import { loadState } from './simulated/state.ts'

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

/** Before every effect, within those that have a middle, and after the last: after one is before the next. */
function pointsOf(effects: ChildRan['effects']): readonly Point[] {
  return [
    ...effects.flatMap(({ divisible, name }, at) => {
      const shares = name.startsWith('docker') ? [0, 0.3, 0.5, 0.8] : [0, 0.5]
      return (divisible ? shares : [0]).map((share) => ({ at, share }))
    }),
    { at: effects.length - 1, share: 1 },
  ]
}

/** Two at a time: each waits for its child most of the time. */
async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items]
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item)
  }
  await Promise.all([worker(), worker()])
}

describe.each(kinds)('%s, killed', (kind) => {
  test('before, within and after every effect: the next run brings all together', async () => {
    const whole = stack()
    const ran = await runChild(['rotate', dirname(whole.directory), kind])
    if (ran === 'killed') throw new Error('nobody killed it')
    expect([ran.exitCode, ran.printed]).toEqual([0, expect.any(String)])
    expect(agreement(loadState(whole.state))).toEqual([])
    const wrong: string[] = []
    await eachOf(pointsOf(ran.effects), async (point) => {
      const simulation = stack()
      const killed = await runChild(['rotate', dirname(simulation.directory), kind], point)
      expect([point, killed]).toEqual([point, 'killed'])
      const at = `${point.share} of "${ran.effects[point.at]?.name}" (${point.at})`
      const note = (when: string, what: readonly string[]) =>
        wrong.push(...what.map((one) => `${at}, ${when}: ${one}`))
      note('killed', lostSecrets(loadState(simulation.state)))
      const recovered = await runRecovery(simulation)
      note('recovered', recovered.exitCode === 0 ? [] : [recovered.printed])
      note('recovered', agreement(loadState(simulation.state)))
      const again = await runRotate(simulation, [kind])
      note('again', again.exitCode === 0 ? [] : [again.printed])
      note('again', agreement(loadState(simulation.state)))
    })
    expect(wrong).toEqual([])
  })
})
