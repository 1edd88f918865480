import type { Step } from '../apply/step.ts'
import type { Failure } from '../failure.ts'
import type { Install } from '../install/install.ts'
import type { Stack } from '../live/stack.ts'
import type { World } from '../world/world.ts'

/** A running stack on its way from the files that it was started with to others. */
export interface Transition {
  readonly world: World
  readonly stack: Stack
  /** The same containers, with the files as they were: for the way back. */
  readonly oldStack: Stack
  readonly before: Install
  readonly after: Install
  /** Services that somebody had stopped before this began: they are made anew, and not started. */
  readonly stopped: ReadonlySet<string>
  /** Told of services that do not come up, with all credentials in order: no reason to stop midway. */
  readonly unwell: (failure: Failure) => void
}

/** What a credential of one server needs done around the switch of the files. */
export interface ServerSteps {
  /** While the old files count: the new credential is made valid, and tried. */
  readonly before: readonly Step[]
  /** When everybody runs with the new files: tried again, the old one ended. */
  readonly after: readonly Step[]
  /** Its container comes last: it takes both credentials until then. */
  readonly last?: string
}
