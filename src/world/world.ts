import type { Purpose } from './enter.ts'
import type { Files, Owner } from './files.ts'
import type { Network } from './network.ts'
import type { Interrupts, Processes } from './process.ts'
import type { Terminal } from './terminal.ts'
import type { Thread } from './threads.ts'

/** Everything outside of the program, in one value, so that tests and `--offline` can replace parts of it. */
export interface World {
  readonly files: Files
  readonly processes: Processes
  readonly network: Network
  readonly terminal: Terminal
  readonly interrupts: Interrupts
  /** A thread with one of our own programs; gives none where the machine has one processor. */
  readonly startThread?: <Request, Answer>(
    program: string,
  ) => Promise<Thread<Request, Answer> | undefined>
  /** The environment that we were started with: Compose would see it too. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  /** Who owns what we create. */
  readonly owner: Owner | undefined
  readonly processId: number
  /**
   * Goes into an install: there, files are read and written with the rights of who owns its folder, and only
   * below it, through no link that somebody else made.
   * @param purpose `change` is refused as root where somebody else could lead it elsewhere
   * @param named paths that the command line names
   * @throws Failure('surroundings') where that is so
   */
  inside<T>(
    directory: string,
    purpose: Purpose,
    named: readonly string[],
    act: (world: World) => Promise<T>,
  ): Promise<T>
  now(): Date
  /** Does nothing for so many milliseconds. */
  pause(milliseconds: number): Promise<void>
  /** The certificates of public authorities, PEM, as this Node ships them. */
  publicAuthorities(): readonly string[]
}
