import { chmodSync, cpSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { valuesIn } from './agreement.ts'
import { connect, create, start } from './lifecycle.ts'
import { configHash, inOrder, modelOf, ordinaryFiles } from './model.ts'
import { containerOf, type HostState, loadState, saveState } from './state.ts'

/** An install, and the host that it runs on. */
export interface Simulation {
  readonly directory: string
  /** The file with the host's state, outside of the install. */
  readonly state: string
}

export function simulationIn(folder: string): Simulation {
  return { directory: join(folder, 'install'), state: join(folder, 'host.json') }
}

/** The project's own example, before anything is hardened. */
export function layOutExample(folder: string): Simulation {
  const simulation = simulationIn(folder)
  const { directory } = simulation
  mkdirSync(directory)
  cpSync(join(import.meta.dirname, '../../../templates/example'), directory, { recursive: true })
  renameSync(join(directory, 'dot-env'), join(directory, '.env'))
  chmodSync(join(directory, '.env'), 0o600)
  return simulation
}

/** `docker compose up -d` for the first time, with data that came in since. */
export function startStack({ directory, state: path }: Simulation): void {
  const model = modelOf(ordinaryFiles(directory), {})
  const state: HostState = {
    directory,
    now: Date.parse('2026-11-23T16:00:00Z'),
    lastId: 0,
    containers: [],
    databases: {},
    redis: { passwords: [], appends: true, written: 0, inFile: 0 },
    encryptionKey: valuesIn(join(directory, '.env')).get('TRACECAT__DB_ENCRYPTION_KEY') ?? '',
    payloadKeys: [],
    violations: [],
    faults: {},
    log: [],
  }
  const services = inOrder(model, [...model.services.keys()])
  for (const service of services) {
    create(state, model, service)
    connect(state, model, service)
  }
  for (const service of services) start(state, containerOf(state, service.name))
  state.redis.written = 42
  state.redis.inFile = 42
  saveState(path, state)
}

/** The same install and host once more; paths in Compose's labels and hashes are those of the new folder. */
export function copySimulation(from: Simulation, folder: string): Simulation {
  const copy = simulationIn(folder)
  cpSync(from.directory, copy.directory, { recursive: true })
  const state = loadState(from.state)
  state.directory = copy.directory
  const { services } = modelOf(ordinaryFiles(copy.directory), {})
  for (const container of state.containers) {
    const service = services.get(container.service)
    if (service !== undefined) container.configHash = configHash(service)
  }
  saveState(copy.state, state)
  return copy
}
