import { isDomainAllowed, mailDomain, mailProblem } from '../../answers/mail.ts'
import { type Question, withAnswers } from '../draft.ts'
import { listOf, problemOf } from '../problem.ts'

export const allowedDomains: Question = {
  id: 'allowed-domains',
  title: 'E-mail domains',
  when: () => 'ask',
  show: ({ given }) => (given.allowedDomains?.length ? given.allowedDomains.join(', ') : 'any'),
  async ask(draft, { prompter }) {
    const oidc = draft.given.sso?.type === 'oidc'
    prompter.say(
      draft.given.sso?.type === 'basic'
        ? 'Which e-mail domains may have an account?'
        : 'Which e-mail domains may sign in? Tracecat believes any address that the provider sends, so this keeps strangers out.',
    )
    const answer = await prompter.text({
      message: oidc ? 'E-mail domains:' : 'E-mail domains ("any" for all):',
      default: draft.given.allowedDomains?.join(', ') ?? parent(draft.given.domain),
      validate(text) {
        const domains = listOf(text)
        if (isAny(text)) return oidc ? 'With OIDC the domains must be named.' : undefined
        return domains.length === 0
          ? 'At least one, such as example.com.'
          : problemOf({ allowedDomains: domains })
      },
    })
    const domains = isAny(answer) ? [] : listOf(answer).map((one) => one.toLowerCase())
    return withAnswers(draft, { allowedDomains: domains.length === 0 ? undefined : domains })
  },
  dependents: ['superadmin'],
}

function isAny(text: string): boolean {
  return text.trim().toLowerCase() === 'any'
}

/** `example.com` of `tracecat.example.com`: often the company's own. */
function parent(domain: string | undefined): string | undefined {
  const rest = domain?.split('.').slice(1).join('.')
  return rest?.includes('.') === true ? rest : undefined
}

export const superadmin: Question = {
  id: 'superadmin',
  title: 'First superadmin',
  when: () => 'ask',
  show: ({ given }) => given.superadminEmail ?? '',
  async ask(draft, { prompter }) {
    const sso = draft.given.sso?.type !== 'basic'
    prompter.say(
      sso
        ? 'Who becomes superadmin? The address exactly as the provider sends it, capitals included: Tracecat compares letter by letter.'
        : 'Who becomes superadmin? Whoever signs up with this address first owns the install.',
    )
    const domains = draft.given.allowedDomains ?? []
    const samlAlone = draft.given.sso?.type === 'saml' && draft.given.keepPasswords !== true
    const superadminEmail = await prompter.text({
      message: 'E-mail of the first superadmin:',
      default: draft.given.superadminEmail,
      validate(text) {
        const problem = mailProblem(text)
        if (problem !== undefined) return `This ${problem}.`
        if (isDomainAllowed(text, domains, samlAlone)) return undefined
        if (domains.includes(mailDomain(text).toLowerCase()))
          return `This address could not sign in: Tracecat compares letter by letter, and ${mailDomain(text)} is not ${mailDomain(text).toLowerCase()}.`
        return `This address could not sign in: ${mailDomain(text)} is not among ${domains.join(', ')}.`
      },
    })
    return withAnswers(draft, { superadminEmail })
  },
}
