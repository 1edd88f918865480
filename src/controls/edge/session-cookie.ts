import { allDirectives, textOf } from '../../edge/inspect.ts'
import { type Control, notApplicable, verdictOf } from '../control.ts'
import { effectiveEdge, isVerdict, whereApi } from './reading.ts'

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
    const has = allDirectives(edge.caddyfile).some(
      ({ directive }) =>
        /header/.test(directive.name) && /Set-Cookie[\s\S]*Secure/.test(textOf(directive)),
    )
    return verdictOf(
      has
        ? []
        : [
            {
              where: whereApi(edge),
              service: 'caddy',
              evidence: 'the session cookie goes out without Secure',
              remedy: 'Run tracecat-harden init.',
            },
          ],
    )
  },
  harden(c) {
    return c.release.abilities.secureCookie
      ? []
      : [{ kind: 'edge', part: { part: 'secure-cookies' } }]
  },
}
