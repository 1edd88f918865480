import { allDirectives } from '../../edge/inspect.ts'
import { type Control, verdictOf } from '../control.ts'
import { effectiveEdge, isVerdict, whereApi } from './reading.ts'

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
    const all = allDirectives(edge.caddyfile).map(({ words }) => words.join(' ').toLowerCase())
    const missing = internalHeaderNames.filter(
      (name) =>
        !all.some(
          (line) =>
            line === `request_header -${name.toLowerCase()}` ||
            line === `header_up -${name.toLowerCase()}`,
        ),
    )
    return verdictOf(
      missing.length === 0
        ? []
        : [
            {
              where: whereApi(edge),
              service: 'caddy',
              evidence: `Caddy passes ${missing.join(' and ')} on from outside`,
              remedy: 'Run tracecat-harden init.',
            },
          ],
    )
  },
  harden() {
    return [{ kind: 'edge', part: { part: 'strip-headers', names: internalHeaderNames } }]
  },
}
