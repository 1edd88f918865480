import type { Tenancy } from '../../answers/answers.ts'
import { type Question, withAnswers } from '../draft.ts'

const words: { readonly [tenancy in Tenancy]: string } = {
  single: 'one team, each script in a sandbox',
  multi: 'teams that must not see each other, in a sandbox',
  trusted: 'people I trust like root: no sandbox',
}

export const tenancy: Question = {
  id: 'tenancy',
  title: 'Who writes scripts',
  when: () => 'ask',
  show: ({ given }) => words[given.tenancy ?? 'single'],
  async ask(draft, { prompter, release }) {
    prompter.say(
      'Who writes the scripts that run here? Without a sandbox any of them can read the database password and the encryption key.',
      'The price of a sandbox is time: about 4 s for an action that starts cold, against 0.05 s without.',
    )
    const chosen = await prompter.choose<Tenancy>({
      message: 'Who writes scripts:',
      choices: [
        { value: 'single', name: words.single },
        {
          value: 'multi',
          name: words.multi,
          hint: release.abilities.egressFilter
            ? 'What scripts reach in the network is filtered, too.'
            : 'What scripts reach in the network is not filtered yet.',
        },
        {
          value: 'trusted',
          name: words.trusted,
          hint: 'An accepted risk: every report will say so.',
        },
      ],
      default: draft.given.tenancy ?? 'single',
    })
    const privileges = chosen === 'trusted' ? undefined : draft.given.executorPrivileges
    return withAnswers(draft, { tenancy: chosen, executorPrivileges: privileges })
  },
}
