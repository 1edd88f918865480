import { dirname } from 'node:path'
import { simulationIn } from './install.ts'
import { runRecovery, runRotate } from './rotate.ts'
import type { Around } from './world.ts'

// A program of its own, to be killed: `rotate <folder> <name>...` and `recover <folder>`.
// KILL_AT=<n>: it ends by SIGKILL at the n-th effect on disk or host, with KILL_SHARE of it done: 0 to 1.

const killAt = Number(process.env.KILL_AT ?? Number.POSITIVE_INFINITY)
const share = Number(process.env.KILL_SHARE ?? 0)
const effects: { readonly name: string; readonly divisible: boolean }[] = []

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  // The signal comes at once, but the next line must not run in any case.
  for (;;);
}

const mortal: Around = async ({ name, divisible, part }, act) => {
  const isLast = effects.length === killAt
  effects.push({ name, divisible })
  if (isLast && share < 1) {
    if (share > 0) part(share)
    die()
  }
  const result = await act()
  return isLast ? die() : result
}

const [action = '', folder = '', ...names] = process.argv.slice(2)
const simulation = simulationIn(folder)
const ran =
  action === 'recover'
    ? await runRecovery(simulation, mortal)
    : await runRotate(simulation, names, mortal)
const { directory } = simulation
const short = effects.map(({ name, divisible }) => ({
  name: name.replaceAll(directory, '').replaceAll(dirname(directory), ''),
  divisible,
}))
process.stdout.write(JSON.stringify({ ...ran, effects: short }))
