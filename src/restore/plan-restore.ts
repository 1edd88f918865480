import type { FileChange } from '../apply/step.ts'
import { Failure } from '../failure.ts'
import { parseEnvFile } from '../install/env-file/parse.ts'
import { lastingValues, type Shell } from '../install/env-file/resolve.ts'
import { ownPaths } from '../install/install.ts'
import { sha256 } from '../live/read-files.ts'
import { type KeptValues, restoredEnv } from '../plan/env/restored-env.ts'
import { parseHistory, renderHistory, withChanged } from '../plan/history.ts'
import { parseRecord, renderRecord } from '../plan/record.ts'
import type { SecretId } from '../secrets/catalogue.ts'
import { changedSecrets, type Weakness, weakSecrets } from '../stack/restored-secrets.ts'
import { parseFingerprints, updateFingerprints } from '../surroundings/fingerprints.ts'
import {
  type OldContent,
  type PresentFile,
  type RestoredFile,
  restoredFile,
} from './restored-file.ts'

/** What the files say now. */
export interface FilesNow {
  readonly envPath: string
  /** The override that we write into. */
  readonly overridePath: string | undefined
  /** What `.env` says today, or what is left of it elsewhere. */
  readonly values: ReadonlyMap<string, string>
  readonly shell: Shell
  /** The databases may hold passwords, and keep them. */
  readonly keepDatabases: boolean
}

export interface RestoreInput extends FilesNow {
  /** By path: everything that was changed since. */
  readonly old: ReadonlyMap<string, OldContent>
  /** By path: those of `old` and those of `alwaysRead` that exist. */
  readonly present: ReadonlyMap<string, PresentFile>
  readonly now: Date
}

export interface RestorePlan {
  /** Files that change, ours in the state folder last. */
  readonly changes: readonly (FileChange & { readonly present: Uint8Array | undefined })[]
  /** Secrets that get another value. */
  readonly secrets: readonly SecretId[]
  /** Those of them that are no good secrets then. */
  readonly weak: ReadonlyMap<SecretId, Weakness>
  /** What `.env` says afterwards. */
  readonly values: ReadonlyMap<string, string>
  readonly kept: KeptValues
  /** Files that run made, and somebody has changed since: they stay. */
  readonly stay: readonly string[]
  /** Files that lose what somebody wrote into them since; it is in the new backup. */
  readonly editedSince: readonly string[]
}

/** What has to be read besides the files of the backups. */
export function alwaysRead(envPath: string): readonly string[] {
  const { lastEnv, written, history, fingerprints } = ownPaths
  return [envPath, lastEnv, written, history, fingerprints]
}

const secretMode = 0o600
const groupReads = 0o040

/**
 * The files that bring an install back to how it was, without what must never be lost.
 * @throws Failure('badInput') where there was no install yet, or an old file cannot be read
 */
export async function planRestore(input: RestoreInput): Promise<RestorePlan> {
  const { old, present, envPath, shell, now } = input
  const textOf = (path: string) => decode(present.get(path)?.bytes)
  const oldTextOf = (path: string) => decode(contentOf(input, path))
  const envText = oldTextOf(envPath)
  if (envText === undefined) throw noInstallYet(envPath, old.get(envPath)?.backup)
  const env = restoredEnv({
    old: parseEnvFile(envText, envPath),
    record: parseRecord(oldTextOf(ownPaths.written), ownPaths.written),
    present: input.values,
    shell,
    keepDatabases: input.keepDatabases,
  })
  const values = lastingValues(env.env, shell)
  const secrets = changedSecrets(input.values, values)
  const texts = new Map<string, string | undefined>([
    [envPath, env.env.text],
    [ownPaths.lastEnv, env.env.text],
    [ownPaths.written, env.record.size === 0 ? undefined : renderRecord(env.record)],
  ])
  if (secrets.length > 0) {
    const history = withChanged(parseHistory(textOf(ownPaths.history)), secrets, now)
    texts.set(ownPaths.history, renderHistory(history))
  }
  const fingerprints = await updateFingerprints(
    parseFingerprints(textOf(ownPaths.fingerprints)),
    values,
  )
  if (fingerprints !== undefined) texts.set(ownPaths.fingerprints, fingerprints)
  const others = otherFiles(input, new Set([...texts.keys(), ...neverGoBack]))
  const wanted = new Map<string, Wanted>([
    ...others.flatMap(({ path, file }) => (file.kind === 'stays' ? [] : [[path, file] as const])),
    ...[...texts].map(([path, text]) => [path, secret(input, path, text)] as const),
  ])
  return {
    changes: changesTo(wanted, present),
    secrets,
    weak: weakSecrets(secrets, values),
    values,
    kept: env.kept,
    stay: others.flatMap(({ path, file }) => (file.kind === 'stays' ? [path] : [])),
    editedSince: [
      ...others.flatMap(({ path, file }) => (file.kind !== 'stays' && file.edited ? [path] : [])),
      ...(envWasEdited(input) ? [envPath] : []),
    ],
  }
}

