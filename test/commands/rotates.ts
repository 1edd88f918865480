import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RotateOptions } from '../../src/commands/rotate/options.ts'
import { rotate } from '../../src/commands/rotate.ts'
import { Failure } from '../../src/failure.ts'
import { Masker } from '../../src/secrets/masker.ts'
import type { World } from '../../src/world/world.ts'
import { filesBelow, valuesIn } from '../stack/simulated/agreement.ts'
import type { Simulation } from '../stack/simulated/install.ts'
import { loadState } from '../stack/simulated/state.ts'
import { type Around, simulatedWorld } from '../stack/simulated/world.ts'
import { type Reply, scripted } from '../wizard/scripted.ts'

export interface Rotated {
  readonly exitCode: number
  readonly failure: Failure | undefined
  /** Results. */
  readonly out: string
  /** Messages, the failure's with them. */
  readonly err: string
  /** What a person saw, where one was asked. */
  readonly shown: string
  readonly asked: readonly string[]
}

export interface RotateParts {
  readonly around?: Around
  readonly env?: World['env']
  /** Prompts and replies; without them nobody can be asked. */
  readonly replies?: readonly (readonly [string, Reply])[]
  readonly interrupts?: World['interrupts']
}

/** `rotate` on a simulated host. */
export async function rotateSimulated(
  simulation: Simulation,
  options: Partial<RotateOptions>,
  { around, env = {}, replies, interrupts }: RotateParts = {},
): Promise<Rotated> {
  const masker = new Masker()
  const simulated = simulatedWorld(simulation, masker, around)
  const out: string[] = []
  const err: string[] = []
  const world: World = {
    ...simulated,
    env,
    ...(interrupts === undefined ? {} : { interrupts }),
    terminal: {
      ...simulated.terminal,
      columns: 80,
      out: (text) => void out.push(text.reveal()),
      err: (text) => void err.push(text.reveal()),
    },
  }
  const prompter = replies === undefined ? undefined : scripted(replies)
  const all = {
    ...{ directory: simulation.directory, names: [], all: false, yes: prompter === undefined },
    ...{ dryRun: false, acceptBreakage: false, json: false, verbose: false },
    ...options,
  }
  const ended = (exitCode: number, failure?: Failure): Rotated => ({
    exitCode,
    failure,
    out: out.join('\n'),
    err: [...err, failure?.message ?? '', failure?.remedy ?? ''].join('\n'),
    shown: prompter?.shown.join('\n') ?? '',
    asked: prompter?.asked ?? [],
  })
  try {
    return ended(await rotate(world, masker, all, prompter))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return ended(error.exitCode, error)
  }
}

/** Files, servers and containers, to be compared; backups and commands left out. */
export function pictureOf({ directory, state }: Simulation): object {
  const { containers, databases, redis } = loadState(state)
  const files = filesBelow(directory)
    .filter((path) => !path.includes('/backups/'))
    .map((path) => [path, readFileSync(path, 'utf8')] as const)
  return { containers, databases, redis, files: Object.fromEntries(files) }
}

/** The names of the variables that differ between two pictures of `.env`. */
export function changedVariables(
  before: ReadonlyMap<string, string>,
  simulation: Simulation,
): readonly string[] {
  const after = envOf(simulation)
  return [...after.keys()].filter((name) => after.get(name) !== before.get(name)).sort()
}

export function envOf({ directory }: Simulation): ReadonlyMap<string, string> {
  return valuesIn(join(directory, '.env'))
}
