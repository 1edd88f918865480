import { isIPv6 } from 'node:net'
import type { Expanded, Plain } from '../../edge/follow/expand.ts'
import { pathsOf } from '../../edge/follow/probes.ts'
import {
  type Case,
  type Control,
  notApplicable,
  skipped,
  type Verdict,
  verdictOf,
} from '../control.ts'
import { look } from '../look.ts'
import {
  type EffectiveEdge,
  edgeVerdict,
  effectiveEdge,
  isVerdict,
  type Passed,
  passed,
  placeAt,
  request,
} from './reading.ts'

export const clientAddress: Control = {
  meta: {
    id: 'client-address',
    title: "Callers' addresses are theirs, behind a load balancer too",
    severity: 'medium',
    area: 'edge',
    why: 'Rules and logs by address see the load balancer unless its networks are named; named too widely, any caller can claim any address. So can he where a route to the api hands a header of his on as X-Forwarded-For.',
    risk: 'Sign-up guards and allow-lists let the wrong people in, or nobody.',
    fix: 'trustedProxies names the networks whose X-Forwarded-For counts. A header_up of yours that says otherwise stays, and is yours to remove.',
    reference: 'https://caddyserver.com/docs/caddyfile/options#trusted-proxies',
  },
  inspect(c) {
    const edge = effectiveEdge(c)
    if (isVerdict(edge)) return edge
    const trusting = trustedProxies(edge.expanded)
    const proxies = ({ words, line }: Plain) => ({
      subject: 'trusted_proxies',
      ...placeAt(edge, words.slice(1).join(' '), line),
    })
    const networks = "your load balancer's networks alone"
    const wide = trusting.filter(({ words }) => words.some(isWide))
    if (wide.length > 0) {
      return verdictOf(
        wide.map((one) =>
          look(proxies(one), networks, {
            evidence: `Caddy believes any caller's X-Forwarded-For: trusted_proxies has ${one.words.filter(isWide).join(', ')}`,
            remedy:
              'Name the networks of your load balancer alone, as trustedProxies in tracecat-harden.yaml does.',
          }),
        ),
      )
    }
    const handedOn = addressHandedOn(c, edge)
    if (handedOn.kind !== 'pass') return handedOn
    const [first] = trusting
    if (first !== undefined) return verdictOf([look(proxies(first), networks), ...handedOn.seen])
    if (c.answers?.tls !== 'load-balancer')
      return notApplicable('no load balancer before this host')
    return verdictOf([
      look({ subject: 'trusted_proxies', ...placeAt(edge, 'not set') }, networks, {
        evidence: "Caddy does not know the load balancer's networks",
      }),
    ])
  },
  harden(c) {
    return c.answers.tls === 'load-balancer'
      ? [{ kind: 'edge', part: { part: 'trusted-proxies', networks: c.answers.trustedProxies } }]
      : []
  },
}

/** What the api gets as the caller's address, by the routes to it. */
function addressHandedOn(c: Case, edge: EffectiveEdge): Verdict {
  const reached = passed(c, edge, (site) =>
    ['/api/x', ...pathsOf(site)].map((path) => request('POST', path)),
  )
  const values = reached.flatMap((one) => (one.service === 'api' ? forwardedValue(one) : []))
  const verdict = edgeVerdict(edge, {
    subject: 'X-Forwarded-For to the api',
    expected: "the caller's address, as Caddy sees it",
    reached,
    wrong: values.filter(({ value }) => kindOf(value) === 'claimed'),
    problem: ({ value }) => ({
      evidence: `callers choose the address that the api sees: X-Forwarded-For is set to ${value}`,
      remedy:
        "Remove this header_up of X-Forwarded-For: Caddy itself sends the caller's address. Behind another proxy, name its networks as trustedProxies, and its header with client_ip_headers.",
    }),
  })
  const [unclear] = values.filter(({ value }) => kindOf(value) === 'unclear')
  return verdict.kind === 'pass' && unclear !== undefined
    ? skipped(
        `whether callers choose the address that the api sees depends on ${unclear.value} (${edge.path}:${unclear.line})`,
      )
    : verdict
}

/**
 * The last one that sets it counts, else the last that adds one: that is the header which uvicorn
 * reads. What is taken off anyway says nothing (tried with Caddy 2.11).
 */
function forwardedValue(one: Passed): readonly (Passed & { readonly value: string })[] {
  const named = (name: RegExp) => one.headerUp.findLast(({ words }) => name.test(words[1] ?? ''))
  if (named(/^-x-(?:forwarded-)?(?:for|\*)$/i) !== undefined) return []
  const set = named(/^x-forwarded-for$/i) ?? named(/^\+x-forwarded-for$/i)
  return set === undefined ? [] : [{ ...one, line: set.line, value: set.words.slice(2).join(' ') }]
}

/** Parts of the request are the caller's own words; of other placeholders nothing is known. */
function kindOf(value: string): 'safe' | 'claimed' | 'unclear' {
  if (/\{(?:http\.request\.)?(?:header|cookie|query|uri|path|host|orig_uri)\b/i.test(value))
    return 'claimed'
  const rest = value.replace(
    /\{(?:remote|remote_host|client_ip|(?:http\.)?vars\.client_ip|http\.request\.remote(?:\.host)?)\}/g,
    '',
  )
  return /[{$]/.test(rest) ? 'unclear' : 'safe'
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
