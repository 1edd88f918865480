export interface ProcessResult {
  /** Exit code; undefined where it was killed, timed out, or printed more than we keep. */
  readonly exitCode: number | undefined
  readonly timedOut: boolean
  readonly stdout: string
  readonly stderr: string
}

export interface ProcessOptions {
  readonly cwd?: string
  /** Added to our own environment: the way for secrets. undefined takes a variable of ours out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly stdin?: string
  /** As who owns the install, where we are root: for programs that what lies in its folder may steer. */
  readonly as?: 'owner'
  readonly timeoutMs: number
  /** KiB of address space for it and each of its children, where the system has such a limit: what it reads may grow. */
  readonly memoryKiB?: number
  /** Told once where it still runs after this time, so that nobody waits without a word. */
  readonly whenSlow?: { readonly afterMs: number; readonly tell: () => void }
}

/** Other programs. Arguments are visible to every user of the host: an argument that holds a learned secret is a fault and throws. */
export interface Processes {
  /** Runs to the end. `missing` where the program is not installed. Never throws for a failing program. */
  run(
    program: string,
    args: readonly string[],
    options: ProcessOptions,
  ): Promise<ProcessResult | 'missing'>
  /** Who a process is; `gone` where none has this id now. Asks this host only. */
  identity(processId: number): Promise<ProcessIdentity | 'gone'>
}

/** Process ids are used again, after a restart of the host and within one run: this tells two apart. */
export interface ProcessIdentity {
  readonly host: string
  /** Changes with every start of the host; empty where the system does not say. */
  readonly boot: string
  /** When the process started, in the system's own notation; empty where the system does not say. */
  readonly started: string
}

/** Ctrl-C and its kin: SIGINT, SIGTERM, SIGHUP. */
export interface Interrupts {
  /** From now until `release`, an interrupt does not end this program but is noted. */
  hold(kind: HoldKind): HeldInterrupts
}

/**
 * What becomes of other programs that run when an interrupt comes. `finish`: they run to their end, since
 * something would be half done without them. `note`: they are ended, since nobody waits for them any more.
 * Where both are held, `finish` counts.
 */
export type HoldKind = 'finish' | 'note'

export interface HeldInterrupts {
  /** Has one come since `hold`? */
  requested(): boolean
  release(): void
}
