import { allDirectives, matchersOf, proxiesTo, textOf } from '../../edge/inspect.ts'
import type { Upstream } from '../../edge/parts.ts'
import { type Control, notApplicable, verdictOf } from '../control.ts'
import { addToService, type Edit } from '../edit.ts'
import { baseModel, model, valueOf } from '../reading.ts'
import { passwordsAllowed } from '../sign-in/people.ts'
import { effectiveEdge, effectivePath, isVerdict, mountOfOurs, whereEdge } from './reading.ts'
import { ownPaths } from '../../install/install.ts'

const remedy = 'Run tracecat-harden init.'

export const caddyfileMounted: Control = {
  meta: {
    id: 'caddyfile-mounted',
    title: "Caddy reads the hardened Caddyfile, not the vendor's",
    severity: 'high',
    area: 'edge',
    why: "Tracecat's update steps overwrite Caddyfile.",
    risk: 'An update turns TLS and every edge rule off in silence.',
    fix: 'caddy/Caddyfile, a file that no update knows, is mounted over the one in the container.',
    reference: 'https://docs.tracecat.com/self-hosting/updating',
  },
  inspect(c) {
    if (model(c)?.services.has('caddy') !== true) return notApplicable('no service caddy')
    if (effectivePath(c) === ownPaths.caddyfile) return verdictOf([])
    return verdictOf([
      {
        where: c.install.compose?.locate(['services', 'caddy', 'volumes']),
        service: 'caddy',
        evidence: `Caddy reads ${effectivePath(c) ?? 'no file of this folder'}, which an update overwrites`,
        remedy,
      },
    ])
  },
  harden(c) {
    const services = baseModel(c)?.services
    const upstreams: readonly Upstream[] = c.release.abilities.mcpRoutes && services?.has('mcp') !== false ? ['api', 'ui', 'mcp'] : ['api', 'ui']
    const routes: Edit = { kind: 'edge', part: { part: 'routes', upstreams } }
    return services?.has('caddy') === true ? [routes, addToService('caddy', 'volumes', mountOfOurs.item, mountOfOurs.target)] : [routes]
  },
}

/** Tracecat's buckets since the route exists; those that variables rename are added. */
const stockBuckets = ['tracecat-agent', 'tracecat-attachments', 'tracecat-registry', 'tracecat-skills', 'tracecat-workflow']

export const minioRoute: Control = {
  meta: {
    id: 'minio-route',
    title: 'The public way to MinIO serves signed downloads only',
    severity: 'critical',
    area: 'edge',
    why: "The stock Caddyfile passes every method and path under /s3 to MinIO, its admin interface included; the pinned MinIO is the last one published and has known holes in uploads.",
    risk: 'From outside, with an access key that stands in every download link: objects are written that the executor runs.',
    fix: 'Only GET and HEAD with a signature, only on known buckets; everything else under /s3 is 404.',
    reference: 'https://github.com/minio/minio/security/advisories',
  },
  inspect(c) {
    const edge = effectiveEdge(c)
    if (isVerdict(edge)) return edge
    const open = proxiesTo(edge.caddyfile, 'minio').filter((proxy) => {
      const rules = matchersOf(edge.caddyfile, proxy).map(({ directive }) => textOf(directive)).join('\n')
      return !/\bmethod (GET HEAD|HEAD GET|GET|HEAD)\b/.test(rules) || /\b(PUT|POST|DELETE)\b/.test(rules) || !/Signature/.test(rules)
    })
    return verdictOf(
      open.map(({ directive }) => ({
        where: whereEdge(edge, directive.line),
        service: 'caddy',
        evidence: 'MinIO is reachable from outside with any method and path',
        remedy,
      })),
    )
  },
  harden(c) {
    if (baseModel(c)?.services.has('minio') === false) return []
    const named = ['WORKFLOW', 'ATTACHMENTS', 'REGISTRY', 'AGENT', 'SKILLS'].flatMap((kind) => {
      const name = `TRACECAT__BLOB_STORAGE_BUCKET_${kind}`
      const value = baseModel(c)?.services.get('api')?.environment.get(name) ?? valueOf(c, name)
      return typeof value === 'string' && value !== '' ? [value] : []
    })
    return [{ kind: 'edge', part: { part: 's3', buckets: [...new Set([...stockBuckets, ...named])].sort() } }]
  },
}

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
      (name) => !all.some((line) => line === `request_header -${name.toLowerCase()}` || line === `header_up -${name.toLowerCase()}`),
    )
    return verdictOf(missing.length === 0 ? [] : [{ where: whereEdge(edge), service: 'caddy', evidence: `Caddy passes ${missing.join(' and ')} on from outside`, remedy }])
  },
  harden() {
    return [{ kind: 'edge', part: { part: 'strip-headers', names: internalHeaderNames } }]
  },
}

