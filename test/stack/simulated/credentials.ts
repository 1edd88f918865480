import { matchesVerifier } from '../../../src/secrets/scram.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { parseConnectionUri } from '../../../src/servers/uri.ts'
import type { HostState, SimulatedContainer } from './state.ts'

/** PostgreSQL's own answer takes milliseconds to compute, and is asked for again and again. */
const answers = new Map<string, boolean>()

export function verifies(password: string, verifier: string, role: string): boolean {
  const key = JSON.stringify([password, verifier, role])
  const known = answers.get(key)
  if (known !== undefined) return known
  const answer = matchesVerifier(new Secret(password), new Secret(verifier), role)
  answers.set(key, answer)
  return answer
}

/** Why a container could not sign in to the servers with its own environment, now; empty where it could. */
export function complaints(state: HostState, container: SimulatedContainer): readonly string[] {
  return [
    ...databaseComplaints(state, container),
    ...redisComplaints(state, container),
    ...minioComplaints(state, container),
  ].map((why) => `${container.service} ${why}`)
}

function databaseComplaints(state: HostState, container: SimulatedContainer): string[] {
  const { environment } = container
  const uri = parseConnectionUri(environment.TRACECAT__DB_URI ?? '')
  const seeds = environment.POSTGRES_SEEDS
  const login =
    uri !== undefined
      ? { service: uri.host, role: uri.user, password: uri.password }
      : seeds === undefined
        ? undefined
        : {
            service: seeds,
            role: environment.POSTGRES_USER ?? '',
            password: environment.POSTGRES_PWD ?? '',
          }
  if (login === undefined) return []
  if (!reaches(state, container, login.service)) return [`does not reach ${login.service}`]
  const verifier = state.databases[login.service]?.verifiers[login.role]
  return verifier !== undefined && verifies(login.password, verifier, login.role)
    ? []
    : [`cannot sign in to ${login.service} as ${login.role}`]
}

function redisComplaints(state: HostState, container: SimulatedContainer): string[] {
  const { service, environment } = container
  const uri = parseConnectionUri(environment.REDIS_URL ?? '')
  const password = service === 'redis' ? (environment.REDISCLI_AUTH ?? '') : uri?.password
  if (password === undefined) return []
  if (!reaches(state, container, 'redis')) return ['does not reach redis']
  return redisTakes(state, password) ? [] : ['cannot sign in to redis']
}

/** A Redis that needs no password refuses every one; redis-cli goes on all the same, clients do not. */
export function redisTakes(state: HostState, password: string): boolean {
  const { passwords } = state.redis
  return passwords.length === 0 ? password === '' : passwords.includes(password)
}

function minioComplaints(state: HostState, container: SimulatedContainer): string[] {
  const { service, environment } = container
  const user = environment.MINIO_ROOT_USER
  if (user === undefined || service === 'minio') return []
  const minio = state.containers.find((one) => one.service === 'minio')
  if (minio === undefined || !reaches(state, container, 'minio')) return ['does not reach minio']
  const { MINIO_ROOT_USER, MINIO_ROOT_PASSWORD } = minio.environment
  const same = user === MINIO_ROOT_USER && environment.MINIO_ROOT_PASSWORD === MINIO_ROOT_PASSWORD
  return same ? [] : ['cannot sign in to minio']
}

/** It runs, and on a network of this container's. */
function reaches(state: HostState, { networks }: SimulatedContainer, server: string): boolean {
  return state.containers.some(
    (one) =>
      one.service === server &&
      one.state === 'running' &&
      one.networks.some((network) => networks.includes(network)),
  )
}
