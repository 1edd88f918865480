import type { Where } from '../../failure.ts'

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json }

/** A Compose file as text, in the order in which Compose merges them. */
export interface ComposeSource {
  /** The name to show, relative to the install: `docker-compose.yml`. */
  readonly file: string
  readonly text: string
}

export interface Port {
  readonly hostIp: string | undefined
  /** As Compose prints it: a number, or a range; undefined for a random port. */
  readonly published: string | undefined
  readonly target: number
  readonly protocol: string
}

export interface Mount {
  readonly type: string
  readonly source: string | undefined
  readonly target: string
  readonly readOnly: boolean
}

/** A service after merging and substitution, in the words of `docker compose config`. */
export interface Service {
  readonly name: string
  readonly image: string | undefined
  readonly containerName: string | undefined
  /** undefined: the image's own; a string is split as Compose does. */
  readonly command: readonly string[] | undefined
  readonly entrypoint: readonly string[] | undefined
  /** null: passed on from the shell without a value. */
  readonly environment: ReadonlyMap<string, string | null>
  readonly ports: readonly Port[]
  readonly mounts: readonly Mount[]
  readonly networks: readonly string[]
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  readonly securityOpt: readonly string[]
  /** `source:target`, with `:permissions` where they are not `rwm`. */
  readonly devices: readonly string[]
  readonly privileged: boolean
  readonly readOnly: boolean
  readonly user: string | undefined
  readonly restart: string | undefined
  /** `['NONE']` for a disabled check; undefined: the image's own. */
  readonly healthcheckTest: readonly string[] | undefined
  readonly dependsOn: ReadonlyMap<string, { readonly condition: string }>
  /** `configs:` of the service: source to target. */
  readonly configs: readonly { readonly source: string; readonly target: string }[]
  readonly extraHosts: readonly string[]
  /** `host` takes the service out of the stack's networks; undefined: it is in `networks`. */
  readonly networkMode: string | undefined
  /** `host` shows it the host's processes; undefined: its own. */
  readonly pid: string | undefined
  readonly logging: Json | undefined
  /** Memory limit in bytes, from mem_limit or deploy.resources.limits.memory. */
  readonly memoryLimit: number | undefined
  readonly pidsLimit: number | undefined
  /** The merged, substituted mapping, for what has no field here. */
  readonly raw: { readonly [key: string]: Json }
}

export interface ComposeModel {
  /** The project name, where the files or `.env` set it. */
  readonly name: string | undefined
  /** What Compose calls the project, from the folder's name where nothing sets it. */
  readonly projectName: string
  readonly services: ReadonlyMap<string, Service>
  /** Services that no enabled profile starts: not in `services`. */
  readonly inactiveServices: readonly string[]
  /** Declared volumes: key to its merged mapping, `name` filled in as Compose names it. */
  readonly volumes: ReadonlyMap<string, Json>
  readonly networks: ReadonlyMap<string, Json>
  readonly configs: ReadonlyMap<string, Json>
}

/** Something we do not resolve (`include`, `extends`, a remote file): controls that read there are skipped. */
export interface Unresolved {
  readonly where: Where
  readonly what: string
}

export interface ResolvedCompose {
  readonly model: ComposeModel
  readonly unresolved: readonly Unresolved[]
  /** Variables that were used, unset, and had no default: Compose warns about each. */
  readonly unsetVariables: readonly string[]
  /** Where a path of the merged model was last set: file and line. */
  locate(path: readonly string[]): Where | undefined
}
