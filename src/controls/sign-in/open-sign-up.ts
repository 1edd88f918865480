import type { PlainSite } from '../../edge/follow/expand.ts'
import type { Request } from '../../edge/follow/match.ts'
import { pathsTo } from '../../edge/follow/probes.ts'
import { type Control, notApplicable } from '../control.ts'
import { edgeVerdict, effectiveEdge, isVerdict, passed, request } from '../edge/reading.ts'
import { passwordsAllowed } from './reading.ts'

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
    const reached = passed(c, edge, (site) => pathsIn(site).map((path) => request('POST', path)))
    const wrong = reached
      .filter((one) => one.service === 'api' && isSignUp(one.request))
      .map((one) => ({
        ...one,
        // Under a name of the admin's own, a path that cannot be told is most likely another.
        certain:
          one.certain &&
          (one.request.path !== undefined || spellings.includes(one.sent.path ?? '')),
      }))
    return edgeVerdict(edge, {
      subject: 'sign-up from outside',
      expected: 'refused',
      reached,
      wrong,
      problem: ({ sent }) => ({
        evidence: `anybody can sign up: POST ${sent.path} is open`,
        remedy:
          'Run tracecat-harden init. It leaves a site or route of yours that goes to the api as it is: remove that, or write there, in the same block and above its reverse_proxy, the two lines "@no_sign_up path_regexp (?i)auth/register" and "respond @no_sign_up 403".',
      }),
    })
  },
  harden(c) {
    const passwords = c.answers.sso.type === 'basic' || c.answers.keepPasswords
    return passwords
      ? [{ kind: 'edge', part: { part: 'sign-up-guard', networks: c.answers.signUpNetworks } }]
      : []
  },
}

/** With the prefix of the stock route, without it, and as its pattern lets through what is no folder. */
const spellings = [
  '/api/auth/register',
  '/auth/register',
  '/API/auth/register',
  '/api/api/auth/register',
  '/apiauth/register',
]

/** Those, and sign-up behind every prefix or other name that this site has. */
function pathsIn(site: PlainSite): readonly string[] {
  return [...new Set([...spellings, ...pathsTo(site, 'auth/register')])]
}

/** As it arrives at the api; a rewritten path may be anything. */
function isSignUp({ method, path }: Request): boolean {
  if (method !== 'POST') return false
  return path === undefined || /^\/?(?:api\/)?auth\/register$/i.test(path)
}
