import type { Answers } from '../../answers/answers.ts'
import type { Plain, PlainSite } from '../../edge/follow/expand.ts'
import { hostOf } from '../../edge/follow/follow.ts'
import { isPublic } from '../../edge/follow/probes.ts'
import type { TlsMode } from '../../edge/parts.ts'
import { type Case, type Control, type HardenCase, type Look, verdictOf } from '../control.ts'
import { addToService, type Edit, setVariableTo } from '../edit.ts'
import { look } from '../look.ts'
import { mountReadOnly } from '../mount.ts'
import { baseModel, stackService, variableOf } from '../reading.ts'
import {
  decided,
  type EffectiveEdge,
  effectiveEdge,
  isUnclear,
  isVerdict,
  placeAt,
} from './reading.ts'

/** Where certificate and key are inside Caddy's container. */
export const certificateTargets = {
  certificate: '/etc/caddy/certs/tls.crt',
  key: '/etc/caddy/certs/tls.key',
} as const

const tlsPorts = ['80:80', '443:443', '443:443/udp'] as const

export const tls: Control = {
  meta: {
    id: 'tls',
    title: 'People reach Tracecat over TLS',
    severity: 'critical',
    area: 'edge',
    why: 'The stock Caddyfile serves plain HTTP.',
    risk: 'Whoever is on the way reads passwords, session cookies and stored credentials as they are typed in.',
    fix: 'Caddy gets a certificate: automatic, your own, or of its internal authority; or TLS ends at a load balancer that is named.',
    reference: 'https://docs.tracecat.com/self-hosting/security',
  },
  inspect(c) {
    if (c.answers?.tls === 'load-balancer') {
      const place = { subject: 'tls in the answers', where: undefined, value: c.answers.tls }
      return verdictOf([look(place, 'where TLS ends')])
    }
    const edge = effectiveEdge(c)
    if (isVerdict(edge)) return edge
    const verdict = verdictOf(sitesOf(c, edge), 'Caddy has no site for people')
    return verdict.kind === 'open' ? verdict : decided(edge, verdict)
  },
  harden(c) {
    const plain = c.answers.tls === 'load-balancer'
    const port = plain ? loadBalancerPort(c) : 80
    const mode = tlsMode(c.answers, port)
    const edits: Edit[] = [
      { kind: 'edge', part: { part: 'site', domain: c.answers.domain, tls: mode } },
      setVariableTo('PUBLIC_APP_PORT', String(port)),
      setVariableTo('BASE_DOMAIN', plain ? `:${port}` : c.answers.domain, {
        after: 'PUBLIC_APP_PORT',
      }),
    ]
    if (baseModel(c)?.services.has('caddy') !== true) return edits
    if (!plain) edits.push(...tlsPorts.map((item) => addToService('caddy', 'ports', item)))
    return [...edits, ...certificateMounts(c.answers)]
  },
}

function tlsMode(answers: Answers, port: number): TlsMode {
  switch (answers.tls) {
    case 'automatic':
      return { mode: 'automatic', acmeEmail: answers.acmeEmail }
    case 'certificate':
      return { mode: 'certificate', ...certificateTargets }
    case 'internal':
      return { mode: 'internal' }
    case 'load-balancer':
      return { mode: 'load-balancer', port }
  }
}

/** Behind a load balancer the port stays the admin's. */
function loadBalancerPort(c: HardenCase): number {
  const port = Number(
    c.overwritten?.get('PUBLIC_APP_PORT') ?? variableOf(c, 'PUBLIC_APP_PORT') ?? '80',
  )
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : 80
}

function certificateMounts(answers: Answers): readonly Edit[] {
  if (
    answers.tls !== 'certificate' ||
    answers.certificate === undefined ||
    answers.certificateKey === undefined
  )
    return []
  return [
    mountReadOnly('caddy', answers.certificate, certificateTargets.certificate),
    mountReadOnly('caddy', answers.certificateKey, certificateTargets.key),
  ]
}

function sitesOf(c: Case, edge: EffectiveEdge): readonly Look[] {
  const { sites, global } = edge.expanded
  const httpPort = global.find(({ words }) => words[0] === 'http_port')?.words[1] ?? '80'
  return sites.filter(isPublic).map((site) => {
    const hasTls = site.directives.some(({ words }) => words[0] === 'tls')
    const plain = hasTls ? [] : site.addresses.filter((address) => isPlain(address, httpPort))
    const names = site.addresses.join(', ')
    return look(
      {
        subject: `the site ${names}`,
        ...placeAt(edge, plain.length > 0 ? 'HTTP' : 'TLS', site.line),
      },
      'TLS where it leads into the stack',
      plain.length > 0 &&
        mayReachTheStack(c, site) && {
          evidence: `Caddy serves ${plain.join(', ')} over plain HTTP`,
          remedy:
            'Run tracecat-harden init with tls: automatic, certificate or internal; with load-balancer where TLS ends before this host.',
        },
    )
  })
}

/**
 * A site of the admin's with something else is none of this: unless it proxies to this stack, or may.
 * Redirects and fixed answers carry nothing that anybody could read on the way.
 */
function mayReachTheStack(c: Case, { directives, unread }: PlainSite): boolean {
  return unread.length > 0 || directives.some((one) => mayProxyToIt(c, one))
}

function mayProxyToIt(c: Case, { words: [name = '', ...words], block }: Plain): boolean {
  if (name === 'invoke' || name === 'dynamic') return true
  const hosts = proxies.has(name) ? words.map(hostOf) : []
  return (
    hosts.some((host) => isUnclear(host) || stackService(c, host) !== undefined) ||
    block.some((one) => mayProxyToIt(c, one))
  )
}

const proxies: ReadonlySet<string> = new Set(['forward_auth', 'php_fastcgi', 'reverse_proxy', 'to'])

/** By its scheme, else its port; with neither a name gets a certificate, and no name gets none (Caddy 2.11). */
function isPlain(address: string, httpPort: string): boolean {
  const [, scheme = '', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/i.exec(address) ?? []
  if (scheme !== '') return scheme.toLowerCase() === 'http'
  const port = /:(\d+)(?:\/|$)/.exec(rest)?.[1]
  if (port === '443') return false
  return rest === '' || rest.startsWith(':') || port === '80' || port === httpPort
}
