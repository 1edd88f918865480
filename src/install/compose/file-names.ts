import { posix } from 'node:path'
import { Failure } from '../../failure.ts'

const baseNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']

const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]

/** Where we write if the folder has no override of its own. */
export const defaultOverride = 'docker-compose.override.yml'

/** Where we write if COMPOSE_FILE leaves an override out that lies there: to name it would wake it. */
const spareOverride = 'docker-compose.tracecat-harden.yml'

export interface ComposeFileNames {
  /** What Compose loads, in the order in which it merges; empty where there is no base file. */
  readonly files: readonly string[]
  /** Entries of COMPOSE_FILE that are no file of this disk: stdin, a git or OCI address. */
  readonly remote: readonly string[]
  readonly chosenBy: 'COMPOSE_FILE' | 'default'
  /** The override to write into. */
  readonly override: {
    readonly file: string
    /** Whether Compose loads it once it is there; if not, COMPOSE_FILE must name it. */
    readonly loaded: boolean
    /** Whether nothing that Compose loads comes after it. */
    readonly last: boolean
  }
  /** Overrides on disk that Compose does not load, though their names look as if it did. */
  readonly ignoredOverrides: readonly string[]
  /** Further base files on disk: Compose loads one, and warns. */
  readonly ignoredBases: readonly string[]
}

/**
 * Which files `docker compose` loads in a folder when no `-f` is given. The preferred base is
 * compose.yaml, then compose.yml, docker-compose.yml, docker-compose.yaml; of the overrides one
 * is loaded, compose.override.yml, then .yaml, docker-compose.override.yml, then .yaml, whatever
 * the base is called. COMPOSE_FILE replaces all of that. Measured with Compose 2.40.
 *
 * @param env the values of `.env`
 * @param shell the environment of the command, which beats `.env`
 * @param present the names of the files in the folder
 * @param ours those that we made: to name one wakes nothing that the admin left out
 * @throws Failure('badInput') for an empty entry in COMPOSE_FILE, on which Compose fails
 */
export function composeFileNames(
  env: ReadonlyMap<string, string>,
  shell: ReadonlyMap<string, string>,
  present: readonly string[],
  ours: readonly string[] = [],
): ComposeFileNames {
  const composeFile = shell.get('COMPOSE_FILE') ?? env.get('COMPOSE_FILE')
  const isThere = (name: string): boolean => present.includes(name)
  if (composeFile === undefined) return byDefault(isThere)
  const given = shell.get('COMPOSE_PATH_SEPARATOR') ?? env.get('COMPOSE_PATH_SEPARATOR') ?? ''
  return named(composeFile.split(given === '' ? posix.delimiter : given), isThere, ours)
}

function byDefault(isThere: (name: string) => boolean): ComposeFileNames {
  const [base, ...ignoredBases] = baseNames.filter(isThere)
  const [override, ...ignored] = overrideNames.filter(isThere)
  const files = base === undefined ? [] : override === undefined ? [base] : [base, override]
  return {
    files,
    remote: [],
    chosenBy: 'default',
    override: { file: override ?? defaultOverride, loaded: true, last: true },
    ignoredOverrides: ignored,
    ignoredBases,
  }
}

function named(
  entries: readonly string[],
  isThere: (name: string) => boolean,
  ours: readonly string[],
): ComposeFileNames {
  if (entries.includes('')) {
    throw new Failure('badInput', 'COMPOSE_FILE has an empty entry, on which Compose fails', {
      remedy: 'Name a file there, or remove COMPOSE_FILE from .env and the shell.',
    })
  }
  const remote = entries.filter(isRemote)
  const files = entries.filter((entry) => !isRemote(entry))
  const loads = (name: string): boolean => files.some((file) => posix.normalize(file) === name)
  const candidates = [...overrideNames, spareOverride]
  const loaded = files.findLast((file) => candidates.includes(posix.normalize(file)))
  const isAdmins = isThere(defaultOverride) && !ours.includes(defaultOverride)
  const fresh = isAdmins ? spareOverride : defaultOverride
  return {
    files,
    remote,
    chosenBy: 'COMPOSE_FILE',
    override: {
      file: loaded ?? fresh,
      loaded: loaded !== undefined,
      last: loaded !== undefined && entries.at(-1) === loaded,
    },
    ignoredOverrides: overrideNames.filter((name) => isThere(name) && !loads(name)),
    ignoredBases: [],
  }
}

function isRemote(entry: string): boolean {
  return entry === '-' || /^(?:oci|git|ssh|https?):\/\/|^git@|^github\.com\//.test(entry)
}
