import type { Answers } from '../answers/answers.ts'
import { signInFor } from '../answers/sign-in.ts'
import type { Facts } from '../controls/facts.ts'
import type { ChosenSecrets, Decision } from '../controls/secrets.ts'
import { clientSecretName } from '../controls/sign-in/sign-in.ts'
import { Failure } from '../failure.ts'
import { type Install, ownPaths } from '../install/install.ts'
import type { Release } from '../release/release.ts'
import { catalogue, type Making, type SecretId, secretIds } from '../secrets/catalogue.ts'
import { classify } from '../secrets/classify.ts'
import { generateFernetKey, generatePassword, generateUser } from '../secrets/generate.ts'
import { generateKeyring, renderKeyring } from '../secrets/keyring.ts'
import { Secret } from '../secrets/secret.ts'
import { isWellKnown } from '../secrets/well-known.ts'
import { isElsewhere } from '../servers/servers.ts'
import { parseConnectionUri } from '../servers/uri.ts'
import { mayBeClientOf } from './oidc-client.ts'

/** A secret that is gone from the file and was found elsewhere. */
export interface Recovered {
  readonly value: Secret
  /** Where, for people: `the running container api`, `the backup of 2026-01-01T00-00-00Z`. */
  readonly from: string
  /** Does the stack run with it, did we write it last, or did the file have it some time before? */
  readonly source: 'container' | 'last' | 'backup'
  /** What else stood there, by variable. */
  readonly beside?: ReadonlyMap<string, string>
}

export interface SecretSources {
  readonly install: Pick<Install, 'compose' | 'envPath' | 'values'>
  readonly recovered: ReadonlyMap<string, Recovered>
  readonly facts: Facts
  readonly release: Release
  readonly answers: Answers
  /** The client secret that came in through the environment or a masked prompt. */
  readonly clientSecret: Secret | undefined
  /** The running servers change along with the file: what they hold may be replaced. */
  readonly live?: boolean
  /** Variables that the admin changed since we wrote them, and that stay so. */
  readonly drifted?: ReadonlySet<string>
  /** Variables for which a fingerprint says that a real value was here before. */
  readonly remembered: ReadonlySet<string>
}

/**
 * Decides for every secret whether it is kept, made, recovered or left to `rotate`.
 * @throws Failure('badInput') where a key that must never change is gone and found nowhere
 */
export function chooseSecrets(sources: SecretSources): ChosenSecrets {
  const decisions = new Map<string, Decision>()
  const decide = (name: string, decision: Decision | undefined) => {
    if (decision !== undefined) decisions.set(name, decision)
  }
  for (const id of secretIds) {
    if (isElsewhere(sources.install, id)) continue
    const name = variableOf(id, sources)
    if (name === undefined) continue
    const decision = makers[catalogue[id].made](sources, id, name)
    decide(name, decision)
    const { user } = catalogue[id]
    if (user === undefined) continue
    decide(
      user.variable,
      user.isSecret
        ? inVolume(sources, undefined, user.variable, () => new Secret(generateUser()))
        : databaseUser(sources, user.variable, decision),
    )
  }
  return decisions
}

/** The name that the secret has here; undefined where nobody wants it. */
function variableOf(id: SecretId, { release, answers }: SecretSources): string | undefined {
  return catalogue[id].made === 'given'
    ? clientSecretName(signInFor(release, answers).mode)
    : catalogue[id].variables[0]
}

type Maker = (sources: SecretSources, id: SecretId, name: string) => Decision | undefined

const makers: Readonly<Record<Making, Maker>> = {
  'for its data': (sources, id, name) => inVolume(sources, id, name, generatePassword),
  'for its start': redis,
  'in files': inFile,
  once: encryption,
  'if wanted': keyring,
  given: clientSecret,
}

export const encryptionKey = 'TRACECAT__DB_ENCRYPTION_KEY'
export const keyringName = 'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING'

