import { pathsOf } from '../../edge/follow/probes.ts'
import { type Control, notApplicable } from '../control.ts'
import { edgeVerdict, effectiveEdge, isVerdict, passed, request } from './reading.ts'

export const sessionCookie: Control = {
  meta: {
    id: 'session-cookie',
    title: 'The session cookie is sent over TLS only',
    severity: 'medium',
    area: 'edge',
    why: 'Up to beta.50 Tracecat decides by an internal address and never marks the cookie Secure.',
    risk: 'One request over plain HTTP, which anybody on the way can cause, shows the session.',
    fix: 'Caddy adds Secure to it, behind the API and the UI alike, since SAML sets it through the UI.',
    reference:
      'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#secure',
  },
  inspect(c) {
    if (c.release.abilities.secureCookie)
      return notApplicable(`Tracecat ${c.release.tag} marks it itself`)
    const edge = effectiveEdge(c)
    if (isVerdict(edge)) return edge
    const reached = passed(c, edge, (site) => pathsOf(site).map((path) => request('GET', path)))
    const bare = reached.filter(
      ({ service, securesCookies }) => ['api', 'ui'].includes(service) && !securesCookies,
    )
    // One for each upstream, not for each of its routes.
    const wrong = ['api', 'ui'].flatMap(
      (name) => bare.find(({ service }) => service === name) ?? [],
    )
    return edgeVerdict(edge, {
      subject: 'the session cookie',
      expected: 'Secure',
      reached,
      wrong,
      problem: ({ service }) => ({
        evidence: `the session cookie goes out without Secure, as ${service} sets it`,
      }),
    })
  },
  harden(c) {
    return c.release.abilities.secureCookie
      ? []
      : [{ kind: 'edge', part: { part: 'secure-cookies' } }]
  },
}
