import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { backupsOf, restoreSimulated } from '../commands/restores.ts'
import { agreement, lostSecrets, valuesIn } from '../stack/simulated/agreement.ts'
import { copySimulation, type Simulation } from '../stack/simulated/install.ts'
import { configHash, modelOf, ordinaryFiles } from '../stack/simulated/model.ts'
import { preparedStack } from '../stack/simulated/prepared.ts'
import { runRecovery, runRotate } from '../stack/simulated/rotate.ts'
import { changeState, loadState } from '../stack/simulated/state.ts'
import type { Around, Effect } from '../stack/simulated/world.ts'
import { temporaryFolder } from '../world/fake.ts'

const stack = preparedStack()

class Killed extends Error {}

/** From its n-th effect on, the run changes nothing any more, as if it were gone. */
function killAt(n: number, share: number): Around {
  let count = 0
  return async (effect, act) => {
    count += 1
    if (count <= n) return await act()
    if (count === n + 1 && share > 0) effect.part(share)
    throw new Killed(effect.name)
  }
}

/** A stack whose rotation can be taken back. */
async function rotated(): Promise<{ readonly simulation: Simulation; readonly id: string }> {
  const simulation = stack()
  // The clock of the simulation stands before the one that the stack was prepared by.
  changeState(simulation.state, (state) => {
    state.now = Date.now() + 3_600_000
  })
  const made = backupsOf(simulation.directory)
  const ran = await runRotate(simulation, ['postgres', 'redis', 'minio', 'service-key'])
  expect([ran.exitCode, ran.printed]).toEqual([0, expect.any(String)])
  const id = backupsOf(simulation.directory).find((one) => !made.includes(one)) ?? ''
  return { simulation, id }
}

/** A database's container still has the password that it was made with, and its label says so. */
function faithfulCopy(simulation: Simulation): Simulation {
  const copy = copySimulation(simulation, temporaryFolder())
  changeState(copy.state, ({ containers }) => {
    for (const container of containers) {
      const made = container.environment.POSTGRES_PASSWORD
      if (made === undefined) continue
      const shell = { TRACECAT__POSTGRES_PASSWORD: made, TEMPORAL__POSTGRES_PASSWORD: made }
      const { services } = modelOf(ordinaryFiles(copy.directory), shell)
      const service = services.get(container.service)
      if (service !== undefined) container.configHash = configHash(service)
    }
  })
  return copy
}

const passwordOf = ({ directory }: Simulation) =>
  valuesIn(join(directory, '.env')).get('REDIS_PASSWORD')

test('killed at any of its effects: the next run finishes it, or takes it back', async () => {
  const { simulation, id } = await rotated()
  const copy = () => faithfulCopy(simulation)
  const effects: Effect[] = []
  const whole = copy()
  const ran = await restoreSimulated(
    whole,
    { backup: id },
    {
      around: async (effect, act) => {
        effects.push(effect)
        return await act()
      },
    },
  )
  expect([ran.exitCode, agreement(loadState(whole.state))]).toEqual([0, []])
  const possible = [passwordOf(simulation), passwordOf(whole)]
  expect(new Set(possible).size).toBe(2)

  const points = effects.flatMap(({ name }, at) => {
    const decides = /^docker|^rename .*(journal\.json|\/\.env)$/.test(name)
    if (!decides && at % 4 !== 0) return []
    return (name.startsWith('docker up') ? [0, 0.3, 0.7] : [0]).map((share) => ({ at, share }))
  })
  expect(points.length).toBeGreaterThan(12)
  const wrong: string[] = []
  const ends = new Set<string | undefined>()
  for (const { at, share } of points) {
    const killed = copy()
    const around = killAt(at, share)
    // What happens to the lock at the very end is no matter for the run.
    await restoreSimulated(killed, { backup: id }, { around }).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error
    })
    // It lives on in this very process, and would count as being at work.
    const folder = join(killed.directory, '.tracecat-harden')
    for (const name of readdirSync(folder)) if (/^lock/.test(name)) rmSync(join(folder, name))
    const recovered = await runRecovery(killed)
    const state = loadState(killed.state)
    const found = [
      ...(recovered.exitCode === 0 ? [] : [recovered.printed]),
      ...agreement(state),
      ...lostSecrets(state),
      ...(possible.includes(passwordOf(killed)) ? [] : ['.env is neither old nor new']),
    ]
    ends.add(passwordOf(killed))
    const again = await restoreSimulated(killed, { backup: id })
    if (again.exitCode !== 0) found.push(`again: ${again.printed}`)
    if (passwordOf(killed) !== passwordOf(whole)) found.push('again: not put back')
    found.push(...agreement(loadState(killed.state)).map((what) => `again: ${what}`))
    wrong.push(...found.map((what) => `${share} of "${effects[at]?.name}" (${at}): ${what}`))
  }
  expect(wrong).toEqual([])
  expect(ends).toEqual(new Set(possible))
})
