import { randomBytes } from 'node:crypto'
import { customAlphabet } from 'nanoid'
import { Secret } from './secret.ts'

const lower = 'abcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
const alphanumeric = `${lower}${lower.toUpperCase()}${digits}`

const firstOfPassword = customAlphabet(alphanumeric, 1)
const restOfPassword = customAlphabet(`${alphanumeric}_-`, 42)
const firstOfUser = customAlphabet(lower, 1)
const restOfUser = customAlphabet(`${lower}${digits}`, 19)

/**
 * A password of 43 characters from `[A-Za-z0-9_-]`, each drawn uniformly; the first is a letter or a
 * digit, so that no tool takes it for an option. log2(62) + 42 * 6 = 257.95 bits. In this alphabet
 * `.env` readers, URLs, YAML and shells agree (measured with Compose 2.40 and dotenv 18).
 */
export function generatePassword(): Secret {
  return new Secret(firstOfPassword() + restOfPassword())
}

/**
 * A Fernet key: 32 random bytes in URL-safe base64, 44 characters, `=` at the end. The `=` needs no
 * quotes in `.env`: only the first one of a line separates (measured with Compose 2.40 and dotenv 18).
 */
export function generateFernetKey(): Secret {
  return new Secret(`${randomBytes(32).toString('base64url')}=`)
}

/** A user name for MinIO: 20 characters, a letter and then lower-case letters and digits, 102.9 bits. */
export function generateUser(): string {
  return firstOfUser() + restOfUser()
}
