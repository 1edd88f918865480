import type { ComposeModel, Service } from '../../../src/install/compose/model.ts'
import { scramVerifier } from '../../../src/secrets/scram.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { complaints } from './credentials.ts'
import { configHash, configTexts } from './model.ts'
import { watchPayloads } from './payloads.ts'
import { containerOf, type HostState, isOfStack, type SimulatedContainer } from './state.ts'

/** Docker's names of a service's networks. */
export function networksOf(model: ComposeModel, service: Service): readonly string[] {
  return service.networks.map((name) => `${model.projectName}_${name}`)
}

/**
 * Makes a container of a service, in place of the one that it may have; it is not started, and on its first
 * network only, as Docker before 25 makes it.
 */
export function create(state: HostState, model: ComposeModel, service: Service): void {
  state.containers = state.containers.filter(
    (one) => one.service !== service.name || !isOfStack(one),
  )
  state.lastId += 1
  state.containers.push({
    id: state.lastId.toString(16).padStart(64, '0'),
    service: service.name,
    image: service.image ?? '',
    state: 'created',
    exitCode: 0,
    restarts: 0,
    configHash: configHash(service),
    environment: Object.fromEntries(
      [...service.environment].flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    ),
    networks: networksOf(model, service).slice(0, 1),
    restart: service.restart ?? 'no',
    command: [...(service.command ?? [])],
    configs: configTexts(model, service),
  })
  settle(state)
}

/** Connects a container that was made to all its networks. */
export function connect(state: HostState, model: ComposeModel, service: Service): void {
  containerOf(state, service.name).networks = [...networksOf(model, service)]
}

/** Starts a container: a server reads its settings and its volume, a client signs in. */
export function start(state: HostState, container: SimulatedContainer): void {
  container.state = 'running'
  container.exitCode = 0
  if ('POSTGRES_PASSWORD' in container.environment) startDatabase(state, container)
  if (container.service === 'redis') startRedis(state, container)
  if (container.service === 'migrations') container.state = 'exited'
  if (complaints(state, container).length > 0 && !isServer(container)) fail(container)
  settle(state)
}

/** Its user and password count on an empty volume only. */
function startDatabase(state: HostState, { service, environment }: SimulatedContainer): void {
  if (state.databases[service] !== undefined) return
  const role = environment.POSTGRES_USER ?? 'postgres'
  const verifier = scramVerifier(new Secret(environment.POSTGRES_PASSWORD ?? '')).reveal()
  state.databases[service] = { superuser: role, verifiers: { [role]: verifier } }
}

/** What ACL SETUSER said is forgotten; with `--appendonly yes` the append-only file alone is read. */
function startRedis(state: HostState, { command, configs }: SimulatedContainer): void {
  const words = [...command, ...Object.values(configs).flatMap((text) => text.split(/\s+/))]
  const after = (option: RegExp) => words[words.findIndex((word) => option.test(word)) + 1]
  const password = words.some((word) => /requirepass$/.test(word)) ? after(/requirepass$/) : ''
  state.redis.passwords = password === undefined || password === '' ? [] : [password]
  state.redis.appends =
    words.some((word) => word === '--appendonly') && after(/^--appendonly$/) === 'yes'
  if (state.redis.appends) state.redis.written = state.redis.inFile
}

/** A client that cannot sign in ends, and its restart policy decides. */
function fail(container: SimulatedContainer): void {
  const { restart } = container
  container.exitCode = 1
  container.restarts += 1
  container.state = restart === 'no' || restart.startsWith('on-failure') ? 'exited' : 'restarting'
}

export function isServer({ service }: SimulatedContainer): boolean {
  return ['postgres_db', 'temporal_postgres_db', 'redis', 'minio'].includes(service)
}

/** What happens by itself: those that restart sign in as soon as they can, and payloads are encrypted. */
export function settle(state: HostState): void {
  for (const container of state.containers) {
    if (container.state !== 'restarting' || complaints(state, container).length > 0) continue
    container.state = 'running'
    container.exitCode = 0
  }
  watchPayloads(state)
}

/** Open sessions end with the server that they were open with: who cannot sign in again ends too. */
export function dropSessions(state: HostState, server: string): void {
  const lost = [`does not reach ${server}`, `cannot sign in to ${server}`]
  for (const container of state.containers) {
    if (container.state !== 'running' || isServer(container)) continue
    const hurts = complaints(state, container).filter((why) =>
      lost.some((one) => why.includes(one)),
    )
    if (hurts.some((why) => why.includes('cannot sign in'))) fail(container)
  }
}

/** The host, or Docker's daemon, starts anew: what its restart policy lets, as it was made. */
export function restartHost(state: HostState): void {
  const again = state.containers.filter(
    (one) => ['running', 'restarting', 'paused'].includes(one.state) && one.restart !== 'no',
  )
  for (const container of again.filter(isServer)) start(state, container)
  for (const container of again.filter((one) => !isServer(one))) start(state, container)
}
