import type { Container } from '../controls/facts.ts'
import type { ProcessResult } from '../world/process.ts'

export interface RunOptions {
  /** Handed over by name only, so that no value is in an argument list. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly timeoutMs?: number
}

/** One Compose project and its containers. Every method throws a Failure ('surroundings') where Docker does not answer. */
export interface Stack {
  readonly project: string
  now(): Date
  /** Does nothing for so many milliseconds. */
  pause(milliseconds: number): Promise<void>
  /** What a person types in the folder of the install to reach this stack: `docker compose`, with options where it needs some. */
  readonly command: string
  /** Containers of all services, one-off ones left out, sorted by service. */
  containers(): Promise<readonly Container[]>
  /**
   * By service, what `config-hash` would be if the container were made now.
   * @param variables win over `.env`, as a shell's do
   */
  configHashes(variables?: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>>
  /**
   * Recreates those of the services whose configuration changed; no others, no builds, no pulls.
   * @param how `create` leaves them stopped
   * @param which `anew`: all of them are recreated, changed or not
   */
  up(
    services: readonly string[],
    how: 'start' | 'create',
    which?: 'changed' | 'anew',
  ): Promise<void>
  /** Stops and starts containers as they are. */
  restart(services: readonly string[]): Promise<void>
  /** Runs a program in a container. A failing program is no error. */
  exec(
    container: Container,
    command: readonly [string, ...string[]],
    options?: RunOptions,
  ): Promise<ProcessResult>
  /** Runs a program of the container's image in another container on its first network, which goes at the end. */
  runBeside(
    container: Container,
    command: readonly [string, ...string[]],
    options?: RunOptions,
  ): Promise<ProcessResult>
  /** The last lines that it printed, both streams. */
  logs(container: Container, lines: number): Promise<string>
}
