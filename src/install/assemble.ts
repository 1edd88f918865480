import { posix } from 'node:path'
import { attempt, Failure } from '../failure.ts'
import type { ComposeSource, ResolvedCompose } from './compose/model.ts'
import { resolveCompose } from './compose/resolve.ts'
import { parseEnvFile } from './env-file/parse.ts'
import { lastingValues, type Shell, setIn } from './env-file/resolve.ts'
import type { Install, InstallFile } from './install.ts'

export interface InstallParts {
  /** Absolute. */
  readonly directory: string
  readonly files: ReadonlyMap<string, InstallFile>
  readonly envPath: string
  /** The Compose files in the order in which Compose merges them. */
  readonly sourcePaths: readonly string[]
  readonly overridePath: string
  /** Our own environment: references in `.env` and Compose files see it. */
  readonly shell: Shell
  /** What `.env` will be made from where there is none: the Compose files cannot be read without values. */
  readonly envExample?: string
  /**
   * What a required variable (`${NAME:?...}`) without a value does: stop, as Compose does, or count as
   * set, since a plan is about to set it. A vendor's update drops variables that our override demands.
   */
  readonly missing?: 'stop' | 'count-as-set'
  /** The override as it would be without us; without it, none of it counts as the admin's. */
  readonly overrideWithoutUs?: string
}

/**
 * Parses what was read into an install; also used on the files that a plan would write.
 * @throws Failure('badInput') with file and line for anything that Compose would not read
 */
export function assembleInstall(parts: InstallParts): Install {
  const envText = parts.files.get(parts.envPath)?.text
  const env = envText === undefined ? undefined : parseEnvFile(envText, parts.envPath)
  const values = env === undefined ? new Map<string, string>() : lastingValues(env, parts.shell)
  const sources = parts.sourcePaths.map((file) => ({ file, text: textOf(parts, file) }))
  const isLoaded = sources.some(({ file }) => samePath(file, parts.overridePath))
  const assumed =
    env ??
    (parts.envExample === undefined ? undefined : parseEnvFile(parts.envExample, '.env.example'))
  const assumedValues = assumed === undefined ? values : lastingValues(assumed, parts.shell)
  const resolve = (from: readonly ComposeSource[]) => resolveSources(parts, assumedValues, from)
  const compose = resolve(sources)
  return {
    directory: parts.directory,
    files: parts.files,
    envPath: parts.envPath,
    env,
    values,
    sources,
    overridePath: parts.overridePath,
    compose,
    base: isLoaded ? resolveBase(parts, sources, resolve) : compose,
  }
}

/** What the admin has: of our override, what stood there before us or beside us. */
function resolveBase(
  { overridePath, overrideWithoutUs = '' }: InstallParts,
  sources: readonly ComposeSource[],
  resolve: (from: readonly ComposeSource[]) => ResolvedCompose | undefined,
): ResolvedCompose | undefined {
  const isOurs = ({ file }: ComposeSource) => samePath(file, overridePath)
  const others = sources.filter((source) => !isOurs(source))
  if (overrideWithoutUs.trim() === '') return resolve(others)
  const withoutUs = sources.map((source) =>
    isOurs(source) ? { ...source, text: overrideWithoutUs } : source,
  )
  // What the admin added may need something of ours, such as a volume: then only the other files count.
  return attempt(
    () => resolve(withoutUs),
    () => resolve(others),
  )
}

function resolveSources(
  parts: InstallParts,
  values: ReadonlyMap<string, string>,
  sources: readonly ComposeSource[],
): ResolvedCompose | undefined {
  if (sources.length === 0) return undefined
  const lookup = new Map([...setIn(parts.shell), ...values])
  for (const name of parts.missing === 'count-as-set' ? requiredNames(sources) : []) {
    if ((lookup.get(name) ?? '') === '') lookup.set(name, 'to-be-set')
  }
  return resolveCompose(sources, lookup, { projectDirectory: parts.directory })
}

function requiredNames(sources: readonly ComposeSource[]): readonly string[] {
  return sources.flatMap(({ text }) =>
    [...text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*):?\?/g)].map((match) => match[1] ?? ''),
  )
}

function textOf(parts: InstallParts, file: string): string {
  const found = parts.files.get(file)
  if (found === undefined)
    throw new Failure('badInput', `The Compose file ${file} does not exist.`, { where: { file } })
  return found.text
}

function samePath(a: string, b: string): boolean {
  return posix.normalize(a) === posix.normalize(b)
}
