import { releaseThatChanges } from '../../release/release-of.ts'
import { type Case, type Control, type Look, stays, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { look, variableAt } from '../look.ts'
import { variableOf } from '../reading.ts'

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
    return verdictOf([listed(c), ...undecided(c)])
  },
  harden(c) {
    return [
      setVariableTo(domains, c.answers.allowedDomains.join(','), { after: 'TRACECAT__AUTH_TYPES' }),
    ]
  },
}

function listed(c: Case): Look {
  const value = variableOf(c, domains)
  if (value === undefined) {
    const reason = whyBlank(c)
    return look(variableAt(c, domains), 'your domains', {
      evidence: `${domains} is blank: every address may have an account`,
      remedy: 'Set allowedDomains in tracecat-harden.yaml and run tracecat-harden init.',
      standing: reason === undefined ? undefined : stays(reason),
    })
  }
  return look(
    variableAt(c, domains),
    'your domains',
    /[\sA-Z@]|^,|,,|,$/.test(value) && {
      evidence: `${domains} has spaces, capitals, @ or empty parts; Tracecat compares letter by letter, so nobody of that domain gets in`,
      severity: 'medium',
    },
  )
}

function whyBlank({ answers }: Case): string | undefined {
  if (answers === undefined || answers.sso.type === 'oidc' || answers.allowedDomains.length > 0)
    return undefined
  return answers.sso.type === 'saml'
    ? 'with SAML only people who are invited get an account'
    : 'no domains in tracecat-harden.yaml; sign-up is closed to outside networks'
}

function undecided(c: Case): readonly Look[] {
  if (!c.release.abilities.databaseDecidesDomains) return []
  const place = { subject: 'what decides which domains are allowed', where: undefined }
  return [
    look({ ...place, value: 'a setting in the database' }, domains, {
      evidence: `up to 1.0.0-beta.4 a setting in the database beats ${domains}: files cannot tell which domains are allowed`,
      remedy: 'Look at the organization settings in Tracecat.',
      severity: 'low',
      standing: stays(
        'no file can decide it on this release',
        releaseThatChanges('databaseDecidesDomains', c.release.tag),
      ),
    }),
  ]
}
