import type { Upstream } from '../../edge/parts.ts'
import { ownPaths } from '../../install/install.ts'
import { type Control, notApplicable, skipped, verdictOf } from '../control.ts'
import { addToService, type Edit } from '../edit.ts'
import { baseModel, model, whereService } from '../reading.ts'
import { effectivePath, mountOfOurs, otherStart } from './reading.ts'

export const caddyfileMounted: Control = {
  meta: {
    id: 'caddyfile-mounted',
    title: "Caddy reads the hardened Caddyfile, not the vendor's",
    severity: 'high',
    area: 'edge',
    why: "Tracecat's update steps overwrite Caddyfile.",
    risk: 'An update turns TLS and every edge rule off in silence.',
    fix: 'caddy/Caddyfile, a file that no update knows, is mounted over the one in the container.',
    reference: 'https://docs.tracecat.com/self-hosting/updating',
  },
  inspect(c) {
    if (model(c)?.services.has('caddy') !== true) return notApplicable('no service caddy')
    const where = whereService(c, 'caddy', 'volumes', mountOfOurs.target)
    if (effectivePath(c) === ownPaths.caddyfile) {
      const other = otherStart(c)
      if (other !== undefined) return skipped(other)
      if (c.install.files.has(ownPaths.caddyfile)) return verdictOf([])
      return verdictOf([
        {
          where,
          service: 'caddy',
          severity: 'medium',
          evidence: `${ownPaths.caddyfile} is mounted, and is not there: Caddy does not start`,
          remedy:
            'Run tracecat-harden init, or restore to get the file back. Where Docker has made a folder of that name, remove it first.',
        },
      ])
    }
    return verdictOf([
      {
        where,
        service: 'caddy',
        evidence: `Caddy reads ${effectivePath(c) ?? 'no file of this folder'}, which an update overwrites`,
        remedy: 'Run tracecat-harden init.',
      },
    ])
  },
  harden(c) {
    const services = baseModel(c)?.services
    const upstreams: readonly Upstream[] =
      c.release.abilities.mcpRoutes && services?.has('mcp') !== false
        ? ['api', 'ui', 'mcp']
        : ['api', 'ui']
    const routes: Edit = { kind: 'edge', part: { part: 'routes', upstreams } }
    return services?.has('caddy') === true
      ? [routes, addToService('caddy', 'volumes', mountOfOurs.item, mountOfOurs.target)]
      : [routes]
  },
}
