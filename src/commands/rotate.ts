import { exitCodes } from '../failure.ts'
import { rotateJson } from '../report/rotate/json.ts'
import { rotatePlan } from '../report/rotate/text.ts'
import { refuseUnready } from '../rotation/refuse-unready.ts'
import type { Masker } from '../secrets/masker.ts'
import { serversNeeded } from '../stack/needs.ts'
import { seeStack } from '../stack/see-stack.ts'
import { canceled, type Prompter } from '../wizard/prompter.ts'
import type { World } from '../world/world.ts'
import { endInterrupted, sayInterrupted, sayUnwell } from './resume.ts'
import { checkNames, chooseSecretIds } from './rotate/choose.ts'
import type { RotateOptions, RotateRun } from './rotate/options.ts'
import { type Rotated, takeTurns } from './rotate/turns.ts'
import { runInside } from './run.ts'
import { startNeeded } from './start-needed.ts'

/**
 * Gives secrets new values in files, servers and containers, one secret after the other.
 * @returns the exit code
 */
export async function rotate(
  outside: World,
  masker: Masker,
  options: RotateOptions,
  asked?: Prompter,
): Promise<number> {
  checkNames(options)
  return await runInside(outside, masker, options, asked, rotateHere)
}

async function rotateHere(run: RotateRun): Promise<number> {
  const { world, masker, options, directory, prompter, print } = run
  if (options.dryRun) await sayInterrupted(world, masker, directory)
  else await endInterrupted(world, masker, directory)
  const seen = await seeStack(world, masker, directory)
  const ids = await chooseSecretIds(run, seen)
  await refuseUnready(world, seen, ids)
  const needed = await serversNeeded(seen, ids)
  const running = seen.stack !== undefined
  const plan = rotatePlan(seen.case, ids, { needed, running }, world.terminal.columns)
  for (const line of plan) print(line)
  if (options.dryRun) {
    const file = { path: seen.case.install.envPath, kind: 'update' }
    const planned = { changed: new Map([[file.path, file]]), live: [], backup: null }
    if (options.json) world.terminal.out(rotateJson(masker, seen.case, planned))
    return exitCodes.done
  }
  await startNeeded(run, seen, needed)
  if (prompter !== undefined) await confirm(prompter)
  if (running) print('Ctrl-C waits for the secret that is under way.')
  const done = await takeTurns(run, seen, ids, needed.length > 0)
  if (options.json) world.terminal.out(rotateJson(masker, seen.case, done))
  else sayDone(run, done)
  return sayUnwell(world, masker, done.unwell)
}

async function confirm(prompter: Prompter): Promise<void> {
  if (!(await prompter.yesNo({ message: 'Rotate now?', default: false }))) throw canceled()
}

function sayDone({ print }: RotateRun, { ids, backup }: Rotated): void {
  print('')
  print(`Rotated: ${ids.join(', ')}.`)
  if (backup !== null)
    print(`What was there before: .tracecat-harden/backups/${backup} (it holds the old secrets).`)
}
