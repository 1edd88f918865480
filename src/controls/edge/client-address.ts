import { isIPv6 } from 'node:net'
import type { Expanded, Plain } from '../../edge/follow/expand.ts'
import { type Control, notApplicable, pass, verdictOf } from '../control.ts'
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
    const edge = effectiveEdge(c)
    if (isVerdict(edge)) return edge
    const trusting = trustedProxies(edge.expanded)
    const wide = trusting.filter(({ words }) => words.some(isWide))
    if (wide.length > 0) {
      return verdictOf(
        wide.map(({ words, line }) => ({
          where: whereEdge(edge, line),
          service: 'caddy',
          evidence: `Caddy believes any caller's X-Forwarded-For: trusted_proxies has ${words.filter(isWide).join(', ')}`,
          remedy:
            'Name the networks of your load balancer alone, as trustedProxies in tracecat-harden.yaml does.',
        })),
      )
    }
    if (c.answers?.tls !== 'load-balancer')
      return trusting.length > 0 ? pass : notApplicable('no load balancer before this host')
    return verdictOf(
      trusting.length > 0
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

/** For every site, or for one proxy. */
function trustedProxies({ global, sites }: Expanded): readonly Plain[] {
  const inside = (directives: readonly Plain[]): readonly Plain[] =>
    directives.flatMap((one) => [
      ...(one.words[0] === 'trusted_proxies' ? [one] : []),
      ...inside(one.block),
    ])
  return [...inside(global), ...sites.flatMap((site) => inside(site.directives))]
}

/** No network of a load balancer is larger than the largest private ones, 10.0.0.0/8 and fc00::/7. */
function isWide(network: string): boolean {
  const [address = '', length] = network.split('/')
  if (length === undefined || !/^\d+$/.test(length)) return false
  if (!isIPv6(address)) return Number(length) < 8
  return Number(length) < (/^f[cd]/i.test(address) ? 7 : 16)
}
