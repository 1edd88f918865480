import * as z from 'zod/mini'
import { type Fact, type KeyFact, known, unknown } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { type Install, ownPaths } from '../install/install.ts'
import { parseStateFile } from '../install/state-file.ts'
import { encryptionKey, keyringName } from '../plan/choose-secrets.ts'
import {
  isFingerprint,
  lastingParts,
  makeFingerprint,
  matchesFingerprint,
} from '../secrets/fingerprint.ts'
import { Secret } from '../secrets/secret.ts'
import { isWellKnown } from '../secrets/well-known.ts'

const schema = () =>
  z.strictObject({
    version: z.literal(1),
    parts: z.record(
      z.string().check(
        z.refine((part) => /^(?:db-encryption-key|payload-keyring:.{1,500})$/s.test(part), {
          error: 'is no key that is watched',
        }),
      ),
      z.string().check(z.refine(isFingerprint, { error: 'is no fingerprint' })),
    ),
  })

/** Records of the secrets that must never change, by the name of the part. */
export type Fingerprints = ReadonlyMap<string, string>

/** @throws Failure('badInput') where the file is damaged: neither yes nor no would be true */
export function parseFingerprints(text: string | undefined): Fingerprints {
  if (text === undefined) return new Map()
  const { parts } = parseStateFile(schema, text, {
    file: ownPaths.fingerprints,
    remedy: 'Put the file back from .tracecat-harden/backups, or remove it to have new ones made.',
  })
  return new Map(Object.entries(parts))
}

/** The variables that were here before, by their fingerprints. */
export function rememberedVariables(fingerprints: Fingerprints): ReadonlySet<string> {
  const names = new Set<string>()
  for (const part of fingerprints.keys()) {
    names.add(part.startsWith('payload-keyring') ? keyringName : encryptionKey)
  }
  return names
}

/**
 * Notices a key that was swapped or dropped since the last run.
 * @throws Failure('badInput') where a key is another one than before
 */
export async function checkFingerprints(
  fingerprints: Fingerprints,
  { values, envPath }: Pick<Install, 'values' | 'envPath'>,
): Promise<void> {
  const parts = partsOf(values)
  for (const [part, record] of fingerprints) {
    const secret = parts.get(part)
    if (secret !== undefined) {
      if (await matchesFingerprint(secret, record)) continue
      throw changed(envPath, part, 'is not the one that was here before')
    }
    // A variable that is gone altogether is recovered, or refused, where secrets are chosen.
    if (
      part.startsWith('payload-keyring:') &&
      [...parts.keys()].some((name) => name.startsWith('payload-keyring:'))
    ) {
      throw changed(envPath, part, 'is no longer in the keyring')
    }
  }
}

/** One guess takes 0.1 s by design (secrets/fingerprint.ts): more keys than this would hold an audit up. */
const mostCompared = 16

/**
 * Compares what the install has now with the records, for `audit`: nothing is thrown, nothing written.
 * Unknown where the records are damaged, or too many to compare in a second or two.
 */
export async function readKeyFacts(
  text: string | undefined,
  values: ReadonlyMap<string, string>,
): Promise<Fact<readonly KeyFact[]>> {
  try {
    const fingerprints = parseFingerprints(text)
    if (fingerprints.size > mostCompared) {
      return unknown(`there are records of more than ${mostCompared} keys`)
    }
    const parts = partsOf(values)
    const facts: KeyFact[] = []
    for (const [part, record] of fingerprints) {
      const secret = parts.get(part)
      const state =
        secret === undefined
          ? 'gone'
          : (await matchesFingerprint(secret, record))
            ? 'same'
            : 'changed'
      facts.push({ part, state })
    }
    return known(facts)
  } catch (error) {
    if (error instanceof Failure) return unknown(error.message)
    throw error
  }
}

/** The records for what the install has now: old ones stay as they are. */
export async function updateFingerprints(
  fingerprints: Fingerprints,
  values: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const parts = new Map(fingerprints)
  for (const [part, secret] of partsOf(values)) {
    if (!parts.has(part)) parts.set(part, await makeFingerprint(secret))
  }
  if (parts.size === 0) return undefined
  return `${JSON.stringify({ version: 1, parts: Object.fromEntries([...parts].sort()) }, null, 2)}\n`
}

/** Each takes 0.1 s or more to compare, so that this many are seconds. Monthly rotation makes 60 in five years. */
const mostKeys = 64

/** @throws Failure('badInput') for a keyring with more keys than can be watched */
function partsOf(values: ReadonlyMap<string, string>): ReadonlyMap<string, Secret> {
  const secretOf = (name: string) => {
    const value = values.get(name)
    // A placeholder is no other key: the real one is gone, and may be found elsewhere.
    return value === undefined || value === '' || isWellKnown(value) ? undefined : new Secret(value)
  }
  const parts = lastingParts({
    encryptionKey: secretOf(encryptionKey),
    keyring: secretOf(keyringName),
  })
  if (parts.size > mostKeys + 1) {
    throw new Failure('badInput', `${keyringName} has more than ${mostKeys} keys.`, {
      remedy: 'Remove those that nothing is encrypted with any more.',
    })
  }
  return parts
}

function changed(envPath: string, part: string, what: string): Failure {
  const name = part.startsWith('payload-keyring')
    ? `${keyringName} (key ${part.slice('payload-keyring:'.length)})`
    : encryptionKey
  return new Failure(
    'badInput',
    `${name} ${what}: what was encrypted with it would be unreadable.`,
    {
      where: { file: envPath },
      remedy: `Put the old key back: the newest copy is ${ownPaths.lastEnv}, older ones are in .tracecat-harden/backups. If it changed on purpose, on a stack without data, remove ${ownPaths.fingerprints}.`,
    },
  )
}
