import type { Mount, Service } from '../../install/compose/model.ts'
import { type Case, type Control, type Finding, verdictOf } from '../control.ts'
import { model, platformServices, sandboxServices, whereService } from '../reading.ts'
import { mayHold } from './rights.ts'

export const hostAccess: Control = {
  meta: {
    id: 'host-access',
    title: 'No container reaches into the host',
    severity: 'high',
    area: 'isolation',
    why: "Whoever speaks to Docker's socket starts a container with the host's disk in it, whether the socket is mounted read-only or not. A privileged container, one with SYS_ADMIN, the host's processes or its system folders are as much.",
    risk: 'A hole in that one service is the whole host, with every secret on it.',
    fix: 'Take it away from the service; where it is needed, such as for monitoring, put a proxy before the socket that lets only reading through, or accept it with the reason. init changes nothing: it is yours.',
    reference: 'https://docs.docker.com/engine/security/#docker-daemon-attack-surface',
  },
  inspect(c) {
    const services = [...(model(c)?.services.values() ?? [])]
    return verdictOf(services.flatMap((service) => findings(c, service)))
  },
}

function findings(c: Case, service: Service): readonly Finding[] {
  const { name, mounts, pid } = service
  const runsCode = platformServices(model(c)).includes(service)
  const finding = (path: readonly string[], what: string): Finding => ({
    where: whereService(c, name, ...path),
    service: name,
    evidence: `${name} ${what}`,
    remedy: `Remove it from ${name}, or accept it with the reason.`,
    ...(runsCode ? { severity: 'critical' as const } : {}),
  })
  // What a sandbox needs is judged by executor-privileges.
  const isSandbox = sandboxServices.some((one) => one === name)
  return [
    ...mounts.flatMap((mount) => {
      const what = reach(mount)
      return what === undefined ? [] : [finding(['volumes', mount.target], what)]
    }),
    ...(service.privileged && !isSandbox
      ? [finding(['privileged'], 'is privileged: it sees every device of the host')]
      : []),
    ...(!service.privileged && !isSandbox && mayHold(service, 'SYS_ADMIN')
      ? [finding(['cap_add'], 'is given SYS_ADMIN, which is next to everything')]
      : []),
    ...(pid === 'host' ? [finding(['pid'], "sees the host's processes (pid: host)")] : []),
  ]
}

const systemFolders = new Set([
  '/',
  '/boot',
  '/dev',
  '/etc',
  '/proc',
  '/root',
  '/run',
  '/sys',
  '/var',
  '/var/lib',
  '/var/lib/docker',
  '/var/run',
])

function reach({ type, source }: Mount): string | undefined {
  if (type !== 'bind' || source === undefined) return undefined
  const path = source.length > 1 ? source.replace(/\/+$/, '') : source
  if (/\/(?:docker|podman|containerd)\.sock$/.test(path))
    return `has ${path}: whoever is in it has the host`
  return systemFolders.has(path) ? `has ${path} of the host` : undefined
}
