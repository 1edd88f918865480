import type { Progress, Step, StepStatus } from '../apply/step.ts'
import type { Masked } from '../secrets/masked.ts'
import type { Masker } from '../secrets/masker.ts'

/** A step in running servers that was taken, for the document of `--json`. */
export interface TakenStep {
  readonly step: string
  readonly status: 'done' | 'skipped' | 'failed'
}

export interface LiveProgress extends Progress {
  readonly taken: readonly TakenStep[]
}

const words: Readonly<Record<StepStatus, string>> = {
  done: 'done',
  skipped: 'was done',
  failed: 'failed',
  undone: 'undone',
}

/**
 * Says each step when it ends, with the time that it took; a slow one also when it begins.
 * @param subject what is changed, for the document: `postgres`
 */
export function liveProgress(
  print: (line: Masked) => void,
  masker: Masker,
  subject: string,
): LiveProgress {
  const taken: TakenStep[] = []
  const line = (word: string, time: string, { label }: Step) =>
    print(masker.mask(`  ${word.padEnd(8)}  ${time.padStart(7)}  ${label.reveal()}`))
  return {
    taken,
    begin(step) {
      if (step.slow === true) line('now', '', step)
    },
    end(step, status, ms) {
      taken.push({
        step: `${subject}: ${step.id}`,
        status: status === 'undone' ? 'failed' : status,
      })
      line(words[status], `${(ms / 1000).toFixed(1)} s`, step)
    },
  }
}
