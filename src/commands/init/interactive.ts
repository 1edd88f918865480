import { ownPaths } from '../../install/install.ts'
import type { Masker } from '../../secrets/masker.ts'
import { installDirectory } from '../../surroundings/install-directory.ts'
import { inquirerPrompter } from '../../wizard/inquirer-prompter.ts'
import type { Prompter } from '../../wizard/prompter.ts'
import { askDomain, domainIn } from '../../wizard/questions/domain.ts'
import { load } from '../../world/loading.ts'
import type { World } from '../../world/world.ts'
import type { InitOptions } from './options.ts'

/** Larger is no `.env`; only its address is looked for. */
const envLimit = 512 * 1024

/**
 * `init` with a person at the keyboard; returns the exit code. The first question of a first run needs
 * little: everything else is loaded while it is being read.
 * @throws Failure('canceled') where Ctrl-C was pressed or the plan was refused: nothing was changed
 */
export async function initInteractively(
  world: World,
  masker: Masker,
  options: InitOptions,
  prompter: Prompter = inquirerPrompter(world, masker),
): Promise<number> {
  const directory = await installDirectory(world, options.directory)
  prompter.say(
    `This hardens Tracecat in ${directory}.`,
    'Nothing is written before you say yes to what is shown. Ctrl-C ends it at any time.',
  )
  const domain = (await isFirstRun(world, directory, options))
    ? await firstQuestion(world, directory, prompter)
    : undefined
  const { runWizard } = await load(() => import('./wizard.ts'))
  return await runWizard({ world, masker, options, prompter, directory }, domain)
}

/** Nothing of ours lies there, and no answer comes from elsewhere. */
async function isFirstRun(world: World, directory: string, options: InitOptions): Promise<boolean> {
  if (options.answers !== undefined || options.set.length > 0) return false
  const names = await world.files.list(directory)
  return !names.includes(ownPaths.answers) && !names.includes(ownPaths.state)
}

async function firstQuestion(world: World, directory: string, prompter: Prompter): Promise<string> {
  const env = await world.files.read(`${directory}/.env`, envLimit)
  const text = env.kind === 'file' ? new TextDecoder().decode(env.bytes) : ''
  return await askDomain(prompter, domainIn(text))
}
