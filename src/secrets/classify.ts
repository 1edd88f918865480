import { catalogue, type SecretId } from './catalogue.ts'
import { isFernetKey } from './fernet.ts'
import { parseKeyring } from './keyring.ts'
import { estimateBits } from './strength.ts'
import { isWellKnown } from './well-known.ts'

/**
 * `missing`: not set, or blank. `placeholder`: a default that anybody knows. `malformed`: the stack
 * cannot work with it. `weak`: works, can be guessed. `good`: the rest, whoever made it.
 */
export type Quality = 'missing' | 'placeholder' | 'malformed' | 'weak' | 'good'

const leastBits = 80

/**
 * How good the value of a secret is. Only `missing`, `placeholder` and `malformed` ones may be
 * replaced without asking: anything else may be in use.
 */
export function classify(id: SecretId, value: string | undefined): Quality {
  if (value === undefined || value.trim() === '') return 'missing'
  if (isWellKnown(value)) return 'placeholder'
  const { format, minimumLength } = catalogue[id]
  if (format === 'keyring') return classifyKeyring(value)
  if (format === 'fernet' && !isFernetKey(value)) return 'malformed'
  if (hasControlCharacter(value)) return 'malformed'
  if (format === 'foreign') return 'good'
  return isStrong(value, format === 'fernet' ? 1 : minimumLength) ? 'good' : 'weak'
}

function classifyKeyring(value: string): Quality {
  const keyring = parseKeyring(value)
  if (keyring === undefined) return 'malformed'
  const roots = [...keyring.keys.values()].map((root) => root.reveal())
  return roots.every((root) => !isWellKnown(root) && isStrong(root, 16)) ? 'good' : 'weak'
}

function isStrong(value: string, minimumLength: number): boolean {
  return value.length >= minimumLength && estimateBits(value) >= leastBits
}

function hasControlCharacter(value: string): boolean {
  return /\p{Cc}/u.test(value)
}
