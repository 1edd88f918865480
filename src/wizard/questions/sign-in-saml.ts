import { normalDomain } from '../../answers/host-name.ts'
import { type Draft, type WizardContext, withAnswers } from '../draft.ts'
import { problemOf } from '../problem.ts'
import { metadataProblem } from '../provider/metadata.ts'
import { checkProvider } from '../provider/provider-check.ts'
import { samlAddresses, samlProviders } from '../provider/providers.ts'

/** Which provider, what to enter there, and the address of its metadata (checked). */
export async function askSaml(draft: Draft, context: WizardContext): Promise<Draft> {
  const { prompter, world } = context
  const { sso } = draft.given
  const chosen = await prompter.choose({
    message: 'SAML with:',
    choices: samlProviders.map(({ id, name }) => ({ value: id, name })),
    default: sso?.type === 'saml' ? sso.provider : undefined,
  })
  const provider = samlProviders.find(({ id }) => id === chosen)
  const { acs, entityId } = samlAddresses(normalDomain(draft.given.domain ?? ''))
  prompter.say(
    'At the provider, make an application with exactly these, and let it sign response and assertion:',
    `  ACS URL:   ${acs}`,
    `  Entity ID: ${entityId}`,
  )
  prompter.say(provider?.help ?? '')
  let now = draft
  let before = sso?.type === 'saml' && sso.provider === chosen ? sso.metadataUrl : undefined
  while (true) {
    const metadataUrl = await prompter.text({
      message: 'Metadata URL:',
      default: before,
      validate: (text) =>
        text === '' ? (provider?.help ?? '') : problemOf({ sso: { metadataUrl: text } }),
    })
    const checked = await checkProvider(now, context, metadataUrl, (text) =>
      metadataProblem(text, world.now()),
    )
    now = checked.draft
    if (checked.next === 'go-on') {
      const answered = withAnswers(now, { sso: { type: 'saml', provider: chosen, metadataUrl } })
      return { ...answered, clientSecret: undefined }
    }
    before = metadataUrl
  }
}
