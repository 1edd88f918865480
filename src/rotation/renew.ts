import type { Case } from '../controls/control.ts'
import { usesExternalStorage } from '../controls/credentials/minio-credentials.ts'
import { catalogue, type SecretId } from '../secrets/catalogue.ts'
import { generatePassword, generateUser } from '../secrets/generate.ts'
import { type Keyring, parseKeyring, renderKeyring } from '../secrets/keyring.ts'
import { Secret } from '../secrets/secret.ts'
import { isWellKnown } from '../secrets/well-known.ts'
import { parseConnectionUri } from '../servers/uri.ts'
import { databaseOf } from '../stack/database.ts'
import { whyUnreached } from '../stack/reach.ts'
import { redisOf } from '../stack/redis.ts'

/** New values for the variables of one secret, or why it cannot have any. */
export type Renewal =
  | { readonly kind: 'values'; readonly values: ReadonlyMap<string, Secret> }
  | { readonly kind: 'refused'; readonly why: string }

/**
 * Makes new values for a secret of this install; the same for every run but for the random part.
 * A keyring takes two turns: first every service gets the new key, then it becomes the one that encrypts.
 */
export function renew(id: SecretId, c: Case): Renewal {
  const renewal = newValues(id, c)
  const why = renewal.kind === 'values' ? whyUnreached(c, id, renewal.values) : undefined
  return why === undefined ? renewal : refused(why)
}

function newValues(id: SecretId, c: Case): Renewal {
  switch (id) {
    case 'postgres':
    case 'temporal-postgres':
      return databasePassword(id, c)
    case 'redis':
      return redisPassword(c)
    case 'minio':
      return minioCredentials(c)
    case 'service-key':
    case 'user-auth-secret':
    case 'signing-secret':
      return password(id, c)
    case 'payload-keyring':
      return keyring(c)
    case 'db-encryption-key':
      return refused(neverRotated)
    case 'oidc-client-secret':
      return refused(
        'the identity provider makes it: OIDC_CLIENT_SECRET=... tracecat-harden init --yes takes over a new one',
      )
  }
}

/** Why a secret that encrypts what is stored stays as it is. */
export const neverRotated =
  'it is never rotated: every stored credential, setting and token would be unreadable for good'

function refused(why: string): Renewal {
  return { kind: 'refused', why }
}

function one(name: string, value: Secret): Renewal {
  return { kind: 'values', values: new Map([[name, value]]) }
}

function databasePassword(id: 'postgres' | 'temporal-postgres', c: Case): Renewal {
  const [name = ''] = catalogue[id].variables
  const database = databaseOf(c.install, id)
  if (database === undefined) {
    return refused('the database is not one of this stack: change it at its own server')
  }
  if (database.password.reveal() !== c.install.values.get(name)) {
    return refused(`the services do not sign in with ${name}: let the files refer to it first`)
  }
  return one(name, generatePassword())
}

function redisPassword(c: Case): Renewal {
  const redis = redisOf(c.install)
  if (redis === undefined) {
    const uri = parseConnectionUri(c.install.values.get('REDIS_URL') ?? '')
    return refused(
      uri === undefined
        ? 'there is no Redis in this stack'
        : `Redis is on ${uri.host}: change it at its own server`,
    )
  }
  const name = 'REDIS_PASSWORD'
  if (redis.user !== '' && redis.user !== 'default') {
    return refused(
      `the services sign in as ${redis.user}: change it where Redis has its users from`,
    )
  }
  if (redis.password === undefined) {
    return refused('Redis has no password yet: tracecat-harden init gives it one')
  }
  if (redis.password.reveal() !== c.install.values.get(name)) {
    return refused(`REDIS_URL does not refer to ${name}: tracecat-harden init mends that`)
  }
  return one(name, generatePassword())
}

/** The stock user name is in every link that was handed out: it changes with the password. */
function minioCredentials(c: Case): Renewal {
  if (usesExternalStorage(c)) {
    return refused('blob storage is not MinIO of this stack: change it at its own server')
  }
  const user = c.install.values.get('MINIO_ROOT_USER') ?? ''
  return {
    kind: 'values',
    values: new Map([
      ...(user === '' || isWellKnown(user)
        ? [['MINIO_ROOT_USER', new Secret(generateUser())] as const]
        : []),
      ['MINIO_ROOT_PASSWORD', generatePassword()],
    ]),
  }
}

function password(id: 'service-key' | 'user-auth-secret' | 'signing-secret', c: Case): Renewal {
  const [name = ''] = catalogue[id].variables
  if (!c.install.values.get(name))
    return refused(`${name} is not set: tracecat-harden init does it`)
  return one(name, generatePassword())
}

function keyring(c: Case): Renewal {
  const [name = ''] = catalogue['payload-keyring'].variables
  if (!c.release.abilities.payloadKeyring) {
    return refused(`Tracecat ${c.release.tag} has no payload encryption`)
  }
  const text = c.install.values.get(name) ?? ''
  if (text === '') return refused('there is no keyring: payloadEncryption: true makes one')
  const ring = parseKeyring(text)
  if (ring === undefined) return refused(`${name} is damaged: put it back from a backup first`)
  return one(name, renderKeyring(nextKeyring(ring)))
}

/** A key that waits becomes the one that encrypts; without one, a new one is added to wait. */
export function nextKeyring(ring: Keyring): Keyring {
  const newest = newestKey(ring)
  if (newest !== ring.current) return { current: newest, keys: ring.keys }
  let number = Math.max(0, ...[...ring.keys.keys()].map(numberOf)) + 1
  while (ring.keys.has(`v${number}`)) number += 1
  const id = `v${number}`
  return { current: ring.current, keys: new Map([...ring.keys, [id, generatePassword()]]) }
}

/** Does a key wait that every service has and none encrypts with yet? */
export function hasWaitingKey(ring: Keyring): boolean {
  return newestKey(ring) !== ring.current
}

/**
 * Keys of ours are numbered and stand last. One that stands before the current key was left behind, with a
 * reason perhaps: it must not encrypt again, whatever it is called.
 */
function newestKey(ring: Keyring): string {
  const ids = [...ring.keys.keys()]
  const last = ids.at(-1) ?? ring.current
  const isNewest = ids.every((id) => id === last || numberOf(id) < numberOf(last))
  return isNewest ? last : ring.current
}

function numberOf(id: string): number {
  const digits = /^v(\d{1,15})$/.exec(id)?.[1]
  return digits === undefined ? 0 : Number(digits)
}
