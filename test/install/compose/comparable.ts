import { isRecord } from './compose-command.ts'

const sizeKeys = ['mem_limit', 'memswap_limit', 'mem_reservation', 'shm_size', 'memory', 'size']
const durationKeys = ['interval', 'timeout', 'start_period', 'start_interval', 'stop_grace_period']

/** Compose writes these in a form of its own that no control reads. */
const leftOut = [
  'secrets',
  'context',
  'additional_contexts',
  'ipam',
  'mode',
  'env_file',
  'develop',
  'ulimits',
]

/** Keys whose null or empty members mean something. */
const keptWhole = ['environment', 'networks', 'command', 'entrypoint', 'labels', 'depends_on']

/**
 * A mapping with sizes as bytes, durations as seconds, scalars as text, and without extensions
 * and empty values: what is left must be the same in our `raw` and in Compose's output. Written
 * apart from the product's own reading, so that one mistake does not hide the other.
 */
export function comparable(value: unknown, key = '', whole = false): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item, key))
    return key === 'extra_hosts' || key === 'expose' ? items.map(String).sort() : items
  }
  if (isRecord(value)) {
    const entries = Object.entries(value).flatMap(([name, inside]) => {
      if (!whole && (leftOut.includes(name) || name.startsWith('x-'))) return []
      const kept = keptWhole.includes(name)
      const made = key === 'networks' && inside === null ? {} : comparable(inside, name, kept)
      return whole || kept || !isEmpty(made) ? [[name, made] as const] : []
    })
    return Object.fromEntries(entries.filter(([name, made]) => whole || !isNothing(name, made)))
  }
  if (value === null || value === undefined) return null
  if (sizeKeys.includes(key)) return inBytes(String(value))
  if (durationKeys.includes(key)) return inSeconds(String(value))
  return typeof value === 'boolean' && !value ? null : String(value)
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

const isNothing = (name: string, value: unknown): boolean =>
  value === null || (name !== 'command' && name !== 'entrypoint' && isEmpty(value))

function inBytes(text: string): string {
  const [, number, unit = ''] = /^([-0-9.]+) ?([a-z]?)/i.exec(text) ?? []
  const power = ['', 'k', 'm', 'g', 't'].indexOf(unit.toLowerCase().replace('b', ''))
  return String(Math.floor(Number(number) * 1024 ** power))
}

const seconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 1e-6 }

function inSeconds(text: string): string {
  const parts = [...text.matchAll(/([0-9.]+)(ms|us|h|m|s)/g)]
  return String(
    parts.reduce(
      (sum, [, number, unit]) => sum + Number(number) * (seconds[unit ?? ''] ?? Number.NaN),
      0,
    ),
  )
}

/** The fields of our `Service`, made of one service of `docker compose config`. */
export function comparableService(theirs: Record<string, unknown>): Record<string, unknown> {
  const healthcheck = recordOf(theirs.healthcheck)
  const limits = recordOf(recordOf(recordOf(theirs.deploy).resources).limits)
  const memory = theirs.mem_limit ?? limits.memory
  return {
    image: theirs.image,
    containerName: theirs.container_name,
    command: theirs.command ?? undefined,
    entrypoint: theirs.entrypoint ?? undefined,
    environment: recordOf(theirs.environment),
    ports: listOf(theirs.ports).map(({ host_ip, published, target, protocol }) => ({
      hostIp: host_ip,
      published,
      target,
      protocol,
    })),
    mounts: listOf(theirs.volumes).map(({ type, source, target, read_only }) => ({
      type,
      source,
      target,
      readOnly: read_only ?? false,
    })),
    networks: Object.keys(recordOf(theirs.networks)).sort(),
    capAdd: theirs.cap_add ?? [],
    capDrop: theirs.cap_drop ?? [],
    securityOpt: theirs.security_opt ?? [],
    devices: listOf(theirs.devices).map(({ source, target, permissions }) =>
      permissions === 'rwm' ? `${source}:${target}` : `${source}:${target}:${permissions}`,
    ),
    privileged: theirs.privileged ?? false,
    readOnly: theirs.read_only ?? false,
    user: theirs.user,
    restart: theirs.restart,
    healthcheckTest: healthcheck.disable === true ? ['NONE'] : healthcheck.test,
    dependsOn: Object.fromEntries(
      Object.entries(recordOf(theirs.depends_on)).map(([name, value]) => [
        name,
        { condition: recordOf(value).condition },
      ]),
    ),
    configs: listOf(theirs.configs).map(({ source, target }) => ({
      source,
      target: target ?? `/${source}`,
    })),
    extraHosts: Array.isArray(theirs.extra_hosts) ? [...theirs.extra_hosts].sort() : [],
    networkMode: theirs.network_mode,
    pid: theirs.pid,
    logging: comparable(theirs.logging),
    memoryLimit: memory === undefined ? undefined : Number(memory),
    pidsLimit: theirs.pids_limit ?? limits.pids,
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {}
}

function listOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}