interface Wanted {
  readonly bytes: Uint8Array | undefined
  readonly mode: number
}

/** They keep the backups, with all their secrets, out of repositories and images; and only ever gain. */
const neverGoBack = ['.gitignore', '.dockerignore', ownPaths.history, ownPaths.fingerprints]

function otherFiles(
  input: RestoreInput,
  done: ReadonlySet<string>,
): readonly { readonly path: string; readonly file: RestoredFile }[] {
  const record = decode(input.present.get(ownPaths.written)?.bytes)
  return [...input.old.values()]
    .filter(({ path }) => !done.has(path))
    .map((old) => {
      const present = input.present.get(old.path)
      const isOverride = old.path === input.overridePath
      return {
        path: old.path,
        file: restoredFile(old, present, isOverride ? { record } : undefined),
      }
    })
}

/** Only its owner reads what holds secrets; the group of an existing `.env` keeps its right. */
function secret(input: RestoreInput, path: string, text: string | undefined): Wanted {
  const before = input.old.get(path)?.before
  const mode = input.present.get(path)?.mode ?? (typeof before === 'object' ? before.mode : 0)
  return {
    bytes: text === undefined ? undefined : new TextEncoder().encode(text),
    mode: path === input.envPath ? secretMode | (mode & groupReads) : secretMode,
  }
}

/** As it was; as it is, where no run changed it since. */
function contentOf({ old, present }: RestoreInput, path: string): Uint8Array | undefined {
  const file = old.get(path)
  return file === undefined ? present.get(path)?.bytes : file.bytes
}

/** Several rotations in one run leave one backup: what was written last is told by our copy. */
function envWasEdited({ old, present, envPath }: RestoreInput): boolean {
  const now = present.get(envPath)?.bytes
  const written = old.get(envPath)?.written
  if (now === undefined || written === undefined || written.has(sha256(now))) return false
  return decode(now) !== decode(present.get(ownPaths.lastEnv)?.bytes)
}

function changesTo(
  wanted: ReadonlyMap<string, Wanted>,
  present: RestoreInput['present'],
): RestorePlan['changes'] {
  const changes = [...wanted].flatMap(([path, { bytes, mode }]) => {
    const now = present.get(path)
    const hash = now === undefined ? 'absent' : sha256(now.bytes)
    const isSame =
      bytes === undefined ? now === undefined : hash === sha256(bytes) && now?.mode === mode
    return isSame ? [] : [{ path, before: hash, after: bytes, mode, present: now?.bytes }]
  })
  const isState = ({ path }: FileChange) => path.startsWith(`${ownPaths.state}/`)
  return changes.sort(
    (a, b) => Number(isState(a)) - Number(isState(b)) || (a.path < b.path ? -1 : 1),
  )
}

function decode(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined
    ? undefined
    : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

function noInstallYet(envPath: string, backup: string | undefined): Failure {
  return new Failure(
    'badInput',
    `There was no ${envPath} before the run that made ${backup ?? 'this backup'}: there is no install to go back to.`,
    {
      remedy: `${envPath} holds keys that must not be lost, so that restore never removes it. Nothing was changed.`,
    },
  )
}
