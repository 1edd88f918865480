import { describe, expect, test } from 'vitest'
import { agreement, lostSecrets } from './simulated/agreement.ts'
import { preparedStack } from './simulated/prepared.ts'
import { runRotate } from './simulated/rotate.ts'
import { loadState } from './simulated/state.ts'
import { wrongAfterRotate } from './simulated/whole.ts'
import type { Around, Effect } from './simulated/world.ts'

const stack = preparedStack()

function refusal(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code, syscall: 'write' })
}

/** Files that need room, or a right: everything is refused from the n-th of them on, or that one alone. */
function refusing(number: number, code: string, isLasting: boolean) {
  let seen = -1
  const needsRoom = ({ name }: Effect) => !name.startsWith('docker') && !name.startsWith('remove')
  const around: Around = async (effect, act) => {
    if (needsRoom(effect)) {
      seen += 1
      if (seen === number || (isLasting && seen > number)) {
        if (effect.divisible) effect.part(0.5)
        throw refusal(code)
      }
    }
    return await act()
  }
  return { around, wasReached: () => seen >= number }
}

describe.each([
  ['ENOSPC', 'postgres', true],
  ['EROFS', 'redis', false],
] as const)('%s', (code, kind, isLasting) => {
  test(`${kind}, at each write${isLasting ? ' and all that follow' : ''}`, async () => {
    for (let number = 0; ; number += 1) {
      const simulation = stack()
      const { around, wasReached } = refusing(number, code, isLasting)
      const ran = await runRotate(simulation, [kind], around)
      const state = loadState(simulation.state)
      const where = `write ${number}: ${ran.printed}`
      expect([where, lostSecrets(state)]).toEqual([where, []])
      if (!wasReached()) break
      expect([where, ran.exitCode]).toEqual([where, expect.toSatisfy((n) => [0, 3, 4].includes(n))])
      if (ran.exitCode !== 4) expect([where, agreement(state)]).toEqual([where, []])
      expect([where, await wrongAfterRotate(simulation, [kind])]).toEqual([where, []])
    }
  })
})
