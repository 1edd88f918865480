import type { Step } from '../apply/step.ts'
import type { Failure } from '../failure.ts'
import type { Install } from '../install/install.ts'
import type { Stack } from '../live/stack.ts'
import { type BundledLogin, bundledLogin, type ServerWithLogin } from '../servers/server.ts'
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

/** The live side of a server: one of these for each that has a password. */
export interface LiveServer {
  /**
   * What its new credential needs done.
   * @throws Failure('surroundings') where a running server cannot follow
   */
  steps(transition: Transition, change: LoginChange): readonly ServerSteps[]
  /**
   * Does it have what the files say, before that changes? Something that somebody changed by hand is found
   * here, and not by locking services out.
   * @throws Failure('surroundings') with what differs, and how to mend it
   */
  refuseOther(stack: Stack, install: Install, change: LoginChange): Promise<void>
  /** Services beside its own that have to run for that. */
  needs?(running: ReadonlySet<string>): readonly string[]
}

/** How services sign in to one server of the stack, before and after. */
export interface LoginChange {
  readonly server: ServerWithLogin
  readonly before: BundledLogin
  readonly after: BundledLogin
}

/** Where both sets of files have the server in the stack. */
export function loginChange(
  before: Install,
  after: Install,
  server: ServerWithLogin,
): LoginChange | undefined {
  const old = bundledLogin(before, server)
  const next = bundledLogin(after, server)
  return old === undefined || next === undefined ? undefined : { server, before: old, after: next }
}

/** Is the password, or the user, another one? */
export function changes({ before, after }: LoginChange): boolean {
  return before.password?.reveal() !== after.password?.reveal() || !before.user.equals(after.user)
}
