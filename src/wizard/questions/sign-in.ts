import type { PartialAnswers } from '../../answers/schema.ts'
import { type Draft, type Question, type WizardContext, withAnswers } from '../draft.ts'
import type { Choice } from '../prompter.ts'
import { oidcProviders, providerName } from '../provider/providers.ts'
import { askOidc } from './sign-in-oidc.ts'
import { askSaml } from './sign-in-saml.ts'

export const signIn: Question = {
  id: 'sign-in',
  title: 'Sign-in',
  when: () => 'ask',
  show({ given: { sso } }) {
    if (sso?.type === 'oidc') return `${providerName(sso.provider, 'OIDC')} (${sso.issuer ?? ''})`
    if (sso?.type === 'saml')
      return `${providerName(sso.provider, 'SAML')} (${sso.metadataUrl ?? ''})`
    return 'passwords'
  },
  async ask(draft, context) {
    const { prompter } = context
    prompter.say(
      'How do people sign in? With a provider of your company, whoever leaves it loses the way in here too.',
    )
    const chosen = await prompter.choose({
      message: 'Sign-in:',
      choices: choices(context),
      default: before(draft.given.sso),
    })
    if (chosen === 'passwords') return passwords(draft, context)
    if (chosen === 'saml')
      return await keepPasswords(await askSaml(withoutPasswords(draft), context), context)
    const provider = oidcProviders.find(({ id }) => id === chosen)
    if (provider === undefined) throw new Error(`There is no provider ${chosen}`)
    return await keepPasswords(await askOidc(withoutPasswords(draft), context, provider), context)
  },
  dependents: ['allowed-domains', 'superadmin'],
}

/** Before 1.0.0-beta.5 there was Google, and SAML for everybody else. */
function choices({ release: { abilities } }: WizardContext): readonly Choice<string>[] {
  const google = abilities.authTypes.includes('google_oauth')
  const oidc = oidcProviders.filter(
    ({ id }) => abilities.genericOidc || (id === 'google' && google),
  )
  return [
    ...oidc.map(({ id, name }) => ({ value: id, name })),
    { value: 'saml', name: 'SAML', hint: 'Okta, Entra ID, Authentik, Keycloak and others' },
    {
      value: 'passwords',
      name: 'passwords, without a provider',
      hint: 'An accepted risk: every report will say so.',
    },
  ]
}

function before(sso: PartialAnswers['sso']): string {
  if (sso?.type === 'saml') return 'saml'
  if (sso?.type !== 'oidc') return 'passwords'
  return oidcProviders.some(({ id }) => id === sso.provider) ? (sso.provider ?? 'other') : 'other'
}

function passwords(draft: Draft, { prompter }: WizardContext): Draft {
  prompter.say(
    'Passwords it is. Tracecat does not slow down guessing, and sign-up is the way in for whoever knows the right address: it will be closed to the outside, but for networks that you name under "more settings".',
  )
  return {
    ...withAnswers(draft, { sso: { type: 'basic' }, keepPasswords: undefined }),
    clientSecret: undefined,
  }
}

/** What belongs to passwords alone; `keepPasswords` decides again. */
function withoutPasswords(draft: Draft): Draft {
  return withAnswers(draft, {
    signUpNetworks: draft.given.keepPasswords === true ? draft.given.signUpNetworks : undefined,
  })
}

/** Where people sign in with passwords now, one typo at the provider must not lock them out. */
async function keepPasswords(draft: Draft, context: WizardContext): Promise<Draft> {
  if (!context.inUse || !context.passwordsNow) return draft
  return await askKeepPasswords(draft, context)
}

export async function askKeepPasswords(draft: Draft, { prompter }: WizardContext): Promise<Draft> {
  prompter.say(
    'If anything is wrong at the provider, nobody gets in. Passwords can stay until a sign-in there has worked; run this again then.',
  )
  const keep = await prompter.yesNo({
    message: 'Keep passwords for now?',
    default: draft.given.keepPasswords ?? true,
  })
  return withAnswers(draft, {
    keepPasswords: keep ? true : undefined,
    signUpNetworks: keep ? draft.given.signUpNetworks : undefined,
  })
}
