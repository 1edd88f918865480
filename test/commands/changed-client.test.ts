import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type AnswersObject, answers, ssoChoices } from '../product/answers.ts'
import { clientSecret, failureOf, runInit, textOf } from '../product/run.ts'
import { stockFolder } from './installs.ts'

const fresh = { options: { fresh: true } } as const
const silent = { env: { OIDC_CLIENT_SECRET: '' } } as const

function oidc(issuer: string, clientId: string): AnswersObject {
  return answers({ sso: { type: 'oidc', provider: 'other', issuer, clientId } })
}

const first = oidc('https://id.example.org', 'tracecat')

async function hardened(): Promise<string> {
  const folder = stockFolder()
  expect((await runInit(folder, first, fresh)).exitCode).toBe(0)
  return folder
}

function change(folder: string, from: string, to: string): void {
  const text = textOf(folder, '.env')
  expect(text).toContain(from)
  writeFileSync(join(folder, '.env'), text.replace(from, to))
}

test.each([
  ['issuer', oidc('https://id.example.com', 'tracecat')],
  ['client id', oidc('https://id.example.org', 'another')],
])('another %s needs its own secret', async (_, other) => {
  const folder = await hardened()
  const before = textOf(folder, '.env')
  const failure = await failureOf(runInit(folder, other, silent))
  expect([failure.exitCode, failure.message]).toEqual([
    2,
    'The secret of the OIDC client is missing: the one in .env belongs to another issuer, or another client id.',
  ])
  expect(textOf(folder, '.env')).toBe(before)
  const given = { env: { OIDC_CLIENT_SECRET: 'the-secret-of-the-other-client' } }
  expect((await runInit(folder, other, given)).exitCode).toBe(0)
  expect(textOf(folder, '.env')).toContain('OIDC_CLIENT_SECRET=the-secret-of-the-other-client')
})

test('another issuer after a time with SAML gets nothing out of a backup', async () => {
  const folder = await hardened()
  expect((await runInit(folder, answers(ssoChoices.saml), silent)).exitCode).toBe(0)
  const failure = await failureOf(
    runInit(folder, oidc('https://id.example.com', 'tracecat'), silent),
  )
  expect(failure.message).toContain('The secret of the OIDC client is missing')
  expect((await runInit(folder, first, silent)).exitCode).toBe(0)
  expect(textOf(folder, '.env')).toContain(clientSecret)
})

test('the same client keeps its secret, whatever else changes', async () => {
  const folder = await hardened()
  const same = { ...oidc('https://id.example.org/', 'tracecat'), keepPasswords: true }
  expect((await runInit(folder, same, silent)).exitCode).toBe(0)
  expect(textOf(folder, '.env')).toContain(clientSecret)
})

test('an issuer that the admin changed in .env stays with the secret that it got', async () => {
  const folder = await hardened()
  change(folder, 'OIDC_ISSUER=https://id.example.org', 'OIDC_ISSUER=https://own.example.org')
  change(folder, clientSecret, 'the-secret-of-my-own')
  expect((await runInit(folder, first, silent)).exitCode).toBe(0)
  expect(textOf(folder, '.env')).toContain('OIDC_ISSUER=https://own.example.org')
  expect(textOf(folder, '.env')).toContain('OIDC_CLIENT_SECRET=the-secret-of-my-own')
})

test.each([
  ['the same issuer with a slash', 'https://id.example.org/', 0],
  ['no issuer yet', '', 0],
  ['another issuer', 'https://id.example.com', 2],
])('a .env of the admin with %s and a secret', async (_, issuer, exitCode) => {
  const folder = stockFolder()
  writeFileSync(
    join(folder, '.env'),
    `${textOf(folder, '.env')}\nOIDC_ISSUER=${issuer}\nOIDC_CLIENT_SECRET=the-secret-of-my-own\n`,
  )
  const ran = runInit(folder, first, { ...fresh, ...silent }).then(
    (run) => run.exitCode,
    (failure) => failure.exitCode,
  )
  expect(await ran).toBe(exitCode)
})

test("Google's client keeps its secret through its own variables", async () => {
  const folder = stockFolder()
  const env = `${textOf(folder, '.env')}\nTRACECAT__IMAGE_TAG=1.0.0-beta.4\n`
  const own = 'OAUTH_CLIENT_ID=cid\nOAUTH_CLIENT_SECRET=the-secret-of-my-own\n'
  writeFileSync(join(folder, '.env'), env + own)
  const google = oidc('https://accounts.google.com', 'cid')
  expect((await runInit(folder, google, { ...fresh, ...silent })).exitCode).toBe(0)
  const other = oidc('https://accounts.google.com', 'another')
  expect((await failureOf(runInit(folder, other, silent))).exitCode).toBe(2)
})
