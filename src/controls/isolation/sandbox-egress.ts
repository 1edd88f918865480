import { releaseThatChanges } from '../../release/release-of.ts'
import { type Control, notApplicable, stays, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { look, variableAt } from '../look.ts'
import { passOn } from '../pass-on.ts'
import { inExecutor } from '../reading.ts'

const kinds = ['ACTION', 'SCRIPT', 'AGENT'] as const
const variable = (kind: (typeof kinds)[number]) => `TRACECAT__SANDBOX_${kind}_ALLOWED_EGRESS_CIDRS`

export const sandboxEgress: Control = {
  meta: {
    id: 'sandbox-egress',
    title: 'The sandbox reaches the private networks that it must, and no others',
    severity: 'medium',
    area: 'isolation',
    why: 'From 1.0.0-beta.52 on the sandbox reaches public addresses only; before, it reaches whatever the executor does.',
    risk: 'Unfiltered, a script reaches the internal services of the stack and the metadata service of the cloud. Filtered without exceptions, actions lose the SIEM or ticket system on a private network.',
    fix: 'privateNetworks names what actions must reach; nothing else private is let through.',
    reference: 'https://docs.tracecat.com/self-hosting/security',
  },
  inspect(c) {
    if (!c.release.abilities.nsjail)
      return notApplicable(`Tracecat ${c.release.tag} has no sandbox`)
    if (!c.release.abilities.egressFilter) {
      const place = { subject: "the jail's network", where: undefined, service: 'executor' }
      return verdictOf([
        look({ ...place, value: 'not filtered' }, 'filtered', {
          evidence: `the sandbox of ${c.release.tag} does not filter: scripts reach the stack's networks and 169.254.169.254`,
          remedy:
            'Upgrade to 1.0.0-beta.52 or later when it is released; until then filter on the host or in the network.',
          standing: stays(
            'no file can make this release filter',
            releaseThatChanges('egressFilter', c.release.tag),
          ),
        }),
      ])
    }
    const wanted = (c.answers?.privateNetworks ?? []).join(',')
    return verdictOf(
      kinds.map((kind) =>
        look(
          {
            ...variableAt(c, variable(kind)),
            service: 'executor',
            value: inExecutor(c, variable(kind)),
          },
          wanted === '' ? 'as you set it' : wanted,
          wanted !== '' &&
            inExecutor(c, variable(kind)) !== wanted && {
              evidence: `${variable(kind)} is not what privateNetworks in tracecat-harden.yaml says`,
            },
        ),
      ),
    )
  },
  harden(c) {
    if (!c.release.abilities.egressFilter || c.answers.privateNetworks.length === 0) return []
    const value = c.answers.privateNetworks.join(',')
    const edits = kinds.map((kind, index) => {
      const previous = kinds[index - 1]
      return setVariableTo(
        variable(kind),
        value,
        previous === undefined
          ? { after: 'TRACECAT__DISABLE_NSJAIL' }
          : { after: variable(previous) },
      )
    })
    return [
      ...edits,
      ...passOn(c, 'executor', kinds.map(variable)),
      ...passOn(c, 'agent-executor', [variable('AGENT')]),
    ]
  },
}
