import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Result } from './lab.ts'

/** A container of a service, as Docker sees it. */
export interface ServiceState {
  readonly state: 'running' | 'restarting' | 'exited' | 'created' | 'paused' | 'dead' | 'removing'
  /** Empty where the service has no health check. */
  readonly health: '' | 'starting' | 'healthy' | 'unhealthy'
  readonly exitCode: number
  readonly restarts: number
  /** A service that may end, as it is not started again. */
  readonly once: boolean
}

/** Runs the docker command in a stack's folder. */
export type Run = (args: readonly string[]) => Promise<Result>

export async function services(docker: Run): Promise<Map<string, ServiceState>> {
  const ids = lines(await docker(['compose', 'ps', '--all', '--quiet']))
  const states = new Map<string, ServiceState>()
  if (ids.length === 0) return states
  const inspected = await docker(['inspect', ...ids])
  for (const container of JSON.parse(inspected.stdout) as Inspected[]) {
    const { State, RestartCount, Config, HostConfig } = container
    states.set(Config.Labels['com.docker.compose.service'], {
      state: State.Status,
      health: State.Health?.Status ?? '',
      exitCode: State.ExitCode,
      restarts: RestartCount,
      once: ['', 'no'].includes(HostConfig.RestartPolicy.Name),
    })
  }
  return states
}

/** The services that are not well. Sorted. */
export async function unwell(docker: Run): Promise<string[]> {
  const wanted = lines(await docker(['compose', 'config', '--services']))
  const states = await services(docker)
  return wanted.filter((service) => !isWell(states.get(service))).sort()
}

/** Writes every service's log and state to this folder. */
export async function writeLogs(docker: Run, into: string): Promise<void> {
  mkdirSync(into, { recursive: true })
  const states = Object.fromEntries(await services(docker))
  writeFileSync(join(into, 'services.json'), JSON.stringify(states, undefined, 2))
  for (const service of Object.keys(states)) {
    const { stdout, stderr } = await docker(['compose', 'logs', '--no-color', service])
    writeFileSync(join(into, `${service}.log`), stdout + stderr)
  }
}

/** The networks that Compose made for the stack of this folder. */
export async function networks(docker: Run): Promise<string[]> {
  const { name } = await configuration(docker)
  const ofProject = `label=com.docker.compose.project=${name}`
  return lines(await docker(['network', 'ls', '--quiet', '--filter', ofProject]))
}

/** What Compose makes of the files of this folder. */
export async function configuration(docker: Run): Promise<Configuration> {
  const { exitCode, stdout, stderr } = await docker(['compose', 'config', '--format', 'json'])
  if (exitCode !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Configuration
}

export interface Configuration {
  readonly name: string
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image: string
        readonly environment?: Readonly<Record<string, string | null>>
      }
    >
  >
}

export function lines({ stdout }: Result): string[] {
  return stdout.split('\n').filter(Boolean)
}

/** The part of `docker inspect` that is read here. */
interface Inspected {
  readonly State: {
    readonly Status: ServiceState['state']
    readonly ExitCode: number
    readonly Health?: { readonly Status: ServiceState['health'] }
  }
  readonly RestartCount: number
  readonly HostConfig: { readonly RestartPolicy: { readonly Name: string } }
  readonly Config: { readonly Labels: { readonly 'com.docker.compose.service': string } }
}

function isWell(service: ServiceState | undefined): boolean {
  if (service?.state === 'exited') return service.once && service.exitCode === 0
  return (
    service?.state === 'running' &&
    service.restarts === 0 &&
    (service.health === '' || service.health === 'healthy')
  )
}
