import type { Fate } from '../../edge/follow/follow.ts'
import { pathsOf } from '../../edge/follow/probes.ts'
import type { Control } from '../control.ts'
import { edgeVerdict, effectiveEdge, isVerdict, passed, request } from './reading.ts'

const internalHeaderNames = ['X-Tracecat-Service-Key', 'X-Tracecat-Role-*'] as const

export const internalHeaders: Control = {
  meta: {
    id: 'internal-headers',
    title: 'Headers between services are refused from outside',
    severity: 'high',
    area: 'edge',
    why: 'The API accepts X-Tracecat-Service-Key and X-Tracecat-Role-* from anybody; the UI writes the key to its log at each SAML sign-in.',
    risk: 'Whoever reads one log line acts as any user from anywhere.',
    fix: 'Caddy removes these headers. tracecat-admin from another host stops working; inside the stack it works.',
    reference: 'https://github.com/TracecatHQ/tracecat',
  },
  inspect(c) {
    const edge = effectiveEdge(c)
    if (isVerdict(edge)) return edge
    const toApi = passed(c, edge, (site) =>
      ['/api/x', ...pathsOf(site)].flatMap((path) => [request('GET', path), request('POST', path)]),
    ).filter(({ service }) => service === 'api')
    const wrong = toApi.filter((one) => passedOn(one).length > 0 || one.set.some(isInternal))
    return edgeVerdict(edge, {
      subject: internalHeaderNames.join(' and '),
      expected: 'taken off what comes from outside',
      reached: toApi,
      wrong,
      problem: (one) => ({
        evidence: one.set.some(isInternal)
          ? `Caddy itself sends ${one.set.filter(isInternal).join(' and ')} to the api for whoever asks`
          : `Caddy passes ${passedOn(one).join(' and ')} on from outside`,
        remedy:
          'Run tracecat-harden init; in a site or route of yours, add request_header -X-Tracecat-Service-Key and request_header -X-Tracecat-Role-* yourself.',
      }),
    })
  },
  harden() {
    return [{ kind: 'edge', part: { part: 'strip-headers', names: internalHeaderNames } }]
  },
}

/** Those of the headers that nothing takes off; a pattern may be wider than what we write. */
function passedOn({ removed }: Fate): readonly string[] {
  return internalHeaderNames.filter((name) => {
    const wanted = name.toLowerCase()
    return !removed.some((one) =>
      one.endsWith('*') ? wanted.startsWith(one.slice(0, -1)) : one === wanted,
    )
  })
}

function isInternal(name: string): boolean {
  return name === 'x-tracecat-service-key' || name.startsWith('x-tracecat-role-')
}
