import { endInterrupted } from '../../../src/commands/resume.ts'
import { rotate } from '../../../src/commands/rotate.ts'
import { Failure } from '../../../src/failure.ts'
import { Masker } from '../../../src/secrets/masker.ts'
import type { Simulation } from './install.ts'
import { type Around, simulatedWorld } from './world.ts'

/** How a run ended. */
export interface Ran {
  readonly exitCode: number
  readonly failure: Failure | undefined
  readonly printed: string
}

/** `rotate --yes --accept-breakage <name>...` on a simulated host. */
export function runRotate(
  simulation: Simulation,
  names: readonly string[],
  around?: Around,
): Promise<Ran> {
  return run(simulation, around, (world, masker) =>
    rotate(world, masker, {
      directory: simulation.directory,
      names,
      all: names.length === 0,
      yes: true,
      dryRun: false,
      acceptBreakage: names.length > 0,
      json: false,
      verbose: false,
    }),
  )
}

/** What every changing command does first: `exitCode` 0 also where nothing was interrupted. */
export function runRecovery(simulation: Simulation, around?: Around): Promise<Ran> {
  return run(simulation, around, async (world, masker) => {
    await endInterrupted(world, masker, simulation.directory)
    return 0
  })
}

async function run(
  simulation: Simulation,
  around: Around | undefined,
  act: (world: ReturnType<typeof simulatedWorld>, masker: Masker) => Promise<number>,
): Promise<Ran> {
  const masker = new Masker()
  const world = simulatedWorld(simulation, masker, around)
  try {
    const exitCode = await act(world, masker)
    return { exitCode, failure: undefined, printed: world.printed.join('\n') }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const said = [...world.printed, error.message, error.remedy ?? '']
    return { exitCode: error.exitCode, failure: error, printed: said.join('\n') }
  }
}
