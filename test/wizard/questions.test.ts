import { expect, test } from 'vitest'
import { completeAnswers } from '../../src/answers/complete.ts'
import { releaseOf } from '../../src/release/release-of.ts'
import type { Draft, WizardContext } from '../../src/wizard/draft.ts'
import type { Prompter } from '../../src/wizard/prompter.ts'
import { questions } from '../../src/wizard/questions/all.ts'
import { askDomain, domainIn } from '../../src/wizard/questions/domain.ts'
import { privateNetworks } from '../../src/wizard/questions/networks.ts'
import { allowedDomains, superadmin } from '../../src/wizard/questions/people.ts'
import { signIn } from '../../src/wizard/questions/sign-in.ts'
import { suggestFrom } from '../../src/wizard/suggest.ts'
import { fakeWorld } from '../world/fake.ts'
import { type Reply, scripted } from './scripted.ts'

const context = (prompter: Prompter, tag = '1.0.0-beta.50'): WizardContext => ({
  world: fakeWorld(),
  prompter,
  directory: '/nowhere',
  offline: true,
  release: releaseOf(tag),
  inUse: false,
  passwordsNow: true,
  hasClientSecret: () => false,
  api: undefined,
})
const draft: Draft = { given: { domain: 'tracecat.example.com' }, clientSecret: undefined }

test.each([
  ['https://tracecat.example.com', 'without https://'],
  ['tracecat.example.com:8443', 'without a port'],
  ['tracecat.example.com/x', 'without a path'],
  ['localhost', 'not localhost'],
  ['192.0.2.1', 'not an address'],
  ['0.0.0.0', 'not an address'],
  ['', 'A name is needed'],
])('the address %o is answered with an explanation', async (wrong, reason) => {
  const prompter = scripted([
    ['Address', wrong],
    ['Address', 'Bücher.example'],
  ])
  expect(await askDomain(prompter, undefined)).toBe('xn--bcher-kva.example')
  expect(prompter.shown.join('\n')).toContain(reason)
})

test.each([
  ['PUBLIC_APP_URL=https://tracecat.example.com', 'tracecat.example.com'],
  ['A=1\nPUBLIC_APP_URL="http://old.example.com:8080/"\n', 'old.example.com'],
  ['# PUBLIC_APP_URL=https://a.example.com', undefined],
])('the address that %o has is proposed', (env, name) => {
  expect(domainIn(env)).toBe(name)
})

test('a stock address is no proposal', async () => {
  const prompter = scripted([
    ['Address', undefined],
    ['Address', 'tracecat.example.com'],
  ])
  await askDomain(prompter, domainIn('PUBLIC_APP_URL=http://localhost:80'))
  expect(prompter.shown.join('\n')).toContain('A name is needed')
})

test('private networks are asked for where the release filters, and only there', async () => {
  const asked = (tag: string) => privateNetworks.when(draft, context(scripted([]), tag))
  expect(asked('1.0.0-beta.50')).toBe('no')
  expect(asked('1.0.0-beta.52-rc.10')).toBe('ask')
  const prompter = scripted([
    ['Private networks', '10.1.2.3/16'],
    ['Private networks', '10.1.0.0/16 fd00::/8'],
  ])
  const { given } = await privateNetworks.ask(draft, context(prompter, '1.0.0-beta.52-rc.10'))
  expect(given.privateNetworks).toEqual(['10.1.0.0/16', 'fd00::/8'])
})

test('of several networks or domains the wrong one is named', async () => {
  const prompter = scripted([
    ['Private networks', '10.1.0.0/16, 10.2.3.4/16'],
    ['Private networks', 'none'],
    ['E-mail domains', 'example.com localhost'],
    ['E-mail domains', 'example.com'],
    ['superadmin', 'Admin@Example.com'],
    ['superadmin', 'Admin@example.com'],
  ])
  const asked = context(prompter, '1.0.0-beta.52-rc.10')
  const { given } = await privateNetworks.ask(draft, asked)
  await superadmin.ask(await allowedDomains.ask({ ...draft, given }, asked), asked)
  const refusals = prompter.shown.filter((line) => line.startsWith('>')).join('\n')
  expect(refusals).toMatch(/^> 10\.2\.3\.4\/16 is an address inside a network/m)
  expect(refusals).toMatch(/^> localhost must be a full domain/m)
  expect(refusals).toMatch(/letter by letter, and Example\.com is not example\.com\.$/m)
})

