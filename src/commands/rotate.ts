import { type Applied, applyPlan } from '../apply/engine.ts'
import { exitCodes, Failure } from '../failure.ts'
import { type LiveProgress, liveProgress, type TakenStep } from '../report/live-progress.ts'
import { rotateJson } from '../report/rotate/json.ts'
import { rotatePlan } from '../report/rotate/text.ts'
import { planRotation } from '../rotation/plan-rotation.ts'
import { hasWaitingKey, renew } from '../rotation/renew.ts'
import type { SecretId } from '../secrets/catalogue.ts'
import { parseKeyring } from '../secrets/keyring.ts'
import type { Masker } from '../secrets/masker.ts'
import {
  refuseDisagreement,
  refuseDrift,
  refuseForeignPasswords,
  refuseOtherFolder,
} from '../stack/check.ts'
import { refuseLeftBehind } from '../stack/left-behind.ts'
import { stepsFromFiles, transitionBetween } from '../stack/steps-from-files.ts'
import { installDirectory } from '../surroundings/install-directory.ts'
import { canceled, type Prompter } from '../wizard/prompter.ts'
import type { World } from '../world/world.ts'
import { endInterrupted, sayInterrupted, sayUnwell } from './resume.ts'
import { checkNames, chooseSecretIds } from './rotate/choose.ts'
import { type SeenStack, seeStack } from './rotate/look.ts'
import { serversNeeded, startNeeded } from './rotate/needs.ts'
import type { RotateOptions } from './rotate/options.ts'
import { refuseShell } from './rotate/shell.ts'

/** What all parts of a run have in hand. */
export interface RotateRun {
  readonly world: World
  readonly masker: Masker
  readonly options: RotateOptions
  /** Absolute. */
  readonly directory: string
  /** Who can answer; undefined where nobody can. */
  readonly prompter: Prompter | undefined
}

/** What was done so far, also where a later secret failed. */
export interface Rotated {
  readonly ids: SecretId[]
  readonly live: TakenStep[]
  readonly changed: Map<string, Applied['changed'][number]>
  backup: string | null
}

/**
 * Gives secrets new values in files, servers and containers, one secret after the other.
 * @returns the exit code
 */
export async function rotate(
  world: World,
  masker: Masker,
  options: RotateOptions,
  asked?: Prompter,
): Promise<number> {
  checkNames(options)
  const directory = await installDirectory(world, options.directory)
  const prompter = asked ?? (await somebodyToAsk(world, masker, options))
  const run: RotateRun = { world, masker, options, directory, prompter }
  if (options.dryRun) await sayInterrupted(world, masker, directory)
  else await endInterrupted(world, masker, directory)
  const seen = await seeStack(world, masker, directory)
  const ids = await chooseSecretIds(run, seen)
  refuseShell(seen, ids)
  if (seen.stack !== undefined) {
    await refuseOtherFolder(world, seen.stack, seen.case.install)
    await refuseForeignPasswords(seen.stack, seen.case.install)
    await refuseDrift(world, seen.stack, seen.case.install)
    await refuseLeftBehind(seen.stack, seen.case.install, ids)
  }
  const needed = await serversNeeded(seen, ids)
  const print = (text: string) => {
    const line = masker.mask(text)
    if (options.json) world.terminal.err(line)
    else world.terminal.out(line)
  }
  for (const line of rotatePlan(
    seen.case,
    ids,
    { needed, running: seen.stack !== undefined },
    world.terminal.columns,
  ))
    print(line)
  if (options.dryRun) {
    const file = { path: seen.case.install.envPath, kind: 'update' }
    const planned = { changed: new Map([[file.path, file]]), live: [], backup: null }
    if (options.json) world.terminal.out(rotateJson(masker, seen.case, planned))
    return exitCodes.done
  }
  await startNeeded(run, seen, needed)
  if (prompter !== undefined) await confirm(prompter)
  if (seen.stack !== undefined) print('Ctrl-C waits for the secret that is under way.')
  const done: Rotated = { ids: [], live: [], changed: new Map(), backup: null }
  const unwell: Failure[] = []
  const interrupts = world.interrupts.hold('finish')
  try {
    for (const id of ids) {
      print('')
      print(`${id}`)
      await rotateOne(run, seen, id, done, unwell, print)
      done.ids.push(id)
      if (interrupts.requested() && id !== ids.at(-1)) {
        throw new Failure(
          'canceled',
          `Canceled after ${done.ids.join(', ')}: the others are as they were.`,
        )
      }
    }
  } catch (error) {
    // What happened before is true all the same, and nobody says it later.
    if (options.json && (done.live.length > 0 || done.ids.length > 0)) {
      world.terminal.out(rotateJson(masker, seen.case, done))
    }
    if (done.ids.length > 0)
      world.terminal.err(masker.mask(`Rotated before that: ${done.ids.join(', ')}.`))
    sayUnwell(world, masker, unwell)
    throw error
  } finally {
    interrupts.release()
  }
  if (options.json) world.terminal.out(rotateJson(masker, seen.case, done))
  else {
    print('')
    print(`Rotated: ${done.ids.join(', ')}.`)
    if (done.backup !== null)
      print(
        `What was there before: .tracecat-harden/backups/${done.backup} (it holds the old secrets).`,
      )
  }
  return sayUnwell(world, masker, unwell)
}

/** Nobody, where the command line says so or no terminal is there. */
export async function somebodyToAsk(
  world: World,
  masker: Masker,
  { yes, json }: { readonly yes: boolean; readonly json: boolean },
): Promise<Prompter | undefined> {
  if (!world.terminal.interactive || yes || json) return undefined
  const { inquirerPrompter } = await import('../wizard/inquirer-prompter.ts')
  return inquirerPrompter(world, masker)
}

async function confirm(prompter: Prompter): Promise<void> {
  if (!(await prompter.yesNo({ message: 'Rotate now?', default: false }))) throw canceled()
}

/** A keyring takes two turns, each a whole change of its own. */
async function rotateOne(
  run: RotateRun,
  first: SeenStack,
  id: SecretId,
  done: Rotated,
  unwell: Failure[],
  print: (text: string) => void,
): Promise<void> {
  for (;;) {
    const { world, masker, directory } = run
    const seen = await seeStack(world, masker, directory)
    const renewal = renew(id, seen.case)
    if (renewal.kind === 'refused') throw new Failure('surroundings', `${id}: ${renewal.why}`)
    for (const value of renewal.values.values()) masker.learn(value)
    const changes = await planRotation(seen.around.read, id, renewal.values, world.now())
    const where = { world, masker, directory, unwell: (failure: Failure) => unwell.push(failure) }
    const progress: LiveProgress = liveProgress((line) => print(line.reveal()), masker, id)
    if (first.stack !== undefined) {
      const texts = new Map(
        changes.map(({ path, after }) => [
          path,
          after === undefined ? undefined : new TextDecoder().decode(after),
        ]),
      )
      await refuseDisagreement(await transitionBetween(where, new Map(), texts))
    }
    const applied = await applyPlan(world, directory, {
      command: 'rotate',
      changes,
      runBackup: done.backup ?? undefined,
      ...(first.stack === undefined
        ? {}
        : { live: { subjects: [id], makeSteps: stepsFromFiles(where), progress } }),
    }).finally(() => done.live.push(...progress.taken))
    done.backup ??= applied.backup
    for (const file of applied.changed) done.changed.set(file.path, file)
    if (id !== 'payload-keyring') return
    const ring = parseKeyring([...renewal.values.values()][0]?.reveal() ?? '')
    if (ring === undefined || !hasWaitingKey(ring)) return
  }
}
