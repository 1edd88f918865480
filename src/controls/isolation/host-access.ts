import { fieldOf } from '../../install/compose/field.ts'
import type { Json, Mount, Service } from '../../install/compose/model.ts'
import { dataMounts } from '../../servers/server.ts'
import { everyServer } from '../../servers/servers.ts'
import { type Case, type Control, type Look, verdictOf } from '../control.ts'
import { look, settingAt } from '../look.ts'
import { model, platformServices, sandboxServices, whereService } from '../reading.ts'
import { isRawDevice, reachOfPath } from './host-paths.ts'
import { mayHold } from './rights.ts'

export const hostAccess: Control = {
  meta: {
    id: 'host-access',
    title: 'No container reaches into the host',
    severity: 'high',
    area: 'isolation',
    why: "Whoever speaks to Docker's socket starts a container with the host's disk in it, whether the socket is mounted read-only or not. A privileged container, one with SYS_ADMIN, the host's processes or its disks or its system folders are as much; .env and the volumes of the databases hold every secret of the stack.",
    risk: 'A hole in that one service is the whole host, with every secret on it.',
    fix: 'Take it away from the service; where it is needed, such as for monitoring, put a proxy before the socket that lets only reading through, or accept it with the reason. init changes nothing: it is yours.',
    reference: 'https://docs.docker.com/engine/security/#docker-daemon-attack-surface',
  },
  inspect(c) {
    const services = [...(model(c)?.services.values() ?? [])]
    const stack: Stack = {
      runsCode: new Set(platformServices(model(c))),
      owners: owners(c),
      lends: c.install.sources.some(({ text }) => text.includes('volumes_from')),
    }
    return verdictOf(services.flatMap((service) => reachOf(c, stack, service)))
  },
}

/** What is asked for each service, and is the same for all. */
interface Stack {
  /** Those that run what people write in Tracecat. */
  readonly runsCode: ReadonlySet<Service>
  /** The server that stores its data there, by the folder or volume. */
  readonly owners: ReadonlyMap<string, string>
  /** Does any service borrow mounts? To look takes each one's plain form, which is made then. */
  readonly lends: boolean
}

function reachOf(c: Case, stack: Stack, service: Service): readonly Look[] {
  const { name, mounts, devices, pid } = service
  const far = found(c, stack, service).map(([path, what]) =>
    look(settingAt(c, name, path, what), 'nothing of the host', {
      evidence: `${name} ${what}`,
      remedy: `Remove it from ${name}, or accept it with the reason.`,
      severity: stack.runsCode.has(service) ? 'critical' : undefined,
    }),
  )
  if (far.length > 0) return far
  const value = `${mounts.length} mounts, ${devices.length} devices, pid ${pid ?? 'its own'}`
  const place = { subject: `what ${name} has of the host`, where: whereService(c, name) }
  return [look({ ...place, service: name, value }, 'nothing that counts')]
}

function found(
  c: Case,
  stack: Stack,
  service: Service,
): readonly (readonly [path: readonly [string, ...string[]], what: string])[] {
  const { name, mounts, pid } = service
  // What a sandbox needs is judged by executor-privileges.
  const isSandbox = sandboxServices.some((one) => one === name)
  const raw = service.devices.map((device) => device.split(':')[0] ?? '').filter(isRawDevice)
  return [
    ...mounts.flatMap((mount) => {
      const what = reach(c, stack, name, mount)
      return what === undefined ? [] : [[['volumes', mount.target], what] as const]
    }),
    ...(stack.lends ? borrowed(c, stack, service) : []).map(
      ([from, what]) => [['volumes_from'], `${what}, by volumes_from: ${from}`] as const,
    ),
    ...raw.map((device) => [['devices'], `has ${device}: the host's disk or memory`] as const),
    ...(service.privileged && !isSandbox
      ? [[['privileged'], 'is privileged: it sees every device of the host'] as const]
      : []),
    ...(!service.privileged && !isSandbox && mayHold(service, 'SYS_ADMIN')
      ? [[['cap_add'], 'is given SYS_ADMIN, which is next to everything'] as const]
      : []),
    ...(pid === 'host' ? [[['pid'], "sees the host's processes (pid: host)"] as const] : []),
  ]
}

function reach(c: Case, stack: Stack, service: string, mount: Mount): string | undefined {
  const place = placeOf(c, mount)
  if (place === undefined) return undefined
  const owner = stack.owners.get(place)
  if (owner !== undefined && owner !== service) return `has the data of ${owner} (${place})`
  return place.startsWith('/') ? reachOfPath(c.install, place, mount.readOnly) : undefined
}

function owners(c: Case): ReadonlyMap<string, string> {
  return new Map(
    everyServer.flatMap((server) =>
      dataMounts(c.install, server).flatMap((mount) => {
        const place = placeOf(c, mount)
        return place === undefined ? [] : [[place, server.service] as const]
      }),
    ),
  )
}

/** What is mounted: a folder of the host, or the name of a volume that is none; undefined for neither. */
function placeOf(c: Case, { type, source }: Mount): string | undefined {
  if (source === undefined || (type !== 'bind' && type !== 'volume')) return undefined
  return type === 'bind' ? source : (folderOf(model(c)?.volumes.get(source)) ?? source)
}

/** The folder of the host that a named volume is: `driver_opts: { type: none, o: bind, device: / }`. */
function folderOf(volume: Json | undefined): string | undefined {
  const options = fieldOf(volume, 'driver_opts')
  const device = fieldOf(options, 'device')
  const isBind = /(?:^|,)r?bind(?:,|$)/.test(String(fieldOf(options, 'o')))
  return typeof device === 'string' && isBind ? device : undefined
}

/** What a service has of others' mounts, with the service that they come from. */
function borrowed(c: Case, stack: Stack, service: Service): readonly (readonly [string, string])[] {
  return lendersOf(c, service).flatMap((from) =>
    from.mounts.flatMap((mount) => {
      const what = reach(c, stack, service.name, mount)
      return what === undefined ? [] : [[from.name, what] as const]
    }),
  )
}

/** `service[:ro]` or `container:name[:ro]`, and what these take from others in turn. */
function lendersOf(
  c: Case,
  { raw }: Service,
  seen: ReadonlySet<string> = new Set(),
): readonly Service[] {
  const items = Array.isArray(raw.volumes_from) ? raw.volumes_from.map(String) : []
  return items.flatMap((item) => {
    const [first = '', second = ''] = item.split(':')
    const services = [...(model(c)?.services.values() ?? [])]
    const lender = services.find((one) =>
      first === 'container' ? one.containerName === second : one.name === first,
    )
    if (lender === undefined || seen.has(lender.name)) return []
    return [lender, ...lendersOf(c, lender, new Set([...seen, lender.name]))]
  })
}
