import type { ComposeModel, Mount, Service } from '../../install/compose/model.ts'
import { cleanPath } from '../../install/compose/service/volumes.ts'
import { type Control, notApplicable, verdictOf } from '../control.ts'
import { addToService, type Edit } from '../edit.ts'
import { look, runInit, settingAt } from '../look.ts'
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
    const folder = foldersOf(caddy).data
    const mount = mountAt(caddy, folder)
    const value = mount && `${mount.type} ${mount.source ?? 'without a source'}`
    return verdictOf([
      look(
        settingAt(c, 'caddy', ['volumes', folder], value),
        'a volume or a folder of the host',
        !(mount !== undefined && survives(mount)) && {
          evidence:
            mount === undefined
              ? `${folder} of caddy is not a volume`
              : `${folder} of caddy is a mount of yours that does not last (${mount.type} without a source)`,
          remedy:
            mount === undefined
              ? runInit
              : `Give the mount at ${folder} a named volume or a folder of this host.`,
        },
      ),
    ])
  },
  harden(c) {
    const base = baseModel(c)
    const caddy = base?.services.get('caddy')
    if (c.answers.tls === 'load-balancer' || base === undefined || caddy === undefined) return []
    return Object.entries(foldersOf(caddy)).flatMap(([name, folder]): readonly Edit[] => {
      if (mountAt(caddy, folder) !== undefined) return []
      const volume = freeName(base, `caddy-${name}`)
      return [
        addToService('caddy', 'volumes', `${volume}:${folder}`, folder),
        { kind: 'compose', edit: { op: 'set', path: ['volumes', volume], value: null } },
      ]
    })
  },
}

/** Where Caddy keeps certificates and its last configuration: the image sets both variables. */
function foldersOf({ environment }: Service): { readonly data: string; readonly config: string } {
  return {
    data: environment.get('XDG_DATA_HOME') || '/data',
    config: environment.get('XDG_CONFIG_HOME') || '/config',
  }
}

/** What is mounted at a folder, or at one that holds it. */
function mountAt({ mounts }: Service, folder: string): Mount | undefined {
  return mounts.find(({ target }) => {
    const place = cleanPath(target)
    return place === folder || folder.startsWith(`${place}/`)
  })
}

/** Does it outlive the container? A volume without a name goes with `docker compose down`. */
function survives({ type, source }: Mount): boolean {
  return source !== undefined && type !== 'tmpfs'
}

/** A volume of the admin's that is called so, and mounted elsewhere, is not ours to use. */
function freeName({ volumes }: Pick<ComposeModel, 'volumes'>, name: string): string {
  return volumes.has(name) ? freeName({ volumes }, `${name}-2`) : name
}
