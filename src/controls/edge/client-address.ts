import { textOf } from '../../edge/inspect.ts'
import { type Control, notApplicable, verdictOf } from '../control.ts'
import { effectiveEdge, isVerdict, whereEdge } from './reading.ts'

export const clientAddress: Control = {
  meta: {
    id: 'client-address',
    title: "Callers' addresses are theirs, behind a load balancer too",
    severity: 'medium',
    area: 'edge',
    why: 'Rules and logs by address see the load balancer unless its networks are named; named too widely, any caller can claim any address.',
    risk: 'Sign-up guards and allow-lists let the wrong people in, or nobody.',
    fix: 'trustedProxies names the networks whose X-Forwarded-For counts.',
    reference: 'https://caddyserver.com/docs/caddyfile/options#trusted-proxies',
  },
  inspect(c) {
    if (c.answers?.tls !== 'load-balancer')
      return notApplicable('no load balancer before this host')
    const edge = effectiveEdge(c)
    if (isVerdict(edge)) return edge
    const names = edge.caddyfile.entries.some(
      (entry) =>
        entry.kind === 'global' &&
        entry.block.directives.some((one) => /trusted_proxies/.test(textOf(one))),
    )
    return verdictOf(
      names
        ? []
        : [
            {
              where: whereEdge(edge),
              service: 'caddy',
              evidence: "Caddy does not know the load balancer's networks",
              remedy: 'Run tracecat-harden init.',
            },
          ],
    )
  },
  harden(c) {
    return c.answers.tls === 'load-balancer'
      ? [{ kind: 'edge', part: { part: 'trusted-proxies', networks: c.answers.trustedProxies } }]
      : []
  },
}
