import { type Case, type Control, type Look, notApplicable, verdictOf } from '../control.ts'
import { environmentAt, look } from '../look.ts'
import { serviceOf, variableOf } from '../reading.ts'
import { cidrProblem, portProblem, ruleCount } from './egress-format.ts'
import { cidrs, kinds, ports } from './egress-variables.ts'

const blocked = 'TRACECAT__SANDBOX_BLOCKED_EGRESS_CIDRS'
const ipv6 = 'TRACECAT__SANDBOX_ALLOW_PUBLIC_IPV6_EGRESS'
/** More of them, and Tracecat refuses to start a jail. */
const maximum = 128

export const egressRules: Control = {
  meta: {
    id: 'egress-rules',
    title: "Rules for the sandbox's egress are ones that Tracecat accepts",
    severity: 'high',
    area: 'isolation',
    why: 'Tracecat reads these variables strictly: an address with host bits set, or a port that is none, ends the service at start; more than 128 rules end every jailed run.',
    risk: 'Nobody has to attack: the executor crashes in a loop and every action hangs.',
    fix: 'privateNetworks in tracecat-harden.yaml is checked before it is written. What you wrote yourself is reported, with what is wrong in it.',
    reference: 'https://docs.python.org/3/library/ipaddress.html#ipaddress.ip_network',
  },
  inspect(c) {
    if (!c.release.abilities.egressFilter)
      return notApplicable(`Tracecat ${c.release.tag} does not read these variables`)
    return verdictOf([
      ...badItems(c, blocked, cidrProblem),
      ...Object.keys(kinds).flatMap((kind) => [
        ...badItems(c, cidrs(kind), cidrProblem),
        ...badItems(c, ports(kind), portProblem),
      ]),
      ...Object.entries(kinds).map(([kind, stock]) => rules(c, kind, stock)),
    ])
  },
}

function itemsOf(c: Case, name: string, fallback = ''): readonly string[] {
  const value = serviceOf(c, 'executor')?.environment.get(name) ?? variableOf(c, name)
  return (value === undefined || value === '' ? fallback : value)
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function badItems(
  c: Case,
  name: string,
  problem: (item: string) => string | undefined,
): readonly Look[] {
  return itemsOf(c, name).map((item) => {
    const wrong = problem(item)
    return look(
      {
        ...environmentAt(c, 'executor', name),
        subject: `${item} in ${name}`,
        value: wrong ?? 'sound',
      },
      'sound',
      wrong !== undefined && {
        evidence: `${name}: ${item} ${wrong}`,
        remedy: 'Correct it before the executor is recreated.',
      },
    )
  })
}

function rules(c: Case, kind: string, stockPorts: string): Look {
  const count = ruleCount({
    cidrs: itemsOf(c, cidrs(kind)).length,
    ports: itemsOf(c, ports(kind), stockPorts).length,
    blocked: itemsOf(c, blocked).length,
    ipv6: variableOf(c, ipv6)?.toLowerCase() === 'true',
  })
  const runs = `${kind.toLowerCase()} runs`
  return look(
    {
      ...environmentAt(c, 'executor', cidrs(kind)),
      subject: `the number of rules for ${runs}`,
      value: count,
    },
    `${maximum} or less`,
    count > maximum && {
      evidence: `${runs} would need ${count} rules, and Tracecat refuses more than ${maximum}`,
      remedy: 'Name fewer, wider networks, or fewer ports.',
    },
  )
}
