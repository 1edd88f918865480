import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** A container as the simulated engine remembers it. */
export interface SimulatedContainer {
  id: string
  service: string
  image: string
  state: 'created' | 'running' | 'paused' | 'restarting' | 'exited'
  exitCode: number
  restarts: number
  configHash: string
  environment: Record<string, string>
  networks: string[]
  /** The service's restart policy when it was made. */
  restart: string
  command: string[]
  /** Texts of its Compose configs, by target: those it was made with. */
  configs: Record<string, string>
  /** Where Compose made it from, where that is not the install. */
  elsewhere?: { project: string; directory: string; files: string[] }
}

/** What goes wrong on this host. */
export interface Faults {
  /** No command of Docker is answered. */
  dockerGone?: boolean
  /** Servers that refuse every `ALTER ROLE`. */
  refuseAlter?: string[]
  /** Servers whose new verifiers do not take effect for sign-ins over the network. */
  deafToNewPasswords?: string[]
  /** Services whose container is made anew and cannot be started. */
  refuseStart?: string[]
  /** `compose up` fails before it does anything. */
  refuseUp?: boolean
  /** The same, where it is to make containers anew that the files did not change. */
  refuseAnew?: boolean
  /** MinIO refuses every request, whoever signed it. */
  refuseMinio?: boolean
}

/** Everything that a host remembers while our own process may be killed at any time. */
export interface HostState {
  directory: string
  /** The host's clock, in milliseconds. */
  now: number
  lastId: number
  containers: SimulatedContainer[]
  /** By service: what its volume keeps. */
  databases: Record<string, { superuser: string; verifiers: Record<string, string> }>
  redis: {
    /** None: it takes everybody. */
    passwords: string[]
    appends: boolean
    /** How many writes were acknowledged, and how many are in the append-only file. */
    written: number
    inFile: number
  }
  /** What the rows of the database were encrypted with. */
  encryptionKey: string
  /** Every key that ever encrypted a payload: `id value`. */
  payloadKeys: string[]
  /** What went wrong while nobody looked. */
  violations: string[]
  faults: Faults
  /** The changing commands so far, for people. */
  log: string[]
}

export function loadState(path: string): HostState {
  const state: HostState = JSON.parse(readFileSync(path, 'utf8'))
  return state
}

export function saveState(path: string, state: HostState): void {
  writeFileSync(`${path}.new`, JSON.stringify(state, null, 1))
  renameSync(`${path}.new`, path)
}

/** Lets a test change the host by hand, as an admin or an accident would. */
export function changeState(path: string, change: (state: HostState) => void): void {
  const state = loadState(path)
  change(state)
  saveState(path, state)
}

/** What Compose calls the stack. */
export const project = 'tracecat'

export function isOfStack({ elsewhere }: SimulatedContainer): boolean {
  return elsewhere === undefined || elsewhere.project === project
}

export function containerOf(state: HostState, service: string): SimulatedContainer {
  const found = state.containers.find((one) => one.service === service && isOfStack(one))
  if (found === undefined) throw new Error(`${service} has no container`)
  return found
}