test.each([
  ['ca-bundle', 'CA file', { caBundle: 'ca.crt' }, 'have a CA'],
  ['proxy', 'Proxy', { proxy: 'http://proxy.example.com:3128' }, 'a proxy'],
] as const)('%s has a way back', async (id, message, before, still) => {
  const question = questions.find((one) => one.id === id)
  const from = async (given: Draft['given'], replies: readonly (readonly [string, Reply])[]) =>
    (await question?.ask({ ...draft, given }, context(scripted(replies))))?.given
  for (const reply of [undefined, '', 'none'])
    expect(await from(draft.given, [[message, reply]])).toEqual(draft.given)
  const known = { ...draft.given, ...before }
  const asked = [still, true] as const
  expect(await from(known, [asked, [message, '']])).toEqual(known)
  expect(await from(known, [asked, [message, 'none']])).toEqual(draft.given)
})

test('with SAML alone the capitals of a domain are no matter', async () => {
  const saml: Draft = {
    ...draft,
    given: { ...draft.given, sso: { type: 'saml' }, allowedDomains: ['example.com'] },
  }
  const prompter = scripted([['superadmin', 'Admin@Example.com']])
  const { given } = await superadmin.ask(saml, context(prompter))
  expect(given.superadminEmail).toBe('Admin@Example.com')
})

test('a provider without a name is shown by how it is spoken to', () => {
  const issuer = 'https://id.example.org'
  const shown = (provider: string) =>
    signIn.show(
      { ...draft, given: { sso: { type: 'oidc', provider, issuer } } },
      context(scripted([])),
    )
  expect([shown('other'), shown('okta')]).toEqual([`OIDC (${issuer})`, `Okta, OIDC (${issuer})`])
})

test('what an install has already is proposed, and nonsense in it is not', () => {
  const values = new Map([
    ['TRACECAT__AUTH_TYPES', 'basic,oidc'],
    ['OIDC_ISSUER', 'https://id.example.org'],
    ['OIDC_CLIENT_ID', 'tracecat'],
    ['TRACECAT__AUTH_ALLOWED_DOMAINS', 'Example.org, example.com'],
    ['TRACECAT__AUTH_SUPERADMIN_EMAIL', 'nobody'],
  ])
  expect(suggestFrom(values)).toEqual({
    sso: { type: 'oidc', issuer: 'https://id.example.org', clientId: 'tracecat' },
    allowedDomains: ['example.org', 'example.com'],
  })
})

test('no prompt, choice or hint is wider than a screen of 60 columns', async () => {
  const seen: string[] = []
  const wide: Prompter = {
    ...scripted([]),
    async text({ message, default: preset }) {
      seen.push(`? ${message}`)
      return preset ?? 'a@example.com'
    },
    async choose({ message, choices, default: preset }) {
      seen.push(
        `? ${message}`,
        ...choices.flatMap(({ name, hint }) => [`> 10. ${name}`, hint ?? '']),
      )
      const chosen = choices.find(({ value }) => value === preset) ?? choices[0]
      if (chosen === undefined) throw new Error('nothing to choose')
      return chosen.value
    },
    async yesNo({ message }) {
      seen.push(`? ${message} (Y/n)`)
      return false
    },
  }
  const answered: Draft = {
    given: { ...draft.given, tls: 'automatic', sso: { type: 'basic' }, proxy: 'http://p:1' },
    clientSecret: undefined,
  }
  for (const question of questions) await question.ask(answered, context(wide))
  expect(seen.length).toBeGreaterThan(30)
  expect(seen.filter((line) => line.length > 60)).toEqual([])
})

test.each<readonly [string, readonly (readonly [string, Reply])[]]>([
  [
    'from passwords to SSO',
    [
      ['Sign-in', 'google'],
      ['Client ID', 'x'],
      ['Client secret', 'y'],
    ],
  ],
  ['from SSO to passwords', [['Sign-in', 'passwords']]],
])('a change %s leaves nothing of the old way', async (_, replies) => {
  const signIn = questions.find(({ id }) => id === 'sign-in')
  const people = { allowedDomains: ['example.com'], superadminEmail: 'a@example.com' }
  const old =
    replies.length > 1
      ? { sso: { type: 'basic' as const }, signUpNetworks: ['10.0.0.0/8'] }
      : { sso: { type: 'saml' as const, metadataUrl: 'https://a.example/' }, keepPasswords: true }
  const changed = await signIn?.ask(
    { ...draft, given: { ...draft.given, ...people, ...old } },
    context(scripted(replies)),
  )
  expect(() => completeAnswers(changed?.given ?? {})).not.toThrow()
})
