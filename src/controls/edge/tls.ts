import type { Answers } from '../../answers/answers.ts'
import { type Site as FoundSite, sitesOf } from '../../edge/inspect.ts'
import type { TlsMode } from '../../edge/parts.ts'
import { type Case, type Control, type Finding, type HardenCase, verdictOf } from '../control.ts'
import { addToService, type Edit, setVariableTo } from '../edit.ts'
import { mountReadOnly } from '../mount.ts'
import { baseModel, isStackHost, variableOf } from '../reading.ts'
import {
  type EffectiveEdge,
  effectiveEdge,
  isVerdict,
  whereEdge,
  withEnvironment,
} from './reading.ts'

/** Where certificate and key are inside Caddy's container. */
export const certificateTargets = {
  certificate: '/etc/caddy/certs/tls.crt',
  key: '/etc/caddy/certs/tls.key',
} as const

const tlsPorts = ['80:80', '443:443', '443:443/udp'] as const

type Site = Pick<FoundSite, 'directives'>

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
    if (c.answers?.tls === 'load-balancer') return verdictOf([])
    const edge = effectiveEdge(c)
    return isVerdict(edge) ? edge : verdictOf(plainSites(c, edge))
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

function plainSites(c: Case, edge: EffectiveEdge): readonly Finding[] {
  return sitesOf(edge.caddyfile).flatMap((site) => {
    const addresses = site.addresses.map((address) => withEnvironment(c, address))
    const hasTls = site.directives.some(({ name }) => name === 'tls')
    const isMeant = addresses.some(isPlain) && mayReachTheStack(c, site)
    if (hasTls || !isMeant || site.directives.every(({ name }) => name === 'redir')) return []
    return [
      {
        where: whereEdge(edge, site.line),
        service: 'caddy',
        evidence: `Caddy serves ${addresses.join(', ')} over plain HTTP`,
        remedy:
          'Run tracecat-harden init with tls: automatic, certificate or internal; with load-balancer where TLS ends before this host.',
      },
    ]
  })
}

/** A site of the admin's with something else is none of this: unless it proxies to this stack, or may. */
function mayReachTheStack(c: Case, { directives }: Site): boolean {
  return directives.some(({ name, words, block }) => {
    if (name === 'import' || name === 'invoke') return true
    const upstreams = proxies.has(name) ? words.slice(1).map(({ text }) => hostOf(text)) : []
    if (upstreams.some((host) => unclear.test(host) || isStackHost(c, host))) return true
    return mayReachTheStack(c, { directives: block?.directives ?? [] })
  })
}

const proxies: ReadonlySet<string> = new Set(['forward_auth', 'php_fastcgi', 'reverse_proxy', 'to'])

/** A placeholder, or this host, on which the stack's own ports are. */
const unclear = /[{]|^localhost$|^127\.|^\[?::1|^host\.docker\.internal$/

function hostOf(upstream: string): string {
  return upstream.replace(/^[a-z0-9+]+:\/\//i, '').replace(/:\d+$/, '')
}

function isPlain(address: string): boolean {
  if (address.startsWith('https://') || address.endsWith(':443')) return false
  return (
    address === '' ||
    address.startsWith('http://') ||
    address.startsWith(':') ||
    /:80$/.test(address)
  )
}
