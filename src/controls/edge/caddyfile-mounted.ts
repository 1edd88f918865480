import type { Upstream } from '../../edge/parts.ts'
import { ownPaths } from '../../install/install.ts'
import { type Control, notApplicable, skipped, verdictOf } from '../control.ts'
import { addToService, type Edit } from '../edit.ts'
import { look } from '../look.ts'
import { baseModel, whereService } from '../reading.ts'
import { effectivePath, mountOfOurs, sourceOf } from './reading.ts'

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
    const source = sourceOf(c)
    if (source === undefined) return notApplicable('no service caddy')
    if (source.kind === 'hidden') return skipped(source.why)
    const path = effectivePath(c)
    const place = {
      subject: 'the Caddyfile that Caddy reads',
      where: whereService(c, 'caddy', 'volumes', source.target),
      service: 'caddy',
      value: path,
    }
    if (path !== ownPaths.caddyfile) {
      return verdictOf([
        look(place, ownPaths.caddyfile, {
          evidence: `Caddy reads ${path ?? 'no file of this folder'}, which an update overwrites`,
        }),
      ])
    }
    const isThere = c.install.files.has(path)
    return verdictOf([
      look(
        { ...place, value: isThere ? path : `${path}, which is not there` },
        path,
        !isThere && {
          severity: 'medium',
          evidence: `${path} is mounted, and is not there: Caddy does not start`,
          remedy:
            'Run tracecat-harden init, or restore to get the file back. Where Docker has made a folder of that name, remove it first.',
        },
      ),
    ])
  },
  harden(c) {
    const services = baseModel(c)?.services
    const upstreams: readonly Upstream[] =
      c.release.abilities.mcpRoutes && services?.has('mcp') !== false
        ? ['api', 'ui', 'mcp']
        : ['api', 'ui']
    const routes: Edit = { kind: 'edge', part: { part: 'routes', upstreams } }
    if (services?.has('caddy') !== true) return [routes]
    const { item, target } = mountOfOurs(c)
    return [routes, addToService('caddy', 'volumes', item, target)]
  },
}
