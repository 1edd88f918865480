import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { issuerProblem } from '../../src/answers/url.ts'
import { releaseOf } from '../../src/release/release-of.ts'
import { Secret } from '../../src/secrets/secret.ts'
import type { Draft, WizardContext } from '../../src/wizard/draft.ts'
import { discoveryProblem, discoveryUrl } from '../../src/wizard/provider/discovery.ts'
import { oidcProviders, redirectUris, samlAddresses } from '../../src/wizard/provider/providers.ts'
import { signIn } from '../../src/wizard/questions/sign-in.ts'
import type { GetResult } from '../../src/world/network.ts'
import { type FakeParts, fakeWorld, temporaryFolder } from '../world/fake.ts'
import { type Reply, scripted } from './scripted.ts'

const issuerOf = (id: string, text: string) =>
  oidcProviders.find((one) => one.id === id)?.issuerOf(text)

describe('the issuer that people mean', () => {
  test.each([
    ['okta', 'example.okta.com', 'https://example.okta.com'],
    ['okta', 'https://example.okta.com/oauth2/default', 'https://example.okta.com/oauth2/default'],
    [
      'entra',
      '2f1c5c1e-0000-4000-8000-1234567890ab',
      'https://login.microsoftonline.com/2f1c5c1e-0000-4000-8000-1234567890ab/v2.0',
    ],
    ['auth0', 'example.eu.auth0.com', 'https://example.eu.auth0.com/'],
    ['keycloak', 'https://id.example.org/realms/soc', 'https://id.example.org/realms/soc'],
    ['other', 'id.example.org', 'https://id.example.org'],
  ])('%s: %s', (id, text, issuer) => {
    expect(issuerOf(id, text)).toBe(issuer)
  })

  test.each(['common', 'organizations', 'consumers'])("Entra's %s is refused", (tenant) => {
    expect(issuerProblem(issuerOf('entra', tenant) ?? '')).toContain('admits accounts from outside')
  })
})

test('what to enter at the provider', () => {
  expect(redirectUris('t.example.com', false)).toEqual([
    'https://t.example.com/auth/oauth/callback',
  ])
  expect(redirectUris('t.example.com', true)).toContain('https://t.example.com/auth/callback')
  expect(samlAddresses('t.example.com')).toEqual({
    acs: 'https://t.example.com/auth/saml/acs',
    entityId: 'https://t.example.com/api',
  })
})

const document = (issuer: string, more: object = {}) =>
  JSON.stringify({
    issuer,
    authorization_endpoint: 'https://id.example.org/authorize?x=1',
    token_endpoint: 'https://id.example.org/token',
    jwks_uri: 'https://id.example.org/keys',
    ...more,
  })

describe('a discovery document', () => {
  test.each([
    ['https://id.example.org', document('https://id.example.org')],
    ['https://id.example.org/', document('https://id.example.org')],
    ['https://id.example.org', document('https://id.example.org/')],
    [
      'http://127.0.0.1:8080',
      document('http://127.0.0.1:8080', { jwks_uri: 'http://127.0.0.1:8080/keys' }),
    ],
  ])('of %s is right', (issuer, text) => {
    expect(discoveryProblem(issuer, text)).toBeUndefined()
  })

  test.each([
    [
      'another issuer',
      document('https://other.example.org'),
      'calls itself https://other.example.org',
    ],
    ['a page', '<html>', 'not JSON'],
    [
      'no token endpoint',
      document('https://id.example.org', { token_endpoint: undefined }),
      'has no token_endpoint',
    ],
    [
      'an endpoint without TLS',
      document('https://id.example.org', { token_endpoint: 'http://id.example.org/token' }),
      'not https',
    ],
    ['JSON of another kind', '[]', 'no discovery document'],
  ])('with %s is refused', (_, text, reason) => {
    expect(discoveryProblem('https://id.example.org', text)).toContain(reason)
  })

  test('is looked for behind the issuer without its slash', () => {
    expect(discoveryUrl('https://e.auth0.com/')).toBe(
      'https://e.auth0.com/.well-known/openid-configuration',
    )
  })
})

const answer = (text: string, status = 200, location?: string): GetResult => ({
  kind: 'answer',
  status,
  location,
  text,
})
const start: Draft = { given: { domain: 'tracecat.example.com' }, clientSecret: undefined }

async function ask(
  replies: readonly (readonly [string, Reply])[],
  parts: FakeParts,
  more: Partial<WizardContext> = {},
  from = start,
) {
  const prompter = scripted(replies)
  const world = fakeWorld(parts)
  const context: WizardContext = {
    world,
    prompter,
    directory: '/nowhere',
    offline: false,
    release: releaseOf('1.0.0-beta.50'),
    inUse: false,
    passwordsNow: true,
    hasClientSecret: () => false,
    api: undefined,
    ...more,
  }
  return { draft: await signIn.ask(from, context), text: prompter.shown.join('\n'), world }
}

const rest = [
  ['Client ID', 'tracecat'],
  ['Client secret', 'a-secret'],
] as const
const good = 'https://id.example.org/.well-known/openid-configuration'
const wrong = 'https://id.example.com/.well-known/openid-configuration'

