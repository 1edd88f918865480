import type { Masked } from '../secrets/masked.ts'

/**
 * One step of a plan. `state` asks the disk or the server, never our memory: recovery rests on it.
 * `run` and `undo` can be repeated safely.
 */
export interface Step {
  readonly id: string
  readonly label: Masked
  state(): Promise<'before' | 'after' | 'unknown'>
  run(): Promise<void>
  undo?(): Promise<void>
}

/** Takes every step that is not taken yet, in order. Throws what the first failing one throws. */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  for (const step of steps) if ((await step.state()) !== 'after') await step.run()
}

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
