import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { RestoreOptions } from '../../src/commands/restore/options.ts'
import { restore } from '../../src/commands/restore.ts'
import { Failure } from '../../src/failure.ts'
import { Masker } from '../../src/secrets/masker.ts'
import type { Prompter } from '../../src/wizard/prompter.ts'
import type { World } from '../../src/world/world.ts'
import type { Simulation } from '../stack/simulated/install.ts'
import type { Ran } from '../stack/simulated/rotate.ts'
import { type Around, simulatedWorld } from '../stack/simulated/world.ts'
import { type FakeParts, fakeWorld } from '../world/fake.ts'

export interface Restored extends Ran {
  /** Results alone. */
  readonly out: string
}

/** `restore --yes` on a simulated host. */
export async function restoreSimulated(
  simulation: Simulation,
  options: Partial<RestoreOptions>,
  parts: {
    readonly around?: Around
    readonly env?: World['env']
    /** An image that this host does not have. */
    readonly missingImage?: string
  } = {},
): Promise<Ran> {
  const masker = new Masker()
  const world = simulatedWorld(simulation, masker, parts.around)
  const { env = {}, missingImage } = parts
  const processes: World['processes'] = {
    ...world.processes,
    async run(program, args, how) {
      if (args[0] === 'image' && args.at(-1) === missingImage)
        return { exitCode: 1, timedOut: false, stdout: '', stderr: 'Error: No such image' }
      return await world.processes.run(program, args, how)
    },
  }
  return await ended(world.printed, () =>
    restore({ ...world, env, processes }, masker, optionsOf(simulation.directory, options)),
  )
}

/** `restore --yes` in a folder where no Docker is; with a prompter, `restore`. */
export async function restoreIn(
  directory: string,
  options: Partial<RestoreOptions> = {},
  parts: FakeParts & { readonly asked?: Prompter } = {},
): Promise<Restored> {
  const { asked, ...rest } = parts
  const world = fakeWorld({ now: new Date(Date.now() + 3_600_000), ...rest })
  const { out, err } = world.printed
  const all = optionsOf(directory, options)
  const ran = await ended(err, () => restore(world, new Masker(), all, asked))
  return { ...ran, out: out.join('\n'), printed: [...out, ran.printed].join('\n') }
}

/** Ids of the backups, newest first. */
export function backupsOf(directory: string): readonly string[] {
  return readdirSync(join(directory, '.tracecat-harden/backups')).sort().reverse()
}

function optionsOf(directory: string, options: Partial<RestoreOptions>): RestoreOptions {
  return {
    ...{ directory, backup: undefined, yes: true, dryRun: false },
    ...{ filesOnly: false, prune: false, json: false, verbose: false },
    ...options,
  }
}

async function ended(printed: readonly string[], act: () => Promise<number>): Promise<Ran> {
  try {
    const exitCode = await act()
    return { exitCode, failure: undefined, printed: printed.join('\n') }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const said = [...printed, error.message, error.remedy ?? '']
    return { exitCode: error.exitCode, failure: error, printed: said.join('\n') }
  }
}
