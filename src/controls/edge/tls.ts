import type { Answers } from '../../answers/answers.ts'
import type { TlsMode } from '../../edge/parts.ts'
import { sitesOf } from '../../edge/inspect.ts'
import { type Case, type Control, type Finding, type HardenCase, notApplicable, verdictOf } from '../control.ts'
import { addToService, type Edit, setVariableTo } from '../edit.ts'
import { baseModel, serviceOf, valueOf, whereVariable } from '../reading.ts'
import { type EffectiveEdge, effectiveEdge, isVerdict, whereEdge, withEnvironment } from './reading.ts'

/** Where certificate and key are inside Caddy's container. */
export const certificateTargets = { certificate: '/etc/caddy/certs/tls.crt', key: '/etc/caddy/certs/tls.key' } as const

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
      setVariableTo('BASE_DOMAIN', plain ? `:${port}` : c.answers.domain, { after: 'PUBLIC_APP_PORT' }),
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
  const port = Number(valueOf(c, 'PUBLIC_APP_PORT') ?? '80')
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : 80
}

function certificateMounts(answers: Answers): readonly Edit[] {
  if (answers.tls !== 'certificate' || answers.certificate === undefined || answers.certificateKey === undefined) return []
  return [
    mountReadOnly('caddy', answers.certificate, certificateTargets.certificate),
    mountReadOnly('caddy', answers.certificateKey, certificateTargets.key),
  ]
}

/** Mounts a file of the host, absolute or relative to the install, so that the container cannot write it. */
export function mountReadOnly(service: string, source: string, target: string): Edit {
  const path = source.startsWith('/') || source.startsWith('./') || source.startsWith('../') ? source : `./${source}`
  return addToService(service, 'volumes', `${path}:${target}:ro`, target)
}

function plainSites(c: Case, edge: EffectiveEdge): readonly Finding[] {
  return sitesOf(edge.caddyfile).flatMap((site) => {
    const addresses = site.addresses.map((address) => withEnvironment(c, address))
    const hasTls = site.directives.some(({ name }) => name === 'tls')
    if (hasTls || !addresses.some(isPlain) || site.directives.every(({ name }) => name === 'redir')) return []
    return [
      {
        where: whereEdge(edge, site.line),
        service: 'caddy',
        evidence: `Caddy serves ${addresses.join(', ')} over plain HTTP`,
        remedy: 'Run tracecat-harden init with tls: automatic, certificate or internal; with load-balancer where TLS ends before this host.',
      },
    ]
  })
}

function isPlain(address: string): boolean {
  if (address.startsWith('https://') || address.endsWith(':443')) return false
  return address === '' || address.startsWith('http://') || address.startsWith(':') || /:80$/.test(address)
}

export const publicUrls: Control = {
  meta: {
    id: 'public-urls',
    title: 'Public addresses agree and use https',
    severity: 'medium',
    area: 'edge',
    why: 'Links, sign-in callbacks, webhook URLs and download links are built from these variables.',
    risk: 'Sign-in fails or goes over plain HTTP; webhook callers send their data in the clear.',
    fix: 'All of them follow PUBLIC_APP_URL, which is https and the domain.',
    reference: 'https://docs.tracecat.com/self-hosting/docker-compose',
  },
  inspect(c) {
    const app = valueOf(c, 'PUBLIC_APP_URL')
    if (app === undefined) return notApplicable('PUBLIC_APP_URL is not set')
    const findings: Finding[] = []
    if (!app.startsWith('https://')) findings.push(finding(c, 'PUBLIC_APP_URL', `PUBLIC_APP_URL is ${app}, not https`))
    for (const [name, expected] of publicNames(c, app)) {
      const value = valueOf(c, name)
      if (value !== undefined && value !== expected) findings.push(finding(c, name, `${name} is ${value}; ${expected} would agree with PUBLIC_APP_URL`))
    }
    return verdictOf(findings)
  },
  harden(c) {
    const app = publicUrl(c.answers)
    return [
      setVariableTo('PUBLIC_APP_URL', app, { after: 'PUBLIC_APP_PORT' }),
      ...publicNames(c, app).map(([name, value]) =>
        setVariableTo(name, value, {
          expression: value === app ? '${PUBLIC_APP_URL}' : '${PUBLIC_APP_URL}/api',
          after: 'PUBLIC_APP_URL',
        }),
      ),
    ]
  },
}

