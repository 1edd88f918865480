import type { Privileges } from '../../answers/answers.ts'
import { type Question, withAnswers } from '../draft.ts'
import { problemOf } from '../problem.ts'
import { askAuthority, askProxy } from '../provider/provider-check.ts'
import { askKeepPasswords } from './sign-in.ts'

const levels: { readonly [level in Privileges | 'auto']: string } = {
  auto: 'the least that starts a sandbox, tried here',
  confined: 'confined: no capability, system calls filtered',
  capabilities: 'SYS_ADMIN: root in its container',
  privileged: 'privileged: root on this host',
}

export const executorPrivileges: Question = {
  id: 'executor-privileges',
  title: 'Executor privileges',
  when: ({ given }, { release }) =>
    given.tenancy === 'trusted' || !release.abilities.nsjail ? 'no' : 'more',
  show: ({ given }) => levels[given.executorPrivileges ?? 'auto'],
  async ask(draft, { prompter }) {
    prompter.say(
      'What may the executor do on this host, so that its sandbox starts? Privileged means that a way out of a script is root here.',
    )
    const all: readonly (Privileges | 'auto')[] = ['auto', 'confined', 'capabilities', 'privileged']
    const chosen = await prompter.choose({
      message: 'Executor privileges:',
      choices: all.map((value) => ({ value, name: levels[value] })),
      default: draft.given.executorPrivileges ?? 'auto',
    })
    return withAnswers(draft, { executorPrivileges: chosen })
  },
}

export const keepPasswords: Question = {
  id: 'keep-passwords',
  title: 'Passwords beside SSO',
  when: ({ given }) => (given.sso?.type === 'oidc' || given.sso?.type === 'saml' ? 'more' : 'no'),
  show: ({ given }) => (given.keepPasswords === true ? 'kept for now' : 'off'),
  ask: askKeepPasswords,
}

export const acmeEmail: Question = {
  id: 'acme-email',
  title: 'Mail about certificate',
  when: ({ given }) => ((given.tls ?? 'automatic') === 'automatic' ? 'more' : 'no'),
  show: ({ given }) => given.acmeEmail ?? 'none',
  async ask(draft, { prompter }) {
    prompter.say(
      'Where may the certificate authority write, if something is wrong with the certificate?',
    )
    const text = await prompter.text({
      message: 'E-mail ("none" for none):',
      default: draft.given.acmeEmail ?? 'none',
      validate: (typed) => (typed === 'none' ? undefined : problemOf({ acmeEmail: typed })),
    })
    return withAnswers(draft, { acmeEmail: text === 'none' ? undefined : text })
  },
}

export const caBundle: Question = {
  id: 'ca-bundle',
  title: "Company's CA",
  when: () => 'more',
  show: ({ given }) => given.caBundle ?? 'none',
  async ask(draft, context) {
    if (draft.given.caBundle !== undefined) {
      const keep = await context.prompter.yesNo({
        message: 'Does the company have a CA?',
        default: true,
      })
      if (!keep) return withAnswers(draft, { caBundle: undefined })
    }
    return await askAuthority(draft, context)
  },
}

export const proxy: Question = {
  id: 'proxy',
  title: 'Proxy',
  when: () => 'more',
  show: ({ given }) => given.proxy ?? 'none',
  async ask(draft, context) {
    if (draft.given.proxy !== undefined) {
      const keep = await context.prompter.yesNo({ message: 'Is there a proxy?', default: true })
      if (!keep) return withAnswers(draft, { proxy: undefined })
    }
    return await askProxy(draft, context)
  },
}

export const payloadEncryption: Question = {
  id: 'payload-encryption',
  title: 'Payload encryption',
  when: (_, { release }) => (release.abilities.payloadKeyring ? 'more' : 'no'),
  show: ({ given }) => (given.payloadEncryption === true ? 'on' : 'off'),
  async ask(draft, { prompter }) {
    prompter.say(
      'Workflow payloads can be encrypted in Temporal, with a second key. Lost, it takes every workflow history with it.',
    )
    const on = await prompter.yesNo({
      message: 'Encrypt payloads?',
      default: draft.given.payloadEncryption ?? false,
    })
    return withAnswers(draft, { payloadEncryption: on ? true : undefined })
  },
}
