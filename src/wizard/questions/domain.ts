import { domainProblem, normalDomain } from '../../answers/host-name.ts'
import { type Draft, type Question, type WizardContext, withAnswers } from '../draft.ts'
import type { Prompter } from '../prompter.ts'

/** The first question: little is loaded for it, so that it comes fast. */
export async function askDomain(prompter: Prompter, before: string | undefined): Promise<string> {
  prompter.say(
    'Which name will people type to reach Tracecat? The certificate, the sign-in and the webhooks are made for it.',
  )
  const problem = (text: string) =>
    text === '' ? 'A name is needed, such as tracecat.example.com.' : sentence(domainProblem(text))
  const known = before !== undefined && problem(before) === undefined ? before : undefined
  return normalDomain(
    await prompter.text({ message: 'Address:', default: known, validate: problem }),
  )
}

function sentence(problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `This ${problem}.`
}

export const domain: Question = {
  id: 'domain',
  title: 'Address',
  when: () => 'ask',
  show: ({ given }) => given.domain ?? '',
  async ask(draft: Draft, { prompter }: WizardContext) {
    const before = draft.given.domain
    const name = await askDomain(prompter, before)
    if (
      before !== undefined &&
      name !== before &&
      draft.given.sso !== undefined &&
      draft.given.sso.type !== 'basic'
    ) {
      prompter.say(
        `The provider has to be told the new addresses: they begin with https://${name} now.`,
      )
    }
    return withAnswers(draft, { domain: name })
  },
  // The certificate is for the name.
  dependents: ['tls'],
}

/** The host name in `PUBLIC_APP_URL`, read from the text alone: before the first question nothing more is loaded. */
export function domainIn(envText: string): string | undefined {
  return /^\s*(?:export\s+)?PUBLIC_APP_URL=["']?https?:\/\/([^:/\s"'#]+)/m.exec(envText)?.[1]
}
