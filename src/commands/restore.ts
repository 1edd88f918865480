import { exitCodes } from '../failure.ts'
import { restoreJson } from '../report/restore/json.ts'
import { afterRestore, kindOf } from '../report/restore/text.ts'
import { prepareRestore } from '../restore/prepare.ts'
import type { Masker } from '../secrets/masker.ts'
import { canceled, type Prompter } from '../wizard/prompter.ts'
import type { World } from '../world/world.ts'
import { applyRestore } from './restore/apply.ts'
import { chooseBackup } from './restore/list.ts'
import type { RestoreOptions, RestoreRun } from './restore/options.ts'
import { prune } from './restore/prune.ts'
import { sayRestored, showRestore } from './restore/say.ts'
import { endInterrupted, sayUnwell } from './resume.ts'
import { runInside } from './run.ts'
import { startNeeded } from './start-needed.ts'

/**
 * Lists backups, or puts one back: files, and what the running servers hold along with them.
 * @param asked instead of the terminal
 * @returns the exit code
 */
export async function restore(
  outside: World,
  masker: Masker,
  options: RestoreOptions,
  asked?: Prompter,
): Promise<number> {
  return await runInside(outside, masker, options, asked, restoreHere)
}

async function restoreHere(run: RestoreRun): Promise<number> {
  const { world, masker, options } = run
  if (options.prune) return await prune(run)
  const mayChange = !options.dryRun && (options.backup !== undefined || run.prompter !== undefined)
  if (mayChange) await endInterrupted(world, masker, run.directory)
  const id = options.backup ?? (await chooseBackup(run))
  if (id === undefined) return exitCodes.done
  const task = { world, masker, directory: run.directory, filesOnly: options.filesOnly }
  const prepared = await prepareRestore(task, id)
  const { report } = prepared
  const document = { directory: run.directory, release: report.tag }
  const changes = report.plan.changes.map((one) => ({ path: one.path, kind: kindOf(one) }))
  if (changes.length === 0) {
    run.print('Everything is as it was then: there is nothing to put back.')
    if (options.json) world.terminal.out(restoreJson(masker, document))
    return exitCodes.done
  }
  showRestore(run, prepared)
  if (options.dryRun) {
    const next = afterRestore(report)
    if (options.json) world.terminal.out(restoreJson(masker, { ...document, changes, next }))
    return exitCodes.done
  }
  await startNeeded(run, prepared, report.needed)
  const { prompter } = run
  if (prompter !== undefined) {
    prompter.say('What is there now is backed up first.')
    if (!(await prompter.yesNo({ message: 'Put this back?', default: false }))) throw canceled()
  }
  const { applied, live, unwell } = await applyRestore(run, prepared)
  const next = afterRestore(report)
  if (options.json) {
    const { backup, changed } = applied
    world.terminal.out(restoreJson(masker, { ...document, changes: changed, live, backup, next }))
  } else sayRestored(run, prepared, applied, next)
  return sayUnwell(world, masker, unwell)
}