function current(sources: SecretSources, name: string): Secret | undefined {
  const value = sources.install.values.get(name)
  return value === undefined || value.trim() === '' ? undefined : new Secret(value)
}

/** Nobody could mean this value: not set, or one that everybody knows. */
function isStock(value: Secret | undefined): boolean {
  return value === undefined || isWellKnown(value.reveal())
}

function recover(sources: SecretSources, name: string): Decision | undefined {
  const found = sources.recovered.get(name)
  return found === undefined ? undefined : { kind: 'recover', ...found }
}

/** A server holds it since its volume was made: on a stack that may have run the file must not go ahead. */
function inVolume(
  sources: SecretSources,
  id: SecretId | undefined,
  name: string,
  generate: () => Secret,
): Decision {
  const now = current(sources, name)
  const malformed =
    id !== undefined && now !== undefined && classify(id, now.reveal()) === 'malformed'
  if (now !== undefined && !isStock(now) && !malformed) return { kind: 'keep', value: now }
  if (sources.facts.fresh)
    return { kind: 'make', value: generate(), because: now === undefined ? 'not set' : 'a default' }
  const found = sources.recovered.get(name)
  if (found !== undefined && (now === undefined || found.source === 'container'))
    return { kind: 'recover', ...found }
  if (sources.live === true)
    return { kind: 'make', value: generate(), because: now === undefined ? 'not set' : 'a default' }
  if (found?.source === 'last') throw defaultAgain(sources, name, found.from)
  return { kind: 'leave', because: 'its server may hold data under it' }
}

/** The volume knows its user by name: it comes back where the file lost it, and with its password. */
function databaseUser(
  sources: SecretSources,
  name: string,
  password: Decision | undefined,
): Decision | undefined {
  if (sources.facts.fresh) return undefined
  const found = sources.recovered.get(name)
  const withPassword = password?.kind === 'recover' && found?.from === password.from
  return current(sources, name) === undefined || withPassword ? recover(sources, name) : undefined
}

/** The password that the URL already has is the admin's: it only moves. */
function redis(sources: SecretSources, id: SecretId, name: string): Decision {
  const decision = passwordOfUri(sources, id, name)
  if (decision.kind === 'leave' || !unreadableByRedis.test(decision.value.reveal())) return decision
  throw new Failure(
    'badInput',
    'The password of Redis has a blank or a quote in it: Redis cannot read it from its file, and would not start.',
    {
      where: { file: sources.install.envPath },
      remedy: `Take the password out of ${name} and ${catalogue[id].uri?.variable}, and a new one is made; Redis keeps no copy of it in its data.`,
    },
  )
}

