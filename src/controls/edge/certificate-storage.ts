import { type Control, notApplicable, verdictOf } from '../control.ts'
import { addToService, type Edit } from '../edit.ts'
import { baseModel, serviceOf } from '../reading.ts'

export const certificateStorage: Control = {
  meta: {
    id: 'certificate-storage',
    title: 'Certificates survive when Caddy is recreated',
    severity: 'medium',
    area: 'edge',
    why: "No release of Tracecat gives Caddy's /data a volume: account, certificates and the internal authority's root live in the container.",
    risk: "Every recreate asks for new certificates, until Let's Encrypt's limit refuses; with the internal authority every client's trust breaks.",
    fix: 'Volumes for /data and /config.',
    reference: 'https://caddyserver.com/docs/conventions#data-directory',
  },
  inspect(c) {
    if (c.answers?.tls === 'load-balancer')
      return notApplicable('Caddy keeps no certificates behind a load balancer')
    const caddy = serviceOf(c, 'caddy')
    if (caddy === undefined) return notApplicable('no service caddy')
    if (caddy.mounts.some((mount) => mount.target === '/data' && mount.source !== undefined))
      return verdictOf([])
    return verdictOf([
      {
        where: c.install.compose?.locate(['services', 'caddy', 'volumes']),
        service: 'caddy',
        evidence: '/data of caddy is not a volume',
        remedy: 'Run tracecat-harden init.',
      },
    ])
  },
  harden(c) {
    if (c.answers.tls === 'load-balancer' || baseModel(c)?.services.has('caddy') !== true) return []
    return ['data', 'config'].flatMap((name): readonly Edit[] => [
      addToService('caddy', 'volumes', `caddy-${name}:/${name}`, `/${name}`),
      { kind: 'compose', edit: { op: 'set', path: ['volumes', `caddy-${name}`], value: null } },
    ])
  },
}
