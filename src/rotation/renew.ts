import type { Case } from '../controls/control.ts'
import type { Install } from '../install/install.ts'
import { catalogue, type SecretId } from '../secrets/catalogue.ts'
import { generatePassword, generateUser } from '../secrets/generate.ts'
import { type Keyring, parseKeyring, renderKeyring } from '../secrets/keyring.ts'
import { Secret } from '../secrets/secret.ts'
import { isWellKnown } from '../secrets/well-known.ts'
import { bundledLogin, whereIs } from '../servers/server.ts'
import { serverOf } from '../servers/servers.ts'
import { whyUnreached } from '../stack/reach.ts'

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
  switch (catalogue[id].renewed) {
    case 'with its server':
      return serverPassword(id, c)
    case 'in files':
      return password(id, c)
    case 'key by key':
      return keyring(c)
    case 'never':
      return refused(neverRotated)
    case 'given':
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

/** A user that everybody knows and that is a secret changes with its password. */
function serverPassword(id: SecretId, { install }: Case): Renewal {
  const { variables, user } = catalogue[id]
  const why = whyNotRenewed(id, install)
  if (why !== undefined) return refused(why)
  const name = user?.isSecret === true ? user.variable : undefined
  const isStock = name !== undefined && isWellKnown(install.values.get(name) || 'user')
  return {
    kind: 'values',
    values: new Map([
      ...(isStock ? [[name, new Secret(generateUser())] as const] : []),
      [variables[0], generatePassword()],
    ]),
  }
}

function whyNotRenewed(id: SecretId, install: Install): string | undefined {
  const server = serverOf(id)
  if (server === undefined) return undefined
  const [name] = catalogue[id].variables
  const where = whereIs(install, server)
  if (where.kind === 'external')
    return `${server.title} is on ${where.host}, not one of this stack: change it at its own server`
  const login = bundledLogin(install, server)
  if (where.kind === 'missing' || login === undefined)
    return `the services sign in to no ${server.title} of this stack`
  return server.whyNotRenewed?.(login, install.values.get(name))
}

function password(id: SecretId, c: Case): Renewal {
  const [name] = catalogue[id].variables
  if (!c.install.values.get(name))
    return refused(`${name} is not set: tracecat-harden init does it`)
  return one(name, generatePassword())
}

function keyring(c: Case): Renewal {
  const [name] = catalogue['payload-keyring'].variables
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
