import type { Masker } from '../secrets/masker.ts'
import { installDirectory } from '../surroundings/install-directory.ts'
import type { Prompter } from '../wizard/prompter.ts'
import { load } from '../world/loading.ts'
import type { World } from '../world/world.ts'

interface AnyOptions {
  readonly directory: string
  readonly yes: boolean
  readonly json: boolean
}

/** What all parts of a run have in hand. */
export interface Run<Options extends AnyOptions = AnyOptions> {
  readonly world: World
  readonly masker: Masker
  readonly options: Options
  /** Absolute. */
  readonly directory: string
  /** Who can answer; undefined where nobody can. */
  readonly prompter: Prompter | undefined
  /** Text for people: beside the document where there is one. */
  readonly print: (text: string) => void
}

/** Goes into the install that the options name, to change it. @param asked instead of the terminal */
export async function runInside<Options extends AnyOptions>(
  outside: World,
  masker: Masker,
  options: Options,
  asked: Prompter | undefined,
  act: (run: Run<Options>) => Promise<number>,
): Promise<number> {
  const directory = await installDirectory(outside, options.directory)
  return await outside.inside(directory, 'change', [], async (world) => {
    const prompter = asked ?? (await somebodyToAsk(world, masker, options))
    const print = (text: string) => {
      const line = masker.mask(text)
      if (options.json) world.terminal.err(line)
      else world.terminal.out(line)
    }
    return await act({ world, masker, options, directory, prompter, print })
  })
}

/** Nobody, where the command line says so or no terminal is there. */
async function somebodyToAsk(
  world: World,
  masker: Masker,
  { yes, json }: AnyOptions,
): Promise<Prompter | undefined> {
  if (!world.terminal.interactive || yes || json) return undefined
  const { inquirerPrompter } = await load(() => import('../wizard/inquirer-prompter.ts'))
  return inquirerPrompter(world, masker)
}
