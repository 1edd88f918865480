import { isEntraForAll, issuerProblem } from '../../answers/url.ts'
import { type Control, notApplicable, verdictOf } from '../control.ts'
import { look, variableAt } from '../look.ts'
import { variableOf } from '../reading.ts'
import { authTypes } from './reading.ts'

export const oidcIssuer: Control = {
  meta: {
    id: 'oidc-issuer',
    title: 'The OIDC provider knows only your people',
    severity: 'critical',
    area: 'sign-in',
    why: "Tracecat joins accounts by e-mail and does not check that the provider verified it. Entra's common and organizations issuers speak for every tenant there is.",
    risk: "Whoever has a tenant of their own there gives a user the superadmin's address and owns the install; over plain HTTP, whoever is on the way does.",
    fix: 'The issuer of your own tenant: https://login.microsoftonline.com/<tenant id>/v2.0. The answers file takes no other.',
    reference: 'https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc',
  },
  inspect(c) {
    const issuer = variableOf(c, 'OIDC_ISSUER')
    if (issuer === undefined || !authTypes(c).includes('oidc'))
      return notApplicable('nobody signs in with OIDC')
    const isOpen = !issuer.startsWith('https://') || isEntraForAll(issuer)
    const problem = issuer.startsWith('https://')
      ? issuerProblem(issuer)
      : 'must begin with https://'
    return verdictOf([
      look(
        { ...variableAt(c, 'OIDC_ISSUER'), service: 'api' },
        'the issuer of your own tenant, over https',
        problem !== undefined && {
          evidence: `OIDC_ISSUER ${problem}`,
          remedy:
            'Set sso.issuer in tracecat-harden.yaml to the issuer of your own tenant and run tracecat-harden init.',
          // Any other keeps people out, and lets nobody in.
          severity: isOpen ? undefined : 'medium',
        },
      ),
    ])
  },
}
