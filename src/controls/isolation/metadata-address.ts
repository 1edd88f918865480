import { releaseThatChanges } from '../../release/release-of.ts'
import { type Case, type Control, type Look, stays, verdictOf } from '../control.ts'
import { environmentAt, look, settingAt } from '../look.ts'
import { inExecutor, isJailed } from '../reading.ts'
import { covers } from './egress-format.ts'
import { cidrs, kinds, ports } from './egress-variables.ts'

const address = '169.254.169.254'

export const metadataAddress: Control = {
  meta: {
    id: 'metadata-address',
    title: "Scripts do not reach the cloud's metadata service",
    severity: 'medium',
    area: 'isolation',
    why: "169.254.169.254 hands the machine's cloud credentials to every process that asks. Up to beta.51 neither Docker nor the sandbox filters it.",
    risk: 'On a cloud machine, whoever writes a workflow acts with the rights of the machine.',
    fix: "From beta.52 on the sandbox refuses it, unless a network that you allow covers it on port 80. Before, and without a sandbox, only the host can: IMDSv2 with a hop limit of 1, or a rule in iptables' chain DOCKER-USER.",
    reference:
      'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html',
  },
  inspect(c) {
    const { egressFilter } = c.release.abilities
    if (egressFilter && isJailed(c)) return verdictOf(letThrough(c))
    return verdictOf([
      look(settingAt(c, 'executor', ['networks'], 'not filtered'), `without ${address}`, {
        evidence: `nothing keeps scripts of ${c.release.tag} from ${address}`,
        remedy: `On a cloud machine: a hop limit of 1 for the metadata service, or iptables -I DOCKER-USER -d ${address} -j DROP.`,
        standing: egressFilter
          ? stays('without the sandbox only the host can filter it')
          : stays(
              'no file can make this release filter: only the host can',
              releaseThatChanges('egressFilter', c.release.tag),
            ),
      }),
    ])
  },
}

/** What is allowed comes before what is refused, one port at a time: the service answers on 80. */
function letThrough(c: Case): readonly Look[] {
  return Object.entries(kinds).map(([kind, stock]) => {
    const name = cidrs(kind)
    const open = itemsOf(inExecutor(c, name) ?? '').find((cidr) => covers(cidr, address))
    const reached = itemsOf(inExecutor(c, ports(kind)) || stock).some((port) => Number(port) === 80)
    return look(
      { ...environmentAt(c, 'executor', name), value: inExecutor(c, name) },
      `without ${address} on port 80`,
      open !== undefined &&
        reached && {
          evidence: `${name} allows ${open} on port 80, and with it ${address}`,
          remedy: 'Name the networks that scripts must reach, without that address.',
        },
    )
  })
}

function itemsOf(list: string): readonly string[] {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
