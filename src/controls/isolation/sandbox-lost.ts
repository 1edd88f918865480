import { type Control, notApplicable, verdictOf } from '../control.ts'
import {
  isJailed,
  model,
  presentOf,
  sandboxServices,
  serviceOf,
  variableOf,
  whereService,
} from '../reading.ts'
import { mayHold } from './rights.ts'

export const sandboxLost: Control = {
  meta: {
    id: 'sandbox-lost',
    title: 'An upgrade did not take the sandbox away',
    severity: 'high',
    area: 'isolation',
    why: '0.53 ran scripts in nsjail without being asked. From 1.0.0-beta.0 on nsjail is off unless .env turns it on: the upgrade says nothing. What was granted for it in an override stays.',
    risk: 'Scripts that had a sandbox run beside every secret; with the rights that only the sandbox needed, they become root in the container or, privileged, reach the host.',
    fix: 'init turns the sandbox on again with what it needs; with tenancy: trusted it takes back what the Compose file grants; remove the rights from your override.',
    reference: 'https://docs.tracecat.com/self-hosting/security',
  },
  inspect(c) {
    const { nsjail, backends } = c.release.abilities
    if (!nsjail) return notApplicable(`Tracecat ${c.release.tag} has no sandbox`)
    if (isJailed(c)) return verdictOf([])
    const remedy = 'Run tracecat-harden init with tenancy: single or multi; or remove these rights.'
    const trusted = c.answers?.tenancy === 'trusted'
    const forgotten =
      backends.length > 0 &&
      variableOf(c, 'TRACECAT__DISABLE_NSJAIL') === undefined &&
      variableOf(c, 'TRACECAT__EXECUTOR_BACKEND') === undefined
    return verdictOf([
      ...(forgotten && !trusted && c.install.env !== undefined
        ? [
            {
              where: { file: c.install.envPath },
              service: 'executor',
              evidence: `${c.install.envPath} says nothing of the sandbox, as in 0.53, where it was on; in ${c.release.tag} that means off`,
              remedy: 'Run tracecat-harden init with tenancy: single or multi.',
            },
          ]
        : []),
      ...presentOf(model(c), sandboxServices).flatMap((name) => {
        const service = serviceOf(c, name)
        if (service === undefined || !mayHold(service, 'SYS_ADMIN')) return []
        return [
          {
            where: whereService(c, name, service.privileged ? 'privileged' : 'cap_add'),
            service: name,
            evidence: `${name} ${service.privileged ? 'is privileged' : 'has SYS_ADMIN'} for a sandbox that is off`,
            remedy,
          },
        ]
      }),
    ])
  },
}
