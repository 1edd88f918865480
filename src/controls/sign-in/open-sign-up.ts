import { allDirectives, textOf } from '../../edge/inspect.ts'
import { type Control, notApplicable, verdictOf } from '../control.ts'
import { effectiveEdge, isVerdict, whereApi } from '../edge/reading.ts'
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
    const all = allDirectives(edge.caddyfile)
    const guarded = all.some(
      ({ words, directive }) =>
        /auth\/register/i.test(words.join(' ')) || /auth.*register/i.test(textOf(directive)),
    )
    const refuses =
      all.some(({ words }) => words[0] === 'respond' && words.includes('403')) ||
      all.some(({ words }) => words[0] === 'abort')
    return verdictOf(
      guarded && refuses
        ? []
        : [
            {
              where: whereApi(edge),
              service: 'caddy',
              evidence: 'anybody can sign up: POST /api/auth/register is open',
              remedy: 'Run tracecat-harden init.',
            },
          ],
    )
  },
  harden(c) {
    const passwords = c.answers.sso.type === 'basic' || c.answers.keepPasswords
    return passwords
      ? [{ kind: 'edge', part: { part: 'sign-up-guard', networks: c.answers.signUpNetworks } }]
      : []
  },
}
