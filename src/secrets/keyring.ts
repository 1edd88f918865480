import { parseJson } from '../json.ts'
import { generatePassword } from './generate.ts'
import { Secret } from './secret.ts'

/** TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING, read: the id of the key that encrypts, and all that decrypt. */
export interface Keyring {
  readonly current: string
  readonly keys: ReadonlyMap<string, Secret>
}

/** A keyring with one new key, `v1`. */
export function generateKeyring(): Keyring {
  return { current: 'v1', keys: new Map([['v1', generatePassword()]]) }
}

/**
 * Reads a keyring as Tracecat does (temporal/codec.py at 1.0.0-beta.51: an object with keys that are
 * not empty, the current one among them).
 * @returns undefined where Tracecat would refuse it
 */
export function parseKeyring(text: string): Keyring | undefined {
  const json = parseJson(text)
  if (!isRecord(json)) return undefined
  const { current_key_id: current, keys } = json
  if (typeof current !== 'string' || !isRecord(keys) || !Object.hasOwn(keys, current))
    return undefined
  const read = new Map<string, Secret>()
  for (const [id, key] of Object.entries(keys)) {
    if (id === '' || typeof key !== 'string' || key === '') return undefined
    read.set(id, new Secret(key))
  }
  return { current, keys: read }
}

/** The keyring as one line of JSON, which survives `.env` without quotes (measured with Compose 2.40). */
export function renderKeyring({ current, keys }: Keyring): Secret {
  const roots = Object.fromEntries([...keys].map(([id, key]) => [id, key.reveal()]))
  return new Secret(JSON.stringify({ current_key_id: current, keys: roots }))
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
