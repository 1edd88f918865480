import { pendingJournal, type Recovered, type Resume, recover } from '../apply/recover.ts'
import { exitCodes, Failure } from '../failure.ts'
import { describeFailure } from '../report/failure-text.ts'
import { liveProgress } from '../report/live-progress.ts'
import { withSafeLog } from '../report/safe-log.ts'
import type { Masker } from '../secrets/masker.ts'
import { canceled } from '../wizard/prompter.ts'
import { load } from '../world/loading.ts'
import type { World } from '../world/world.ts'

/** How a run that a crash interrupted in running servers is ended; loaded when there is one. */
function resumeIn(world: World, masker: Masker, directory: string): Resume {
  const unwell = (failure: Failure) => void sayUnwell(world, masker, [failure])
  return {
    progress: liveProgress((line) => world.terminal.err(line), masker, 'earlier'),
    async makeSteps(texts) {
      const { stepsFromFiles } = await load(() => import('../stack/steps-from-files.ts'))
      return await stepsFromFiles({ world, masker, directory, unwell })(texts)
    },
  }
}

/**
 * Ends what an earlier run left behind, and says so. Before anything else that changes something.
 * @throws Failure('canceled') where Ctrl-C came meanwhile: it waited for that, and nothing new is begun
 */
export async function endInterrupted(
  world: World,
  masker: Masker,
  directory: string,
): Promise<'nothing' | Recovered> {
  const interrupts = world.interrupts.hold('finish')
  try {
    const recovered = await recover(world, directory, resumeIn(world, masker, directory))
    if (recovered !== 'nothing') sayRecovered(world, masker, recovered)
    if (interrupts.requested())
      throw recovered === 'nothing'
        ? canceled()
        : new Failure('canceled', 'Canceled: nothing else was changed.')
    return recovered
  } finally {
    interrupts.release()
  }
}

function sayRecovered(world: World, masker: Masker, recovered: Recovered): void {
  const { command, live, outcome } = recovered
  const what = live === null || live.length === 0 ? command : `${command} (${live.join(', ')})`
  world.terminal.err(
    masker.mask(
      `An earlier ${what} was interrupted: its changes were ${outcome === 'finished' ? 'finished' : 'taken back'}.`,
    ),
  )
}

/** For a run that only looks: what it shows may be half of an earlier one. */
export async function sayInterrupted(
  world: World,
  masker: Masker,
  directory: string,
): Promise<void> {
  const pending = await pendingJournal(world, directory)
  if (pending === undefined) return
  const said =
    pending === 'damaged'
      ? 'The journal of an earlier run is damaged: the next run without --dry-run says more.'
      : `An earlier ${pending.command} stopped midway: the next run without --dry-run ${pending.next === 'finish' ? 'finishes it' : 'takes it back'} first.`
  world.terminal.err(masker.mask(said))
}

/** Services that did not come up, each once, with the end of their logs. @returns the exit code */
export function sayUnwell(world: World, masker: Masker, unwell: readonly Failure[]): number {
  for (const failure of new Map(unwell.map((one) => [one.message, one])).values()) {
    const lines = describeFailure(withSafeLog(failure, masker), world.terminal.columns, masker)
    world.terminal.err(masker.mask(lines.join('\n')))
  }
  return unwell.length > 0 ? exitCodes.findings : exitCodes.done
}