/** The address that people use; TLS is there in every mode, with a load balancer before us. */
export function publicUrl(answers: Answers): string {
  return `https://${answers.domain}`
}

/** The variables that repeat the public address, and what each must be. */
function publicNames(c: Case, app: string): readonly (readonly [string, string])[] {
  const names: (readonly [string, string])[] = [
    ['PUBLIC_API_URL', `${app}/api`],
    ['NEXT_PUBLIC_APP_URL', app],
    ['NEXT_PUBLIC_API_URL', `${app}/api`],
    ['TRACECAT__PUBLIC_APP_URL', app],
    ['TRACECAT__PUBLIC_API_URL', `${app}/api`],
  ]
  const mcp = 'TRACECAT_MCP__BASE_URL'
  return c.release.abilities.mcpRoutes && c.release.abilities.mcpUsesOidc ? [...names, [mcp, app]] : names
}

function finding(c: Case, name: string, evidence: string): Finding {
  return { where: whereVariable(c, name), evidence, remedy: 'Run tracecat-harden init.' }
}

export const allowOrigins: Control = {
  meta: {
    id: 'allow-origins',
    title: 'Only the public address may call the API from a browser',
    severity: 'high',
    area: 'edge',
    why: "Tracecat's set-up script leaves TRACECAT__ALLOW_ORIGINS blank. From beta.40 on that means every origin, with cookies; before, it means none and breaks the UI.",
    risk: 'A page on a sibling subdomain acts in the name of whoever is signed in.',
    fix: 'It is set to PUBLIC_APP_URL alone.',
    reference: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS',
  },
  inspect(c) {
    const name = 'TRACECAT__ALLOW_ORIGINS'
    const value = serviceOf(c, 'api')?.environment.get(name) ?? valueOf(c, name) ?? ''
    const app = valueOf(c, 'PUBLIC_APP_URL') ?? ''
    if (value === '') {
      const means = c.release.abilities.blankOriginsMeanAll ? 'every origin is allowed, with cookies' : 'no origin is allowed'
      return verdictOf([finding(c, name, `${name} is blank: ${means}`)])
    }
    const others = value.split(',').filter((origin) => origin.trim() !== app)
    return verdictOf(others.length === 0 ? [] : [finding(c, name, `${name} also allows ${others.join(', ')}`)])
  },
  harden(c) {
    return [setVariableTo('TRACECAT__ALLOW_ORIGINS', publicUrl(c.answers), { expression: '${PUBLIC_APP_URL}', after: 'PUBLIC_APP_URL' })]
  },
}

export const certificateStorage: Control = {
  meta: {
    id: 'certificate-storage',
    title: 'Certificates survive when Caddy is recreated',
    severity: 'medium',
    area: 'edge',
    why: "No release of Tracecat gives Caddy's /data a volume: account, certificates and the internal authority's root live in the container.",
    risk: "Every recreate asks for new certificates, until Let's Encrypt's limit refuses; with the internal authority every client's trust breaks.",
    fix: 'Volumes for /data and /config.',
    reference: 'https://caddyserver.com/docs/conventions#data-directory',
  },
  inspect(c) {
    if (c.answers?.tls === 'load-balancer') return notApplicable('Caddy keeps no certificates behind a load balancer')
    const caddy = serviceOf(c, 'caddy')
    if (caddy === undefined) return notApplicable('no service caddy')
    if (caddy.mounts.some((mount) => mount.target === '/data' && mount.source !== undefined)) return verdictOf([])
    return verdictOf([
      {
        where: c.install.compose?.locate(['services', 'caddy', 'volumes']),
        service: 'caddy',
        evidence: '/data of caddy is not a volume',
        remedy: 'Run tracecat-harden init.',
      },
    ])
  },
  harden(c) {
    if (c.answers.tls === 'load-balancer' || baseModel(c)?.services.has('caddy') !== true) return []
    return ['data', 'config'].flatMap((name): readonly Edit[] => [
      addToService('caddy', 'volumes', `caddy-${name}:/${name}`, `/${name}`),
      { kind: 'compose', edit: { op: 'set', path: ['volumes', `caddy-${name}`], value: null } },
    ])
  },
}
