import type { Masker } from '../secrets/masker.ts'
import type { Prompter } from '../wizard/prompter.ts'
import { load } from '../world/loading.ts'
import type { World } from '../world/world.ts'

/** Nobody, where the command line says so or no terminal is there. */
export async function somebodyToAsk(
  world: World,
  masker: Masker,
  { yes, json }: { readonly yes: boolean; readonly json: boolean },
): Promise<Prompter | undefined> {
  if (!world.terminal.interactive || yes || json) return undefined
  const { inquirerPrompter } = await load(() => import('../wizard/inquirer-prompter.ts'))
  return inquirerPrompter(world, masker)
}