export const sessionCookie: Control = {
  meta: {
    id: 'session-cookie',
    title: 'The session cookie is sent over TLS only',
    severity: 'medium',
    area: 'edge',
    why: 'Up to beta.50 Tracecat decides by an internal address and never marks the cookie Secure.',
    risk: 'One request over plain HTTP, which anybody on the way can cause, shows the session.',
    fix: 'Caddy adds Secure to it, behind the API and the UI alike, since SAML sets it through the UI.',
    reference: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#secure',
  },
  inspect(c) {
    if (c.release.abilities.secureCookie) return notApplicable(`Tracecat ${c.release.tag} marks it itself`)
    const edge = effectiveEdge(c)
    if (isVerdict(edge)) return edge
    const has = allDirectives(edge.caddyfile).some(({ directive }) => /header/.test(directive.name) && /Set-Cookie[\s\S]*Secure/.test(textOf(directive)))
    return verdictOf(has ? [] : [{ where: whereEdge(edge), service: 'caddy', evidence: 'the session cookie goes out without Secure', remedy }])
  },
  harden(c) {
    return c.release.abilities.secureCookie ? [] : [{ kind: 'edge', part: { part: 'secure-cookies' } }]
  },
}

export const openSignUp: Control = {
  meta: {
    id: 'open-sign-up',
    title: 'Strangers cannot sign up',
    severity: 'critical',
    area: 'sign-in',
    why: 'With password sign-in POST /api/auth/register is public, and Tracecat has no switch for it. Certificate logs announce every new host.',
    risk: 'Whoever is first with the right address owns the install; everybody else becomes a member of the organization.',
    fix: 'Caddy answers sign-up from signUpNetworks only. The first account is made on the host itself; the steps are printed.',
    reference: 'https://docs.tracecat.com/self-hosting/authentication',
  },
  inspect(c) {
    if (!passwordsAllowed(c)) return notApplicable('passwords are not accepted')
    const edge = effectiveEdge(c)
    if (isVerdict(edge)) return edge
    const all = allDirectives(edge.caddyfile)
    const guarded = all.some(({ words, directive }) => /auth\/register/i.test(words.join(' ')) || /auth.*register/i.test(textOf(directive)))
    const refuses = all.some(({ words }) => words[0] === 'respond' && words.includes('403')) || all.some(({ words }) => words[0] === 'abort')
    return verdictOf(guarded && refuses ? [] : [{ where: whereEdge(edge), service: 'caddy', evidence: 'anybody can sign up: POST /api/auth/register is open', remedy }])
  },
  harden(c) {
    const passwords = c.answers.sso.type === 'basic' || c.answers.keepPasswords
    return passwords ? [{ kind: 'edge', part: { part: 'sign-up-guard', networks: c.answers.signUpNetworks } }] : []
  },
}

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
    if (c.answers?.tls !== 'load-balancer') return notApplicable('no load balancer before this host')
    const edge = effectiveEdge(c)
    if (isVerdict(edge)) return edge
    const names = edge.caddyfile.entries.some((entry) => entry.kind === 'global' && entry.block.directives.some((one) => /trusted_proxies/.test(textOf(one))))
    return verdictOf(names ? [] : [{ where: whereEdge(edge), service: 'caddy', evidence: "Caddy does not know the load balancer's networks", remedy }])
  },
  harden(c) {
    return c.answers.tls === 'load-balancer' ? [{ kind: 'edge', part: { part: 'trusted-proxies', networks: c.answers.trustedProxies } }] : []
  },
}
