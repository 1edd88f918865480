import { type Control, notApplicable, stays, verdictOf } from '../control.ts'
import { look, variableAt } from '../look.ts'
import { authTypes, authTypesName, passwordsAllowed } from './reading.ts'

export const signInLimit: Control = {
  meta: {
    id: 'sign-in-limit',
    title: 'Passwords cannot be tried without end',
    severity: 'medium',
    area: 'sign-in',
    why: "No release of Tracecat limits how often a password may be tried, and Caddy's own modules cannot.",
    risk: 'Whoever has a list of leaked passwords tries it, from anywhere, until one fits.',
    fix: "Sign-in through a provider (sso) ends it: with no passwords there is nothing to try. Else a limit before Caddy, such as of a load balancer or fail2ban on Caddy's access log.",
    reference: 'https://owasp.org/www-community/controls/Blocking_Brute_Force_Attacks',
  },
  inspect(c) {
    if (!passwordsAllowed(c)) return notApplicable('passwords are not accepted')
    return verdictOf([
      look({ ...variableAt(c, authTypesName), service: 'api' }, 'no passwords', {
        evidence: `passwords are accepted (${authTypes(c).join(', ')}) and may be tried without limit`,
        remedy:
          'Set sso to your provider in tracecat-harden.yaml, or limit requests to /api/auth/login before Caddy.',
        standing: stays('no release has a limit, and Caddy has none without a module'),
      }),
    ])
  },
}
