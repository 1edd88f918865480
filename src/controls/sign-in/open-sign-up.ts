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
    const wrong = passed(c, edge, () => spellings.map((path) => request('POST', path))).filter(
      (one) => one.service === 'api' && isSignUp(one.request.path),
    )
    return edgeVerdict(edge, wrong, ({ sent }) => ({
      evidence: `anybody can sign up: POST ${sent.path} is open`,
      remedy:
        'Run tracecat-harden init; where a site or route of yours goes to the api, guard it the same way.',
    }))
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

/** As it arrives at the api; a rewritten path may be anything. */
function isSignUp(path: string | undefined): boolean {
  return path === undefined || /^\/?(?:api\/)?auth\/register$/i.test(path)
}
