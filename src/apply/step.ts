import { Failure } from '../failure.ts'
import type { Masked } from '../secrets/masked.ts'

/**
 * One step of a plan. `state` asks the disk or the server, never our memory: recovery rests on it.
 * `run` and `undo` can be repeated safely.
 */
export interface Step {
  readonly id: string
  readonly label: Masked
  /** It takes longer than a person waits without a word. */
  readonly slow?: boolean
  state(): Promise<'before' | 'after' | 'unknown'>
  run(): Promise<void>
  undo?(): Promise<void>
}

/** What a plan does in running servers: some of it before the files are switched over, the rest after. */
export interface LiveSteps {
  readonly before: readonly Step[]
  readonly after: readonly Step[]
  /** Services that somebody had stopped, for the journal: midway nothing tells them from those that we began to recreate. */
  readonly stopped?: readonly string[]
}

/** What a plan's steps are made from. */
export interface PlanTexts {
  /** The texts of its files by path; undefined: there is no such file. */
  readonly before: ReadonlyMap<string, string | undefined>
  readonly after: ReadonlyMap<string, string | undefined>
  /** What the journal says of stopped services; undefined for a plan that is being made. */
  readonly stopped?: readonly string[] | undefined
}

/** Makes a plan's steps from what its journal keeps, so that a run after a crash makes the same ones. */
export type MakeSteps = (texts: PlanTexts) => Promise<LiveSteps>

export type StepStatus = 'done' | 'skipped' | 'failed' | 'undone'

/** Told of every step; `ms` is the time that it took. */
export interface Progress {
  begin(step: Step): void
  end(step: Step, status: StepStatus, ms: number): void
}

/** A server answered, and refuses what is new: the only reason to take a switched file back. */
export class DoesNotWork extends Failure {
  constructor(message: string, more: { remedy?: string } = {}) {
    super('surroundings', message, more)
  }
}

/** Takes a step that is not taken yet. Throws what it throws. */
export async function takeStep(step: Step, progress: Progress, now: () => Date): Promise<void> {
  await told(step, progress, now, async () => {
    if ((await step.state()) === 'after') return 'skipped'
    await step.run()
    return 'done'
  })
}

/** Takes a step back. Throws what it throws. */
export async function takeBack(step: Step, progress: Progress, now: () => Date): Promise<void> {
  if (step.undo === undefined) return
  await told(step, progress, now, async () => {
    await step.undo?.()
    return 'undone'
  })
}

/** Tells when a step begins and how it ends. */
async function told(
  step: Step,
  progress: Progress,
  now: () => Date,
  act: () => Promise<StepStatus>,
): Promise<void> {
  progress.begin(step)
  const start = now().getTime()
  let status: StepStatus = 'failed'
  try {
    status = await act()
  } finally {
    progress.end(step, status, now().getTime() - start)
  }
}

export const noProgress: Progress = { begin: () => undefined, end: () => undefined }

/** A file to write, seen from the install's folder. */
export interface FileChange {
  /** Relative to the install, with `/`. */
  readonly path: string
  /** SHA-256 (hex) of what the plan was made from; 'absent' where there was no file. */
  readonly before: string | 'absent'
  /** undefined: the file is removed. */
  readonly after: Uint8Array | undefined
  /** Mode of the written file, such as 0o600. */
  readonly mode: number
}
