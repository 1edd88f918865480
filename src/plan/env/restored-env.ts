import type { EnvFile } from '../../install/env-file/env-file.ts'
import { lastingValues, type Shell } from '../../install/env-file/resolve.ts'
import { keptInData, variablesOf } from '../../secrets/catalogue.ts'
import { isFernetKey } from '../../secrets/fernet.ts'
import { type Keyring, parseKeyring, renderKeyring } from '../../secrets/keyring.ts'
import { Secret } from '../../secrets/secret.ts'
import { encryptionKey, keyringName } from '../choose-secrets.ts'
import type { WrittenRecord } from '../record.ts'
import { changeValues } from './change-values.ts'

/** What databases keep in their volumes: `.env` only repeats it. */
const heldByDatabases = keptInData.flatMap(variablesOf)

/** What does not go back with a `.env`, and why that is worth a word. */
export interface KeptValues {
  /** The backup has another database encryption key, a real one. */
  readonly otherEncryptionKey: boolean
  /** Ids of payload keys that only the backup had: they are added. */
  readonly addedKeys: readonly string[]
  /** Ids under which the backup has another payload key: no keyring holds both. */
  readonly otherKeys: readonly string[]
  /** Names that keep what the databases hold. */
  readonly ofDatabases: readonly string[]
}

export interface RestoredEnv {
  readonly env: EnvFile
  readonly record: WrittenRecord
  readonly kept: KeptValues
}

export interface EnvToRestore {
  readonly old: EnvFile
  /** What belongs to it: what we had written of it then. */
  readonly record: WrittenRecord
  /** The values of today. */
  readonly present: ReadonlyMap<string, string>
  readonly shell: Shell
  /** The databases keep their passwords, so `.env` keeps them too. */
  readonly keepDatabases: boolean
}

/**
 * An old `.env` with what must never be lost: today's database encryption key, every payload key, and
 * what the databases hold where they stay as they are.
 * @throws Failure('badInput') where the old file cannot take one of these
 */
export function restoredEnv(given: EnvToRestore): RestoredEnv {
  const { old, record, present, shell, keepDatabases } = given
  const before = lastingValues(old, shell)
  const values = new Map<string, Secret>()
  const keep = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== '' && before.get(name) !== value)
      values.set(name, new Secret(value))
  }
  const oldKey = before.get(encryptionKey) ?? ''
  const key = present.get(encryptionKey) ?? ''
  // A placeholder has encrypted nothing: it is what a lost key leaves behind.
  if (isFernetKey(key) || !isFernetKey(oldKey)) keep(encryptionKey, key)
  const ring = mergedKeyring(present.get(keyringName), before.get(keyringName))
  keep(keyringName, ring.text)
  if (keepDatabases) for (const name of heldByDatabases) keep(name, present.get(name))
  const changed = changeValues(old, values, record, shell)
  return {
    ...changed,
    kept: {
      otherEncryptionKey: values.has(encryptionKey) && isFernetKey(oldKey),
      addedKeys: ring.added,
      otherKeys: ring.other,
      ofDatabases: heldByDatabases.filter((name) => values.has(name)),
    },
  }
}

interface Merged {
  /** undefined: as the backup has it. */
  readonly text: string | undefined
  readonly added: readonly string[]
  readonly other: readonly string[]
}

/** Today's keyring with the keys that only the old one has. One that Tracecat would refuse is none. */
function mergedKeyring(presentText: string | undefined, oldText: string | undefined): Merged {
  const present = parseKeyring(presentText ?? '')
  const old = parseKeyring(oldText ?? '')
  if (present === undefined && old !== undefined) return { text: undefined, added: [], other: [] }
  if (present === undefined || old === undefined) return { text: presentText, added: [], other: [] }
  const added = [...old.keys].filter(([id]) => !present.keys.has(id))
  const other = [...old.keys].filter(([id, key]) => present.keys.get(id)?.equals(key) === false)
  const merged: Keyring = {
    current: present.current,
    // Before today's: what stands behind the current key waits to encrypt, and these were left behind.
    keys: new Map([...added, ...present.keys]),
  }
  return {
    text: added.length === 0 ? presentText : renderKeyring(merged).reveal(),
    added: added.map(([id]) => id),
    other: other.map(([id]) => id),
  }
}