/** Ends or quotes a word of redis.conf, where it stands unquoted. */
const unreadableByRedis = /[\s"'\p{Cc}]/u

function passwordOfUri(sources: SecretSources, id: SecretId, name: string): Decision {
  const own = current(sources, name)
  if (own !== undefined && !isStock(own)) return { kind: 'keep', value: own }
  const found = recover(sources, name)
  if (found !== undefined) return found
  const uri = sources.install.values.get(catalogue[id].uri?.variable ?? '') ?? ''
  const inUrl = parseConnectionUri(uri)?.password ?? ''
  if (inUrl !== '' && !isWellKnown(inUrl)) return { kind: 'keep', value: new Secret(inUrl) }
  return { kind: 'make', value: generatePassword(), because: 'not set' }
}

function inFile(sources: SecretSources, id: SecretId, name: string): Decision {
  const now = current(sources, name)
  const quality = classify(id, now?.reveal())
  if (now !== undefined && (quality === 'good' || quality === 'weak'))
    return { kind: 'keep', value: now }
  return recover(sources, name) ?? { kind: 'make', value: generatePassword(), because: quality }
}

function encryption(sources: SecretSources): Decision {
  const now = current(sources, encryptionKey)
  const quality = classify('db-encryption-key', now?.reveal())
  if (now !== undefined && (quality === 'good' || quality === 'weak'))
    return { kind: 'keep', value: now }
  const found = recover(sources, encryptionKey)
  if (found !== undefined) return found
  if (sources.remembered.has(encryptionKey))
    throw lost(sources, encryptionKey, 'every credential that Tracecat stored')
  const { data, fresh } = sources.facts
  if (data.state !== 'none' && !fresh && quality !== 'placeholder') {
    throw new Failure(
      'badInput',
      `${encryptionKey} is ${quality === 'missing' ? 'missing' : 'not a Fernet key'}, and this stack ${data.state === 'exists' ? 'has data' : `may have data (${data.why})`}.`,
      {
        where: { file: sources.install.envPath },
        remedy:
          'A new key would make every stored credential unreadable. Put the real one back, from a backup or a running container; nothing was changed. If this stack was never started, run again with --fresh.',
      },
    )
  }
  return { kind: 'make', value: generateFernetKey(), because: quality }
}

function keyring(sources: SecretSources): Decision | undefined {
  if (!sources.release.abilities.payloadKeyring) return undefined
  const now = current(sources, keyringName)
  if (now !== undefined) {
    return classify('payload-keyring', now.reveal()) === 'malformed'
      ? { kind: 'leave', because: 'it is damaged, and may hold keys that histories need' }
      : { kind: 'keep', value: now }
  }
  const found = recover(sources, keyringName)
  if (found !== undefined) return found
  if (sources.remembered.has(keyringName))
    throw lost(sources, keyringName, 'every workflow history that was encrypted with it')
  if (!sources.answers.payloadEncryption) return undefined
  return {
    kind: 'make',
    value: renderKeyring(generateKeyring()),
    because: 'payloadEncryption: true',
  }
}

/** Another client has another secret, and the old one is nothing that its provider should learn. */
function clientSecret(sources: SecretSources, _: SecretId, name: string): Decision {
  const { clientSecret: given, install, drifted, answers } = sources
  const now = current(sources, name)
  if (given !== undefined)
    return given.reveal() === now?.reveal()
      ? { kind: 'keep', value: now }
      : { kind: 'make', value: given, because: 'given' }
  if (now !== undefined && mayBeClientOf(install.values, name, answers.sso, drifted))
    return { kind: 'keep', value: now }
  const found = sources.recovered.get(name)
  if (found !== undefined && mayBeClientOf(found.beside ?? new Map(), name, answers.sso))
    return { kind: 'recover', ...found }
  const why =
    now === undefined
      ? ''
      : `: the one in ${sources.install.envPath} belongs to another issuer, or another client id`
  throw new Failure('badInput', `The secret of the OIDC client is missing${why}.`, {
    remedy:
      'Set OIDC_CLIENT_SECRET in the environment of tracecat-harden; it is never taken from a flag or a file of answers.',
  })
}

/** `.env` from the example over a hardened one, or put back by hand: its server knows one of the two. */
function defaultAgain(
  { install: { envPath } }: SecretSources,
  name: string,
  from: string,
): Failure {
  return new Failure(
    'badInput',
    `${name} is a default again, and ${from} has another value: its server takes only one of them, and nothing here tells which.`,
    {
      where: { file: envPath },
      remedy: `Start the stack, and the running server tells. Or put the right one in: cp ${ownPaths.lastEnv} ${envPath} takes all values of the last run; if the defaults are right, remove ${ownPaths.lastEnv}. If this stack was never started, run again with --fresh.`,
    },
  )
}

function lost({ install: { envPath } }: SecretSources, name: string, what: string): Failure {
  return new Failure(
    'badInput',
    `${name} was here before and is gone. Without it ${what} is unreadable.`,
    {
      where: { file: envPath },
      remedy: `Put it back from your own backup. If this install was made anew on purpose, remove ${ownPaths.fingerprints}.`,
    },
  )
}
