import { releaseThatChanges } from '../../release/release-of.ts'
import { type Case, type Control, type Finding, stays, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { variableOf, whereVariable } from '../reading.ts'

const domains = 'TRACECAT__AUTH_ALLOWED_DOMAINS'

export const allowedDomains: Control = {
  meta: {
    id: 'allowed-domains',
    title: 'Only addresses of your domains may have an account',
    severity: 'high',
    area: 'sign-in',
    why: 'Blank means everyone. Tracecat joins accounts by e-mail and does not check that the address is verified.',
    risk: 'Anybody with an account at the provider, or at Google at all, becomes a member of the organization.',
    fix: 'The domains are written in lower case without spaces, as Tracecat compares them letter by letter.',
    reference: 'https://docs.tracecat.com/self-hosting/authentication',
  },
  inspect(c) {
    return verdictOf([...blank(c), ...spelling(c), ...undecided(c)])
  },
  harden(c) {
    return [
      setVariableTo(domains, c.answers.allowedDomains.join(','), { after: 'TRACECAT__AUTH_TYPES' }),
    ]
  },
}

function blank(c: Case): readonly Finding[] {
  if (variableOf(c, domains) !== undefined) return []
  const reason =
    c.answers !== undefined &&
    c.answers.sso.type !== 'oidc' &&
    c.answers.allowedDomains.length === 0
      ? c.answers.sso.type === 'saml'
        ? 'with SAML only people who are invited get an account'
        : 'no domains in tracecat-harden.yaml; sign-up is closed to outside networks'
      : undefined
  return [
    {
      where: whereVariable(c, domains),
      evidence: `${domains} is blank: every address may have an account`,
      remedy: 'Set allowedDomains in tracecat-harden.yaml and run tracecat-harden init.',
      standing: reason === undefined ? undefined : stays(reason),
    },
  ]
}

function spelling(c: Case): readonly Finding[] {
  const value = variableOf(c, domains)
  if (value === undefined || !/[\sA-Z@]|^,|,,|,$/.test(value)) return []
  return [
    {
      where: whereVariable(c, domains),
      evidence: `${domains} has spaces, capitals, @ or empty parts; Tracecat compares letter by letter, so nobody of that domain gets in`,
      remedy: 'Run tracecat-harden init.',
      severity: 'medium',
    },
  ]
}

function undecided(c: Case): readonly Finding[] {
  if (!c.release.abilities.databaseDecidesDomains) return []
  return [
    {
      where: undefined,
      evidence: `up to 1.0.0-beta.4 a setting in the database beats ${domains}: files cannot tell which domains are allowed`,
      remedy: 'Look at the organization settings in Tracecat.',
      severity: 'low',
      standing: stays(
        'no file can decide it on this release',
        releaseThatChanges('databaseDecidesDomains', c.release.tag),
      ),
    },
  ]
}
