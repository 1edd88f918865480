import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { Failure } from '../failure.ts'
import { parseKeyring } from './keyring.ts'
import type { Secret } from './secret.ts'

/** 2^15 * 8 * 128 bytes: 32 MiB and about 0.1 s for each guess. */
const cost = { N: 2 ** 15, r: 8, p: 1 }
/** Ours, and what a later version may find worth the time: none that is guessed faster, none that holds a run up. */
const costs = new Set([cost.N, 2 * cost.N, 4 * cost.N])
const shape = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/
const derive = promisify<string, Buffer, number, typeof cost & { maxmem: number }, Buffer>(scrypt)

/**
 * A record by which a secret can be recognized and not guessed: scrypt with a salt of its own, as
 * `scrypt$N$r$p$salt$hash`. Two records of one secret differ.
 */
export async function makeFingerprint(secret: Secret): Promise<string> {
  const salt = randomBytes(16)
  const hash = await hashOf(secret, salt, cost)
  return [
    'scrypt',
    cost.N,
    cost.r,
    cost.p,
    salt.toString('base64url'),
    hash.toString('base64url'),
  ].join('$')
}

/**
 * Was the record made of this secret?
 * @throws Failure('badInput') for a record that is none: somebody edited it, and neither yes nor no would be true
 */
export async function matchesFingerprint(secret: Secret, record: string): Promise<boolean> {
  const { parameters, salt, hash } = read(record) ?? {}
  if (parameters === undefined || salt === undefined || hash === undefined) {
    throw new Failure('badInput', 'A fingerprint is damaged.', {
      remedy:
        'Restore .tracecat-harden/fingerprints.json from a backup, or delete it to have new ones made.',
    })
  }
  const actual = await hashOf(secret, Buffer.from(salt, 'base64url'), parameters)
  return timingSafeEqual(actual, Buffer.from(hash, 'base64url'))
}

/** Is it a record that `matchesFingerprint` can compare with? */
export function isFingerprint(record: string): boolean {
  return read(record) !== undefined
}

/** undefined where it is none, or asks for a cost that scrypt does not take, or that would hold a run up. */
function read(record: string) {
  const [, N, r, p, salt, hash] = shape.exec(record) ?? []
  if (salt === undefined || hash === undefined) return undefined
  const parameters = { N: Number(N), r: Number(r), p: Number(p) }
  const isOurs = parameters.r === cost.r && parameters.p === cost.p
  return isOurs && costs.has(parameters.N) ? { parameters, salt, hash } : undefined
}

/**
 * The parts of the two secrets that must never change, each under the name of its fingerprint:
 * the database encryption key, and every key of a keyring by itself, since keys may be added.
 */
export function lastingParts(values: {
  readonly encryptionKey: Secret | undefined
  readonly keyring: Secret | undefined
}): ReadonlyMap<string, Secret> {
  const parts = new Map<string, Secret>()
  if (values.encryptionKey !== undefined) parts.set('db-encryption-key', values.encryptionKey)
  const keyring = values.keyring === undefined ? undefined : parseKeyring(values.keyring.reveal())
  for (const [id, key] of keyring?.keys ?? []) parts.set(`payload-keyring:${id}`, key)
  return parts
}

function hashOf(secret: Secret, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> {
  // What OpenSSL counts: the blocks of all lanes, the table, and one block for work.
  const maxmem = 128 * r * (N + p + 2) + 1024
  return derive(secret.reveal(), salt, 32, { N, r, p, maxmem })
}
