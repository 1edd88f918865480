import { isDomainAllowed } from '../../answers/mail.ts'
import { type Control, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { variableOf, whereVariable } from '../reading.ts'
import { authTypes } from './reading.ts'

const domains = 'TRACECAT__AUTH_ALLOWED_DOMAINS'
const superadminName = 'TRACECAT__AUTH_SUPERADMIN_EMAIL'

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
    const address = variableOf(c, superadminName)
    const where = whereVariable(c, superadminName)
    const remedy = 'Set superadminEmail in tracecat-harden.yaml and run tracecat-harden init.'
    if (address === undefined)
      return verdictOf([{ where, evidence: `${superadminName} is not set`, remedy }])
    if (/[,;\s]/.test(address))
      return verdictOf([
        {
          where,
          evidence: `${superadminName} is compared as a whole: more than one address, or a blank, is nobody's`,
          remedy,
        },
      ])
    const allowed = (variableOf(c, domains) ?? '').split(',').filter((one) => one !== '')
    const samlAlone = authTypes(c).join() === 'saml'
    if (isDomainAllowed(address, allowed, samlAlone)) return verdictOf([])
    return verdictOf([
      { where, evidence: `the domain of ${superadminName} is not among the allowed ones`, remedy },
    ])
  },
  harden(c) {
    return [setVariableTo(superadminName, c.answers.superadminEmail, { after: domains })]
  },
}
