import { secretUsers } from '../secrets/catalogue.ts'
import { parseKeyring } from '../secrets/keyring.ts'
import type { Masker } from '../secrets/masker.ts'
import { isSecretName } from '../secrets/names.ts'
import { isWellKnown } from '../secrets/well-known.ts'
import { parseConnectionUri } from '../servers/uri.ts'
import type { Surroundings } from '../surroundings/look.ts'

/**
 * Makes the secrets among the variables of an install known, so that no message shows one. A program of the
 * stack prints the password of a URI, or one key of a keyring, as well as the whole of it.
 */
export function learnValues(masker: Masker, values: ReadonlyMap<string, string>): void {
  for (const [name, value] of values) {
    if (!isSecretName(name) || isWellKnown(value)) continue
    masker.learn(value)
    const password = parseConnectionUri(value)?.password
    if (password !== undefined) masker.learn(password)
    for (const key of parseKeyring(value)?.keys.values() ?? []) masker.learn(key)
  }
}

/** The secrets that are there now, so that no message shows one. */
export function learnSecrets(masker: Masker, { read, recovered }: Surroundings): void {
  learnValues(masker, read.install.values)
  for (const [name, { value }] of recovered) {
    // The address and a role's name come back with them: they stand in what people have to read.
    if (isSecretName(name) || secretUsers.has(name)) masker.learn(value)
  }
}
