import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { Failure } from '../failure.ts'
import { Secret } from './secret.ts'

const scramShape =
  /^SCRAM-SHA-256\$(\d{1,10}):([A-Za-z0-9+/]+={0,2})\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)$/
/** PostgreSQL's own number is 4096; this many take half a second, and a billion, which a server may name, minutes. */
const mostIterations = 1_000_000
const md5Shape = /^md5[0-9a-f]{32}$/

/** RFC 3454, C.1.2: becomes a space. PostgreSQL looks here before the next table: U+200B is in both. */
const otherSpace = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g
/** RFC 3454, B.1: left out. */
const mappedToNothing =
  /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g

/**
 * What PostgreSQL would store for a password, `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`
 * (RFC 5802 and 7677), made here so that the password itself never gets to the server. It is a secret:
 * it lets whoever has it pose as the server, and guess.
 *
 * ASCII passwords are exact. Others are prepared with SASLprep's mapping and NFKC. Where a character is
 * one that RFC 3454 forbids or does not know yet (emoji), PostgreSQL takes the bytes as they are; the
 * result differs from ours only where another character of the same password changes under NFKC.
 * @param options `salt`: else 16 random bytes; `iterations`: else 4096, PostgreSQL's own numbers
 */
export function scramVerifier(
  password: Secret,
  options: { readonly salt?: Uint8Array; readonly iterations?: number } = {},
): Secret {
  const { salt = randomBytes(16), iterations = 4096 } = options
  const keys = keysOf(prepared(password.reveal()), salt, iterations)
  const parts = [Buffer.from(salt), keys.stored, keys.server].map((part) => part.toString('base64'))
  return new Secret(`SCRAM-SHA-256$${iterations}:${parts[0]}$${parts[1]}:${parts[2]}`)
}

/** Would PostgreSQL take this text for a verifier? Anything else it takes for a password in clear. */
export function isVerifier(text: string): boolean {
  return scramShape.test(text) || md5Shape.test(text)
}

/**
 * Does a role's stored verifier belong to this password? Both what SASLprep makes of the password and
 * its bytes as they are count: PostgreSQL stores the one or the other (measured with PostgreSQL 15).
 * @param role its name, which an md5 verifier is salted with
 * @returns false for what is no verifier as well
 * @throws Failure('surroundings') where the server names so many iterations that comparing would hold a run up
 */
export function matchesVerifier(password: Secret, verifier: Secret, role: string): boolean {
  const [raw, stored] = [password.reveal(), verifier.reveal()]
  if (md5Shape.test(stored)) {
    const hash = createHash('md5').update(raw).update(role).digest('hex')
    return timingSafeEqual(Buffer.from(`md5${hash}`), Buffer.from(stored))
  }
  const [, iterations, salt, storedKey] = scramShape.exec(stored) ?? []
  if (iterations === undefined || salt === undefined || storedKey === undefined) return false
  const count = Number(iterations)
  if (count < 1) return false
  if (count > mostIterations) {
    throw new Failure(
      'surroundings',
      `The password of role ${role} is stored with ${count} iterations of SCRAM: more than ${mostIterations} are not computed.`,
      { remedy: 'Set scram_iterations of PostgreSQL lower, and the password of the role again.' },
    )
  }
  return [...new Set([prepared(raw), raw])].some((text) => {
    const keys = keysOf(text, Buffer.from(salt, 'base64'), count)
    return timingSafeEqual(keys.stored, Buffer.from(storedKey, 'base64'))
  })
}

/** As PostgreSQL's pg_saslprep: ASCII stays, and nothing left over means the text as it was. */
function prepared(password: string): string {
  const text = password.replace(otherSpace, ' ').replace(mappedToNothing, '').normalize('NFKC')
  return text === '' ? password : text
}

function keysOf(
  text: string,
  salt: Uint8Array,
  iterations: number,
): { readonly stored: Buffer; readonly server: Buffer } {
  const salted = pbkdf2Sync(text, salt, iterations, 32, 'sha256')
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  return {
    stored: createHash('sha256').update(clientKey).digest(),
    server: createHmac('sha256', salted).update('Server Key').digest(),
  }
}
