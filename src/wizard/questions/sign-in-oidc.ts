import { defaults } from '../../answers/defaults.ts'
import { normalDomain } from '../../answers/host-name.ts'
import { Secret } from '../../secrets/secret.ts'
import { type Draft, type WizardContext, withAnswers } from '../draft.ts'
import { problemOf } from '../problem.ts'
import { discoveryProblem, discoveryUrl } from '../provider/discovery.ts'
import { checkProvider } from '../provider/provider-check.ts'
import { type OidcProvider, redirectUris } from '../provider/providers.ts'

/** Issuer (checked), what to enter at the provider, client id, client secret. */
export async function askOidc(
  draft: Draft,
  context: WizardContext,
  provider: OidcProvider,
): Promise<Draft> {
  const { prompter, release } = context
  if (provider.warning !== undefined) prompter.say(provider.warning)
  const uris = redirectUris(normalDomain(draft.given.domain ?? ''), release.abilities.mcpUsesOidc)
  prompter.say(
    'At the provider, register a web application with exactly this redirect URI:',
    ...uris.map((uri) => `  ${uri}`),
  )
  const checked = await askIssuer(draft, context, provider)
  const sso = checked.draft.given.sso?.type === 'oidc' ? checked.draft.given.sso : undefined
  const isSameIssuer = checked.issuer.replace(/\/$/, '') === sso?.issuer?.replace(/\/$/, '')
  const clientId = await prompter.text({
    message: 'Client ID:',
    default: isSameIssuer ? sso?.clientId : undefined,
    validate: (text) =>
      text === ''
        ? 'The provider shows it with the application.'
        : problemOf({ sso: { clientId: text } }),
  })
  const scopes = sso?.scopes === undefined ? {} : { scopes: sso.scopes }
  const answered = withAnswers(checked.draft, {
    sso: { type: 'oidc', provider: provider.id, issuer: checked.issuer, clientId, ...scopes },
  })
  const isSameClient = isSameIssuer && clientId === sso?.clientId
  const before = isSameClient ? draft.clientSecret : undefined
  const inPlace = context.hasClientSecret({
    type: 'oidc',
    provider: provider.id,
    issuer: checked.issuer,
    clientId,
    scopes: sso?.scopes ?? defaults.scopes,
  })
  return { ...answered, clientSecret: await askSecret(context, before, inPlace) }
}

async function askIssuer(
  draft: Draft,
  context: WizardContext,
  provider: OidcProvider,
): Promise<{ readonly draft: Draft; readonly issuer: string }> {
  const { prompter } = context
  const { sso } = draft.given
  let now = draft
  let before = sso?.provider === provider.id ? sso.issuer : provider.usualIssuer
  if (provider.fixedIssuer === undefined) prompter.say(provider.ask.help)
  while (true) {
    const issuer = provider.fixedIssuer ?? provider.issuerOf(await typed(context, provider, before))
    const checked = await checkProvider(now, context, discoveryUrl(issuer), (text) =>
      discoveryProblem(issuer, text),
    )
    if (checked.next === 'go-on') return { draft: checked.draft, issuer }
    now = checked.draft
    before = issuer
  }
}

async function typed(
  { prompter }: WizardContext,
  provider: OidcProvider,
  before: string | undefined,
): Promise<string> {
  return await prompter.text({
    message: provider.ask.message,
    default: before,
    validate: (text) =>
      text === '' ? provider.ask.help : problemOf({ sso: { issuer: provider.issuerOf(text) } }),
  })
}

/**
 * Never in the answers: it goes from here into `.env` alone.
 * @param before what was typed before for this very client
 * @param inPlace is it in `.env`, or in our environment?
 */
async function askSecret(
  { prompter }: WizardContext,
  before: Secret | undefined,
  inPlace: boolean,
): Promise<Secret | undefined> {
  const known = inPlace || before !== undefined
  const secret = await prompter.secret({
    message: known ? 'Client secret (empty: the known one):' : 'Client secret:',
    validate: (text) => {
      if (text === '') return known ? undefined : 'The provider shows it once, when it is made.'
      return /^[!-~]+$/.test(text)
        ? undefined
        : 'This is not ASCII without blanks: was it pasted whole?'
    },
  })
  return secret === '' ? before : new Secret(secret)
}
