import { pathsOf } from '../../edge/follow/probes.ts'
import { type Case, type Control, type Look, stays, verdictOf } from '../control.ts'
import { effectiveEdge, isVerdict, passed, request, whereEdge } from '../edge/reading.ts'
import { look, settingAt } from '../look.ts'
import { model, presentOf, serviceOf } from '../reading.ts'

export const temporalExposed: Control = {
  meta: {
    id: 'temporal-exposed',
    title: 'Temporal knows who calls',
    severity: 'medium',
    area: 'isolation',
    why: "Temporal's port 7233 and its UI ask for no password and speak no TLS, and share networks with the services that run people's code.",
    risk: 'A script that reaches the network starts, changes and reads every workflow run.',
    fix: "Neither Tracecat's Compose file nor its images have a setting for it: Tracecat speaks TLS to Temporal only with an API key of Temporal Cloud. A sandbox whose egress is filtered (from beta.52 on) keeps scripts away; payload encryption keeps what they would read unreadable.",
    reference: 'https://docs.temporal.io/self-hosted-guide/security',
  },
  inspect(c) {
    const executor = serviceOf(c, 'executor')
    return verdictOf(
      [
        ...fromOutside(c),
        ...presentOf(model(c), ['temporal', 'temporal_ui']).map((name) => {
          const networks = serviceOf(c, name)?.networks ?? []
          const shared = networks.filter((network) => executor?.networks.includes(network))
          return look(
            settingAt(c, name, ['networks'], networks.join(', ')),
            "none of the executor's",
            shared.length > 0 && {
              evidence: `${name} accepts everybody on ${shared.join(' and ')}, where the executor is`,
              remedy:
                'Use payload encryption, and a sandbox with filtered egress once the release has it; or Temporal Cloud.',
              standing: stays(
                'the services need these networks, and no file gives this Temporal a sign-in',
              ),
            },
          )
        }),
      ],
      'Temporal is not in this stack',
    )
  },
}

/** A route of the admin's to it, with nothing that asks for a password first. */
function fromOutside(c: Case): readonly Look[] {
  const edge = effectiveEdge(c)
  if (isVerdict(edge)) return []
  const open = passed(c, edge, (site) => pathsOf(site).map((path) => request('GET', path))).filter(
    ({ service, certain, site }) =>
      service.startsWith('temporal') && certain && site.unread.length === 0,
  )
  const byLine = new Map(open.map((one) => [one.line, one]))
  return [...byLine.values()].map(({ line, service }) =>
    look(
      {
        subject: `the way to ${service}`,
        where: whereEdge(edge, line),
        service: 'caddy',
        value: 'open',
      },
      'closed',
      {
        severity: 'high',
        evidence: `${service} is reachable from outside, and asks nobody for a password`,
        remedy: 'Remove this route, or put basic_auth or your provider before it.',
      },
    ),
  )
}
