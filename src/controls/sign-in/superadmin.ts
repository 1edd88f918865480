import { isDomainAllowed } from '../../answers/mail.ts'
import { type Case, type Control, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { look, variableAt } from '../look.ts'
import { variableOf } from '../reading.ts'
import { authTypes } from './reading.ts'

const domains = 'TRACECAT__AUTH_ALLOWED_DOMAINS'
const superadminName = 'TRACECAT__AUTH_SUPERADMIN_EMAIL'

function problemOf(c: Case): string | undefined {
  const address = variableOf(c, superadminName)
  if (address === undefined) return `${superadminName} is not set`
  if (/[,;\s]/.test(address))
    return `${superadminName} is compared as a whole: more than one address, or a blank, is nobody's`
  const allowed = (variableOf(c, domains) ?? '').split(',').filter((one) => one !== '')
  const samlAlone = authTypes(c).join() === 'saml'
  return isDomainAllowed(address, allowed, samlAlone)
    ? undefined
    : `the domain of ${superadminName} is not among the allowed ones`
}

export const superadmin: Control = {
  meta: {
    id: 'superadmin',
    title: 'The first superadmin is named',
    severity: 'high',
    area: 'sign-in',
    why: 'Whoever registers this address first, or later, becomes superadmin; the address is not verified.',
    risk: 'Unset, nobody can become superadmin as intended; set to an address outside of the allowed domains, the owner is locked out.',
    fix: 'The address is written exactly as the provider sends it: Tracecat compares letter by letter.',
    reference: 'https://docs.tracecat.com/self-hosting/authentication',
  },
  inspect(c) {
    const problem = problemOf(c)
    return verdictOf([
      look(
        variableAt(c, superadminName),
        'one address of an allowed domain',
        problem !== undefined && {
          evidence: problem,
          remedy: 'Set superadminEmail in tracecat-harden.yaml and run tracecat-harden init.',
        },
      ),
    ])
  },
  harden(c) {
    return [setVariableTo(superadminName, c.answers.superadminEmail, { after: domains })]
  },
}
