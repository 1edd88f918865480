import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { agreement } from './agreement.ts'
import type { Simulation } from './install.ts'
import { runRotate } from './rotate.ts'
import { loadState } from './state.ts'

/**
 * Runs `rotate` after something went wrong. Empty where it ended well, all agrees now, and all agreed
 * already when it began to change anything of its own: what was left to end had been ended by then.
 */
export async function wrongAfterRotate(
  simulation: Simulation,
  names: readonly string[],
): Promise<readonly string[]> {
  const { directory, state } = simulation
  const wrong: string[] = []
  const note = (when: string) =>
    wrong.push(...agreement(loadState(state)).map((what) => `${when}: ${what}`))
  const ran = await runRotate(simulation, names, (effect, act) => {
    const begins = /^create .*\/lock\.[\w-]+\.new$/.test(effect.name)
    if (begins && !isInterrupted(directory)) note('before a new rotation')
    return act()
  })
  if (ran.exitCode !== 0) wrong.push(`exit code ${ran.exitCode}: ${ran.printed}`)
  note('at the end')
  if (existsSync(join(directory, '.tracecat-harden/lock'))) wrong.push('the lock was left behind')
  return wrong
}

function isInterrupted(directory: string): boolean {
  return readdirSync(join(directory, '.tracecat-harden')).some((name) => name.startsWith('journal'))
}
