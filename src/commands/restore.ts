import { type Applied, applyPlan } from '../apply/engine.ts'
import { exitCodes, type Failure } from '../failure.ts'
import { type LiveProgress, liveProgress } from '../report/live-progress.ts'
import { restoreJson } from '../report/restore/json.ts'
import { afterRestore, kindOf, restoreDiff, restoreText } from '../report/restore/text.ts'
import type { Masker } from '../secrets/masker.ts'
import { installDirectory } from '../surroundings/install-directory.ts'
import { canceled, type Prompter } from '../wizard/prompter.ts'
import type { World } from '../world/world.ts'
import { chooseBackup } from './restore/list.ts'
import type { RestoreOptions } from './restore/options.ts'
import { type PreparedRestore, prepareRestore } from './restore/prepare.ts'
import { prune } from './restore/prune.ts'
import { endInterrupted, sayUnwell } from './resume.ts'
import { startNeeded } from './rotate/needs.ts'
import { somebodyToAsk } from './rotate.ts'

/** What all parts of a run have in hand. */
export interface RestoreRun {
  readonly world: World
  readonly masker: Masker
  readonly options: RestoreOptions
  /** Absolute. */
  readonly directory: string
  /** Who can answer; undefined where nobody can. */
  readonly prompter: Prompter | undefined
  /** Text for people: beside the document where there is one. */
  readonly print: (text: string) => void
}

/**
 * Lists backups, or puts one back: files, and what the running servers hold along with them.
 * @param asked instead of the terminal
 * @returns the exit code
 */
export async function restore(
  world: World,
  masker: Masker,
  options: RestoreOptions,
  asked?: Prompter,
): Promise<number> {
  const run = await runOf(world, masker, options, asked)
  if (options.prune) return await prune(run)
  const mayChange = !options.dryRun && (options.backup !== undefined || run.prompter !== undefined)
  if (mayChange) await endInterrupted(world, masker, run.directory)
  const id = options.backup ?? (await chooseBackup(run))
  if (id === undefined) return exitCodes.done
  const prepared = await prepareRestore(run, id)
  const { report } = prepared
  const document = { directory: run.directory, release: report.tag }
  const changes = report.plan.changes.map((one) => ({ path: one.path, kind: kindOf(one) }))
  if (changes.length === 0) {
    run.print('Everything is as it was then: there is nothing to put back.')
    if (options.json) world.terminal.out(restoreJson(masker, document))
    return exitCodes.done
  }
  show(run, prepared)
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
  const { applied, live, unwell } = await apply(run, prepared)
  const next = afterRestore(report)
  if (options.json) {
    const { backup, changed } = applied
    world.terminal.out(restoreJson(masker, { ...document, changes: changed, live, backup, next }))
  } else sayDone(run, prepared, applied, next)
  return sayUnwell(world, masker, unwell)
}

async function runOf(
  world: World,
  masker: Masker,
  options: RestoreOptions,
  asked: Prompter | undefined,
): Promise<RestoreRun> {
  return {
    ...{ world, masker, options },
    directory: await installDirectory(world, options.directory),
    prompter: asked ?? (await somebodyToAsk(world, masker, options)),
    print(text) {
      const line = masker.mask(text)
      if (options.json) world.terminal.err(line)
      else world.terminal.out(line)
    },
  }
}

function show({ world, masker, options, print }: RestoreRun, { report }: PreparedRestore): void {
  for (const line of restoreText(report, world.now(), world.terminal.columns)) print(line)
  if (!options.dryRun && !options.verbose) return
  for (const line of restoreDiff(report.plan, masker)) print(line.reveal())
}

async function apply(
  { world, masker, directory, print }: RestoreRun,
  prepared: PreparedRestore,
): Promise<{
  readonly applied: Applied
  readonly live: LiveProgress['taken']
  readonly unwell: readonly Failure[]
}> {
  const { report } = prepared
  const { changes, secrets } = report.plan
  const unwell: Failure[] = []
  const progress = liveProgress((line) => print(line.reveal()), masker, 'restore')
  const live = await prepared.livePlan(progress, unwell)
  print('')
  const applied = await applyPlan(world, directory, {
    command: 'restore',
    changes,
    ...(live === undefined
      ? {}
      : { live: { ...live, subjects: secrets.length > 0 ? secrets : ['the running stack'] } }),
  })
  return { applied, live: progress.taken, unwell }
}

function sayDone(
  { print }: RestoreRun,
  { report }: PreparedRestore,
  { backup }: Applied,
  next: readonly string[],
): void {
  print('')
  print(`Put back: how it was before ${report.chosen.command} (${report.chosen.id}).`)
  if (backup !== null) print(`Not what you wanted? tracecat-harden restore ${backup}`)
  for (const line of next) print(line)
}