describe('the sign-in question', () => {
  test('takes a wrong issuer back, and goes on with a right one', async () => {
    const { draft, text } = await ask(
      [
        ['Sign-in', 'other'],
        ['Issuer', 'https://id.example.com'],
        ['What now', 'again'],
        ['Issuer', 'https://id.example.org'],
        ...rest,
      ],
      {
        pages: {
          [good]: answer(document('https://id.example.org')),
          [wrong]: answer(document('https://id.example.org')),
        },
      },
    )
    expect(text).toContain(
      'The provider calls itself https://id.example.org, not https://id.example.com',
    )
    expect(text).toContain('https://tracecat.example.com/auth/oauth/callback')
    expect(draft.given.sso).toEqual({
      type: 'oidc',
      provider: 'other',
      issuer: 'https://id.example.org',
      clientId: 'tracecat',
    })
    expect(draft.clientSecret?.reveal()).toBe('a-secret')
  })

  test.each([
    [answer('', 404), 'answers 404'],
    [
      answer('', 302, 'https://elsewhere.example.org/'),
      'redirects to https://elsewhere.example.org/',
    ],
    [
      { kind: 'failed', reason: 'time-out', detail: 'no answer within 15 seconds' } as const,
      'does not answer',
    ],
    [
      { kind: 'failed', reason: 'connection', detail: 'refused' } as const,
      'cannot be reached: refused',
    ],
    [
      { kind: 'failed', reason: 'proxy', detail: 'proxy.example.org:3128' } as const,
      'The proxy proxy.example.org:3128 cannot be reached.',
    ],
  ])('says what went wrong: %o', async (page, reason) => {
    const { text } = await ask(
      [
        ['Sign-in', 'other'],
        ['Issuer', 'https://id.example.com'],
        ['What now', 'again'],
        ['Issuer', 'https://id.example.org'],
        ...rest,
      ],
      { pages: { [wrong]: page, [good]: answer(document('https://id.example.org')) } },
    )
    expect(text).toContain(reason)
  })

  test("asks for the company's CA where a certificate is not trusted, and for a proxy where nothing answers", async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'ca.crt'), '-----BEGIN CERTIFICATE-----\n')
    const { draft } = await ask(
      [
        ['Sign-in', 'other'],
        ['Issuer', 'https://id.example.com'],
        ['What now', 'authority'],
        ['CA file', 'none.crt'],
        ['CA file', 'ca.crt'],
        ['What now', 'again'],
        ['Issuer', 'https://unknown.example.org'],
        ['What now', 'proxy'],
        ['Proxy', 'http://proxy.example.org:3128'],
        ['What now', 'without'],
        ...rest,
      ],
      { pages: { [wrong]: { kind: 'failed', reason: 'certificate', detail: 'unable to verify' } } },
      { directory: folder },
    )
    expect(draft.given.caBundle).toBe('ca.crt')
    expect(draft.given.proxy).toBe('http://proxy.example.org:3128')
  })

  test('proposes a client id and a secret for the client alone that they are of', async () => {
    const sso = { type: 'oidc', provider: 'other', issuer: 'https://id.example.org' } as const
    const before: Draft = {
      given: { ...start.given, sso: { ...sso, clientId: 'old' } },
      clientSecret: new Secret('the-old-secret'),
    }
    const again = async (issuer: string, clientId: string | undefined, secret: string) => {
      const { draft, text } = await ask(
        [
          ['Sign-in', 'other'],
          ['Issuer', issuer],
          ['Client ID', clientId],
          ...(secret === '' ? [] : [['Client secret', ''] as const]),
          ['Client secret', secret],
        ],
        {},
        {
          offline: true,
          hasClientSecret: (sso) => sso.type === 'oidc' && sso.issuer === 'https://id.example.net',
        },
        before,
      )
      return [draft.clientSecret?.reveal(), text.includes('The provider shows it once')]
    }
    expect(await again('https://id.example.org/', undefined, '')).toEqual(['the-old-secret', false])
    expect(await again('https://id.example.org', 'new', 'typed')).toEqual(['typed', true])
    expect(await again('https://id.example.com', 'old', 'typed')).toEqual(['typed', true])
    // What is in .env goes with its own client, and what was typed for another one goes nowhere.
    expect(await again('https://id.example.net', 'old', '')).toEqual([undefined, false])
    await expect(again('https://id.example.com', undefined, 'typed')).rejects.toThrow(
      'Asked "Client ID:"',
    )
  })

  test('warns where strangers can register, and asks nothing of the network offline', async () => {
    const { text } = await ask(
      [['Sign-in', 'auth0'], ['Auth0 domain', 'example.auth0.com'], ...rest],
      {},
      { offline: true },
    )
    expect(text).toContain('anybody can register under an address of your company')
    expect(text).toContain('Not checked (--offline)')
  })

  test('offers what the release can do', async () => {
    await expect(
      ask([['Sign-in', 'okta']], {}, { release: releaseOf('1.0.0-beta.4') }),
    ).rejects.toThrow('has no okta, but google, saml, passwords')
  })

  test("asks from inside the api's image where it is there", async () => {
    const inside = JSON.stringify({
      kind: 'answer',
      status: 200,
      location: null,
      text: document('https://id.example.org'),
    })
    const { text, world } = await ask(
      [['Sign-in', 'other'], ['Issuer', 'https://id.example.org'], ...rest],
      {
        processes: (_program, _args, { env }) =>
          env?.HARDEN_URL === good ? { stdout: inside } : { exitCode: 1 },
      },
      { api: { image: 'tracecat:1', network: 'tracecat_core' } },
    )
    expect(text).toContain("Checked from inside the api's image")
    expect(world.started[0]).toEqual(
      expect.arrayContaining([
        'docker',
        'run',
        '--pull=never',
        '--network=tracecat_core',
        'tracecat:1',
      ]),
    )
  })

  test('falls back to this host, and says so, where the image has no Python', async () => {
    const { text } = await ask(
      [['Sign-in', 'other'], ['Issuer', 'https://id.example.org'], ...rest],
      {
        processes: () => ({ exitCode: 127 }),
        pages: { [good]: answer(document('https://id.example.org')) },
      },
      { api: { image: 'tracecat:1', network: undefined } },
    )
    expect(text).toContain('Checked from this host')
  })
})
