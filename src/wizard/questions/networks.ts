import { type Question, withAnswers } from '../draft.ts'
import { listOf, problemOf } from '../problem.ts'

export const privateNetworks: Question = {
  id: 'private-networks',
  title: 'Private networks',
  when: ({ given }, { release }) =>
    release.abilities.egressFilter && given.tenancy !== 'trusted' ? 'ask' : 'no',
  ...networksAs(
    'privateNetworks',
    'none',
    'Which private networks must actions reach: a SIEM, Jira, a database of your own? This release cuts scripts off from all that are not named.',
    'Private networks ("none" for none):',
  ),
}

export const signUpNetworks: Question = {
  id: 'sign-up-networks',
  title: 'Sign-up from outside',
  when: ({ given }) =>
    given.sso?.type === 'basic' || given.keepPasswords === true ? 'more' : 'no',
  ...networksAs(
    'signUpNetworks',
    'closed',
    'From which networks may people sign up? Closed, invited people sign up from this host only.',
    'Networks ("none" for none):',
  ),
}

/** Asks for a list of networks, and shows it. @param without what is shown where there are none */
function networksAs(
  key: 'privateNetworks' | 'signUpNetworks',
  without: string,
  about: string,
  message: string,
): Pick<Question, 'show' | 'ask'> {
  return {
    show: ({ given }) => given[key]?.join(', ') || without,
    async ask(draft, { prompter }) {
      prompter.say(about)
      const text = await prompter.text({
        message,
        default: draft.given[key]?.join(', ') ?? 'none',
        validate: (typed) => problemOf({ [key]: networks(typed) }),
      })
      const list = networks(text)
      return withAnswers(draft, { [key]: list.length === 0 ? undefined : list })
    },
  }
}

function networks(text: string): string[] {
  return text.trim().toLowerCase() === 'none' ? [] : listOf(text)
}
