import { type Question, withAnswers } from '../draft.ts'
import { listOf, problemOf } from '../problem.ts'

export const privateNetworks: Question = {
  id: 'private-networks',
  title: 'Private networks',
  when: ({ given }, { release }) =>
    release.abilities.egressFilter && given.tenancy !== 'trusted' ? 'ask' : 'no',
  show: ({ given }) => (given.privateNetworks?.length ? given.privateNetworks.join(', ') : 'none'),
  async ask(draft, { prompter }) {
    prompter.say(
      'Which private networks must actions reach: a SIEM, Jira, a database of your own? This release cuts scripts off from all that are not named.',
    )
    const text = await prompter.text({
      message: 'Private networks ("none" for none):',
      default: draft.given.privateNetworks?.join(', ') ?? 'none',
      validate: (typed) => problemOf({ privateNetworks: networks(typed) }),
    })
    const list = networks(text)
    return withAnswers(draft, { privateNetworks: list.length === 0 ? undefined : list })
  },
}

export const signUpNetworks: Question = {
  id: 'sign-up-networks',
  title: 'Sign-up from outside',
  when: ({ given }) =>
    given.sso?.type === 'basic' || given.keepPasswords === true ? 'more' : 'no',
  show: ({ given }) => (given.signUpNetworks?.length ? given.signUpNetworks.join(', ') : 'closed'),
  async ask(draft, { prompter }) {
    prompter.say(
      'From which networks may people sign up? Closed, invited people sign up from this host only.',
    )
    const text = await prompter.text({
      message: 'Networks ("none" for none):',
      default: draft.given.signUpNetworks?.join(', ') ?? 'none',
      validate: (typed) => problemOf({ signUpNetworks: networks(typed) }),
    })
    const list = networks(text)
    return withAnswers(draft, { signUpNetworks: list.length === 0 ? undefined : list })
  },
}

function networks(text: string): string[] {
  return text.trim().toLowerCase() === 'none' ? [] : listOf(text)
}
