import type { ComposeSource, ResolvedCompose } from './compose/model.ts'
import type { EnvFile } from './env-file/env-file.ts'

/** A text file of the install as it was read. */
export interface InstallFile {
  /** Relative to the install. */
  readonly path: string
  readonly text: string
  /** SHA-256 of the bytes, hex. */
  readonly hash: string
  readonly mode: number
}

/** One directory with a Tracecat Compose deployment, as read from disk (or as it would be after a plan). */
export interface Install {
  /** Absolute. */
  readonly directory: string
  /** Every file we read, by its path relative to the install. */
  readonly files: ReadonlyMap<string, InstallFile>
  /** Where Compose reads variables: `.env`, unless the containers were made with another. */
  readonly envPath: string
  readonly env: EnvFile | undefined
  /**
   * The variables as the file gives them. Compose lets those of its shell win; they are gone with that
   * shell, so that the file is what is judged and written, and the difference is reported.
   */
  readonly values: ReadonlyMap<string, string>
  /** The files that Compose loads, in order, our override included where it is one of them. */
  readonly sources: readonly ComposeSource[]
  /** The override that we write into. */
  readonly overridePath: string
  /** undefined where there is no Compose file. */
  readonly compose: ResolvedCompose | undefined
  /** The same without our override's file: what our edits are added to. */
  readonly base: ResolvedCompose | undefined
}

/** Where the files of ours lie in an install. */
export const ownPaths = {
  caddyfile: 'caddy/Caddyfile',
  stockCaddyfile: 'Caddyfile',
  answers: 'tracecat-harden.yaml',
  seccomp: 'seccomp/executor.json',
  trustBundle: 'certs/tracecat-harden-ca.crt',
  state: '.tracecat-harden',
  written: '.tracecat-harden/written.json',
  fingerprints: '.tracecat-harden/fingerprints.json',
  privileges: '.tracecat-harden/privileges.json',
  /** When each secret got its present value. */
  history: '.tracecat-harden/history.json',
  /** Copies of what we wrote last: what a vendor's update drops is put back from them. */
  lastEnv: '.tracecat-harden/last/env',
  lastCaddyfile: '.tracecat-harden/last/Caddyfile',
} as const
