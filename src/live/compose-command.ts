import type { ComposeFileNames } from '../install/compose/file-names.ts'
import { parseEnvFile, references } from '../install/env-file/parse.ts'
import type { Install } from '../install/install.ts'
import type { World } from '../world/world.ts'
import { readInstallFile } from './read-files.ts'

/** Which files make the project, and what Docker calls it. */
export interface StackTarget {
  /** Absolute. */
  readonly directory: string
  readonly project: string
  /** As Compose merges them, relative to the directory. */
  readonly files: readonly string[]
  /** Relative to the directory: `.env` where nobody chose another. */
  readonly envPath: string
  /** What Compose finds by itself in the directory; undefined: just that. */
  readonly found?: { readonly project: string; readonly files: readonly string[] }
}

/** How Compose is told which stack is meant. */
export function targetOf(
  { install, names }: { readonly install: Install; readonly names: ComposeFileNames },
  project: string | undefined,
): StackTarget {
  const usual = install.compose?.model.projectName ?? ''
  return {
    directory: install.directory,
    project: project ?? usual,
    files: install.sources.map(({ file }) => file),
    envPath: install.envPath,
    found: { project: usual, files: names.files },
  }
}

/**
 * Variables that steer Compose itself. What they would choose comes from the target and from `.env`, whoever's
 * shell this is. `COMPOSE_COMPATIBILITY` stays, as the containers' names come from it.
 */
const steering = [
  'COMPOSE_FILE',
  'COMPOSE_PATH_SEPARATOR',
  'COMPOSE_PROJECT_NAME',
  'COMPOSE_PROFILES',
  'COMPOSE_ENV_FILES',
  'COMPOSE_DISABLE_ENV_FILE',
  'COMPOSE_STATUS_STDOUT',
  'COMPOSE_ANSI',
] as const

/** `include` and `extends` fetch nothing, and git is not run for them (Compose 2.40, pkg/remote). */
export const nothingRemote = {
  COMPOSE_EXPERIMENTAL_GIT_REMOTE: 'false',
  COMPOSE_EXPERIMENTAL_OCI_REMOTE: 'false',
} as const

/**
 * Given to Compose, where they also beat `.env`: there, `COMPOSE_REMOVE_ORPHANS=1` makes an `up` of one service
 * remove every container that these files do not name (measured with Compose 2.40).
 */
const given = {
  COMPOSE_REMOVE_ORPHANS: 'false',
  COMPOSE_IGNORE_ORPHANS: 'true',
  COMPOSE_PROGRESS: 'quiet',
  ...nothingRemote,
} as const

/** Programs need these to start, and Docker's client to find its engine: they are the shell's, whatever `.env` says. */
function isShells(name: string): boolean {
  return /^(?:PATH|HOME|DOCKER_.*)$/.test(name)
}

/**
 * Does a variable steer programs themselves: the loader (ld.so(8)), C's and Go's libraries, a shell, git, ssh,
 * Docker's client and its plugins? What `.env` says of these is for containers, never for a program of ours.
 */
export function steersPrograms(name: string): boolean {
  const families =
    /^(?:LD_|DYLD_|GLIBC_|MALLOC_|GCONV_|GO|CGO_|BASH|GIT_|SSH_|XDG_|COMPOSE_|DOCKER_|BUILDKIT_|BUILDX_|NODE_|PYTHON|PERL)/
  const single = new Set(['PATH', 'HOME', 'ENV', 'IFS', 'SHELL', 'TMPDIR', 'LOCPATH', 'NLSPATH'])
  return families.test(name) || single.has(name)
}

/**
 * `compose` and the options that choose the project. `.env` of the folder is not named: Compose reads it anyway,
 * and naming it leaves the label `project.environment_file` on the containers, which a plain
 * `docker compose up` does not (measured with Compose 2.40).
 */
export function composeArguments(target: StackTarget): readonly string[] {
  const { directory, project, files, envPath } = target
  return [
    'compose',
    '--project-name',
    project,
    '--project-directory',
    directory,
    ...(envPath === '.env' ? [] : ['--env-file', inDirectory(directory, envPath)]),
    ...files.flatMap((file) => ['--file', inDirectory(directory, file)]),
  ]
}

/** What a person types in the folder, who has no reason to name what Compose finds by itself. */
export function typedCompose({ project, files, envPath, found }: StackTarget): string {
  const isFound = found === undefined || found.files.join() === files.join()
  const options = [
    ...(found === undefined || found.project === project ? [] : ['-p', project]),
    ...(envPath === '.env' ? [] : ['--env-file', envPath]),
    ...(isFound ? [] : files.flatMap((file) => ['-f', file])),
  ]
  return ['docker compose', ...options.map(quoted)].join(' ')
}

function quoted(word: string): string {
  return /^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/**
 * What to change in our own environment for Compose. A variable of this shell does not stand in for one that
 * `.env` sets: it is gone with this shell, and a container would keep another password than the files.
 * @param variables win over `.env`
 * @throws Failure where `.env` cannot be read
 */
export async function composeEnvironment(
  world: World,
  target: StackTarget,
  variables: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string | undefined>>> {
  const out = [...steering, ...(await setByFile(world, target))]
  return { ...Object.fromEntries(out.map((name) => [name, undefined])), ...given, ...variables }
}

/** The names that `.env` gives a value of its own; a bare name, or one that refers to itself, asks for the shell's. */
async function setByFile(world: World, target: StackTarget): Promise<readonly string[]> {
  const file = await readInstallFile(world, target.directory, target.envPath)
  if (file === undefined) return []
  const env = parseEnvFile(file.text, target.envPath)
  const asking = env.assignments.filter(
    (one) => one.inherits || references(env, one).includes(one.name),
  )
  const shells = new Set(asking.map(({ name }) => name))
  return env.assignments.map(({ name }) => name).filter((n) => !shells.has(n) && !isShells(n))
}

function inDirectory(directory: string, path: string): string {
  return path.startsWith('/') ? path : `${directory}/${path}`
}
