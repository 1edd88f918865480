import type { Privileges } from '../answers/answers.ts'

/** Something only the world knows: known, or unknown with the reason. */
export type Fact<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string }

export function known<T>(value: T): Fact<T> {
  return { known: true, value }
}

export function unknown(why: string): { readonly known: false; readonly why: string } {
  return { known: false, why }
}

/** A container that Compose made, as Docker sees it. */
export interface Container {
  readonly id: string
  readonly name: string
  readonly service: string
  readonly project: string
  /** Made by `docker compose run`. */
  readonly oneOff: boolean
  /** As the Compose file names it. */
  readonly image: string
  /** What it really runs. */
  readonly imageId: string
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead'
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy'
  readonly exitCode: number
  readonly restarts: number
  /** The label `com.docker.compose.config-hash`: of the configuration that it was made from. */
  readonly configHash: string
  /** Absolute paths, from `com.docker.compose.project.config_files`. */
  readonly configFiles: readonly string[]
  /** Absolute path, from `com.docker.compose.project.environment_file`; undefined for the default. */
  readonly environmentFile: string | undefined
  readonly workingDirectory: string
  /** Its environment, secrets included. */
  readonly environment: ReadonlyMap<string, string>
  /** Docker's names of its networks, sorted. */
  readonly networks: readonly string[]
}

/** Has it processes? One that is paused or comes up again and again has. */
export function isUp({ state }: Pick<Container, 'state'>): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting'
}

/**
 * Was this stack ever started? `none`: Docker answered, or there is no Docker and no `.env`;
 * `exists`: a container, a volume or a data folder was found; `unknown`: nobody can say, so it is
 * taken as if data existed.
 */
export type DataFact =
  | { readonly state: 'none'; readonly why: string }
  /** `certain`: it is this very stack's; else another stack's on this host could look the same. */
  | { readonly state: 'exists'; readonly evidence: readonly string[]; readonly certain: boolean }
  | { readonly state: 'unknown'; readonly why: string }

/** The host that the containers run on. */
export interface HostFacts {
  readonly platform: NodeJS.Platform
  readonly appArmor: Fact<boolean>
  /** Ubuntu 23.10 and later: kernel.apparmor_restrict_unprivileged_userns=1. */
  readonly userNamespacesRestricted: Fact<boolean>
  readonly tunDevice: Fact<'usable' | 'absent' | 'not-accessible'>
  /** Its version, such as `6.1.0-13-amd64`. */
  readonly kernel?: Fact<string>
  /** What the Docker daemon does with the logs of a container that says nothing about it. */
  readonly logging?: Fact<{ readonly driver: string; readonly limited: boolean }>
}

/** How the level of privileges for the executor was found. */
export interface PrivilegesFact {
  readonly level: Privileges
  /**
   * `asked`: named in the answers; `probed`: a jail started with it; `assumed`: nothing could be tried;
   * `failed`: each level was tried, and with none a jail started.
   */
  readonly how: 'asked' | 'probed' | 'assumed' | 'failed'
  readonly why: string
}

/** A key that must never change, against the record of the last run. */
export interface KeyFact {
  /** `db-encryption-key`, or `payload-keyring:<id>` for one key of the keyring. */
  readonly part: string
  readonly state: 'same' | 'changed' | 'gone'
}

/** A run of ours that a crash stopped midway: its journal is still there. */
export interface InterruptedFact {
  readonly command: string
  /** ISO 8601, UTC. */
  readonly started: string
  /** What the next changing command will do about it. */
  readonly next: 'finish' | 'undo'
  readonly files: readonly string[]
}

/** A copy of `.env` that every user of the host may read. */
export interface OpenCopyFact {
  /** Relative to the install. */
  readonly path: string
  readonly mode: number
  /** Names of the secrets in it, at least one. */
  readonly holds: readonly string[]
}

export interface Facts {
  readonly docker: Fact<string>
  /** Containers of this stack; empty where there are none. */
  readonly containers: Fact<readonly Container[]>
  readonly data: DataFact
  /** The admin says that this stack was never started, or there is proof: stock credentials of volumes may be replaced. */
  readonly fresh: boolean
  readonly host: HostFacts
  readonly privileges: PrivilegesFact | undefined
  /** Variables of the admin's shell; they beat `.env`. */
  readonly shell: ReadonlyMap<string, string>
  /** Is the folder in a git checkout, and does it track `.env`? */
  readonly git: Fact<{
    readonly checkout: boolean
    readonly trackedEnv: boolean
    /** It is tracked no more, but some commit of the repository has it. */
    readonly envInHistory?: boolean
  }>
  /** Does the running Redis append to its file? Matters where the files dropped `--appendonly yes`. */
  readonly redisAppends: Fact<boolean>
  /** Left out by commands that change something: they refuse a changed key before any control looks. */
  readonly keys?: Fact<readonly KeyFact[]>
  /** The mode of the install's folder, its group's right to write only where others are in that group; left out where nobody looked. */
  readonly folderMode?: number
  /** Left out where nobody looked. */
  readonly openCopies?: readonly OpenCopyFact[]
  /** Left out where there is none; commands that change something end it first. */
  readonly interrupted?: InterruptedFact | 'damaged'
}
