import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseEnvFile } from '../../../src/install/env-file/parse.ts'
import { fileValues } from '../../../src/install/env-file/resolve.ts'
import { complaints, verifies } from './credentials.ts'
import { networksOf } from './lifecycle.ts'
import { configHash, modelOf, ordinaryFiles } from './model.ts'
import { keysOf } from './payloads.ts'
import { containerOf, type HostState, type SimulatedContainer } from './state.ts'

const shared = ['TRACECAT__SERVICE_KEY', 'USER_AUTH_SECRET', 'TRACECAT__SIGNING_SECRET'] as const

/** Everything that is not as it has to be when nothing is under way: `.env`, servers and containers, all in one. */
export function agreement(state: HostState): readonly string[] {
  const { directory } = state
  const values = valuesIn(join(directory, '.env'))
  return [
    ...state.violations,
    ...leftovers(directory),
    ...((statSync(join(directory, '.env')).mode & 0o777) === 0o600 ? [] : ['.env is not 0600']),
    ...serverViolations(state, values),
    ...state.containers.flatMap((one) => containerViolations(state, values, one)),
    ...(values.get('TRACECAT__DB_ENCRYPTION_KEY') === state.encryptionKey
      ? []
      : ['the database encryption key changed']),
    ...lostKeys(state, values.get('TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING'), '.env'),
    ...(state.redis.written === state.redis.inFile ? [] : ['writes of Redis are lost']),
  ]
}

export function valuesIn(path: string): ReadonlyMap<string, string> {
  return fileValues(parseEnvFile(readFileSync(path, 'utf8'), '.env'), {})
}

function serverViolations(state: HostState, values: ReadonlyMap<string, string>): string[] {
  const verifierOf = (service: string, role: string) =>
    state.databases[service]?.verifiers[role] ?? ''
  const databases = [
    ['postgres_db', 'TRACECAT__POSTGRES'],
    ['temporal_postgres_db', 'TEMPORAL__POSTGRES'],
  ] as const
  const found = databases.flatMap(([service, prefix]) => {
    const role = values.get(`${prefix}_USER`) ?? ''
    const password = values.get(`${prefix}_PASSWORD`) ?? ''
    return verifies(password, verifierOf(service, role), role)
      ? []
      : [`${service} has another password than .env`]
  })
  const password = values.get('REDIS_PASSWORD')
  if (JSON.stringify(state.redis.passwords) !== JSON.stringify([password]))
    found.push(`redis takes ${state.redis.passwords.length} passwords, not that of .env alone`)
  const texts = Object.values(containerOf(state, 'redis').configs).join('\n')
  if (!texts.includes(`requirepass ${password}`))
    found.push('redis would come up with another password')
  const minio = containerOf(state, 'minio').environment
  for (const name of ['MINIO_ROOT_USER', 'MINIO_ROOT_PASSWORD'])
    if (minio[name] !== values.get(name)) found.push(`minio has another ${name} than .env`)
  return found
}

function containerViolations(
  state: HostState,
  values: ReadonlyMap<string, string>,
  container: SimulatedContainer,
): readonly string[] {
  const { service, environment, configHash: made } = container
  const found: string[] = [...complaints(state, container)]
  const isDone = service === 'migrations' && container.exitCode === 0
  if (container.state !== 'running' && !(isDone && container.state === 'exited'))
    found.push(`${service} is ${container.state}`)
  for (const name of shared) {
    if (environment[name] !== undefined && environment[name] !== values.get(name))
      found.push(`${service} has another ${name} than .env`)
  }
  const ring = environment.TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING
  if (ring !== undefined) found.push(...lostKeys(state, ring, service))
  // A database has its first password for an empty volume only: that one may be an old one.
  const password = environment.POSTGRES_PASSWORD
  const shell =
    password === undefined
      ? {}
      : { TRACECAT__POSTGRES_PASSWORD: password, TEMPORAL__POSTGRES_PASSWORD: password }
  const model = modelOf(ordinaryFiles(state.directory), shell)
  const wanted = model.services.get(service)
  if (wanted === undefined || configHash(wanted) !== made)
    found.push(`${service} was not made from the files as they are`)
  const networks = wanted === undefined ? [] : networksOf(model, wanted)
  if (!networks.every((name) => container.networks.includes(name)))
    found.push(`${service} is not on all of its networks`)
  return found
}

function lostKeys(state: HostState, ring: string | undefined, where: string): readonly string[] {
  const keys = keysOf(ring ?? '')?.keys ?? []
  return state.payloadKeys
    .filter((key) => !keys.includes(key))
    .map((key) => `${where} lost the payload key ${key.split(' ')[0]}`)
}

/** What only an unfinished run needs. The lock of a process that is gone is nobody's: the next run takes it over. */
function leftovers(directory: string): readonly string[] {
  const state = join(directory, '.tracecat-harden')
  const found = ['journal.json', 'journal.json.new']
    .map((name) => join(state, name))
    .filter((path) => existsSync(path))
  const backups = join(state, 'backups')
  const halves = (existsSync(backups) ? readdirSync(backups) : [])
    .map((name) => join(backups, name))
    .filter((path) => !existsSync(join(path, 'manifest.json')))
  const staged = filesBelow(directory).filter((path) =>
    /tracecat-harden-(old|[\w-]{12})$/.test(path),
  )
  return [...found, ...halves, ...staged].map(
    (path) => `${relative(directory, path)} was left behind`,
  )
}

export function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/**
 * Credentials that a server demands now and that stand in no file of the folder: whoever reads this folder
 * at any moment, even in the middle of a run that was killed, must be able to get in.
 */
export function lostSecrets(state: HostState): readonly string[] {
  const texts = filesBelow(state.directory).map((path) => readFileSync(path, 'utf8'))
  const passwords = (name: string) =>
    texts.flatMap((text) =>
      [...text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map((m) => m[1] ?? ''),
    )
  const held = (text: string) => texts.some((one) => one.includes(text))
  const databases = [
    ['postgres_db', 'TRACECAT__POSTGRES_PASSWORD'],
    ['temporal_postgres_db', 'TEMPORAL__POSTGRES_PASSWORD'],
  ] as const
  const lost = databases.flatMap(([service, name]) =>
    Object.entries(state.databases[service]?.verifiers ?? {}).flatMap(([role, verifier]) =>
      passwords(name).some((password) => verifies(password, verifier, role))
        ? []
        : [`no file has the password of ${role} of ${service}`],
    ),
  )
  if (state.redis.passwords.length > 0 && !state.redis.passwords.some(held))
    lost.push('no file has a password of redis')
  if (!held(containerOf(state, 'minio').environment.MINIO_ROOT_PASSWORD ?? ''))
    lost.push('no file has the password of minio')
  if (!held(state.encryptionKey)) lost.push('no file has the database encryption key')
  for (const key of state.payloadKeys)
    if (!held(key.split(' ')[1] ?? ''))
      lost.push(`no file has the payload key ${key.split(' ')[0]}`)
  return lost
}
