import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compareTags } from '../../src/release/version.ts'
import { isSecretName } from '../../src/secrets/names.ts'
import { isWellKnown } from '../../src/secrets/well-known.ts'
import { chosen } from '../full.ts'
import { describeStock, newest, releases, upstream } from '../stock.ts'
import {
  type AnswersObject,
  answers,
  googleSso,
  privilegeLevels,
  ssoChoices,
  tenancies,
  tlsChoices,
} from './answers.ts'
import { engine } from './docker.ts'
import { emptyFolder, stockInstall } from './installs.ts'
import { caddyComplaints, certificateFiles, composeComplaints, noCompose } from './real.ts'
import { look, open, type RunParts, runInit, snapshot, textOf, valuesOf } from './run.ts'

const stated = { fresh: true } as const

/** All that must hold of a hardened install that is new. */
async function expectHardened(directory: string, parts: RunParts = {}): Promise<void> {
  expect(composeComplaints(directory)).toEqual([])
  expect(wellKnownLeft(directory)).toEqual([])
  expect(caddyComplaints(textOf(directory, 'caddy/Caddyfile'))).toBe('')
  const { judgement, plan } = await look(directory, parts)
  expect(open(judgement)).toEqual([])
  expect(plan.files.map(({ path }) => path)).toEqual([])
}

/** And of the run itself: a second one leaves every byte. */
async function expectLasting(directory: string, parts: RunParts = {}): Promise<void> {
  await expectHardened(directory, parts)
  const before = snapshot(directory)
  expect((await runInit(directory, undefined, parts)).exitCode).toBe(0)
  expect(snapshot(directory)).toEqual(before)
}

/** Secrets that everybody knows, wherever a variable or a URI still has one. */
function wellKnownLeft(directory: string): readonly string[] {
  return [...valuesOf(directory)].flatMap(([name, value]) => {
    const inUri = /^[a-z+]+:\/\/[^:@/]*:([^@/]*)@/.exec(value)?.[1]
    if (inUri !== undefined && (inUri === '' || isWellKnown(inUri))) return [`${name} (in the URI)`]
    return isSecretName(name) && value !== '' && isWellKnown(value) ? [name] : []
  })
}

function withCertificates(directory: string): string {
  mkdirSync(join(directory, 'certs'))
  for (const [name, text] of Object.entries(certificateFiles))
    writeFileSync(join(directory, 'certs', name), text)
  return directory
}

describeStock(`a new install of each release${noCompose}`, () => {
  describe.each(releases)('%s', (release) => {
    test('with the stock .env', async () => {
      const directory = stockInstall(release)
      expect((await runInit(directory, answers(), { options: stated })).exitCode).toBe(0)
      await expectLasting(directory, { options: stated })
    })

    test('without .env, on a machine without Docker', async () => {
      const directory = stockInstall(release, { '.env': undefined })
      const options = { tracecatVersion: release }
      expect(
        (await runInit(directory, answers({ tracecatVersion: release }), { options })).exitCode,
      ).toBe(0)
      await expectLasting(directory, { options: stated })
    })

    test('without .env, where Docker has nothing of it', async () => {
      const directory = stockInstall(release, { '.env': undefined })
      const processes = engine({ directory })
      expect((await runInit(directory, answers(), { processes })).exitCode).toBe(0)
      await expectLasting(directory, { processes, options: stated })
    })

    test('without .env, with SAML: what the example sets is passed on at once', async () => {
      const directory = stockInstall(release, { '.env': undefined })
      const options = { tracecatVersion: release }
      expect((await runInit(directory, answers(ssoChoices.saml), { options })).exitCode).toBe(0)
      await expectLasting(directory, { options: stated })
    })

    test('in an empty folder with --from', async () => {
      const directory = emptyFolder()
      const options = { from: upstream, tracecatVersion: release }
      expect((await runInit(directory, answers(), { options })).exitCode).toBe(0)
      expect((await look(directory, { options: stated })).case.release.tag).toBe(release)
      await expectLasting(directory, { options: stated })
    })
  })
})

const single: readonly (readonly [string, AnswersObject])[] = [
  ...Object.entries(tlsChoices),
  ...tenancies.map((tenancy) => [`tenancy ${tenancy}`, { tenancy }] as const),
  ...privilegeLevels.map(
    (executorPrivileges) => [`privileges ${executorPrivileges}`, { executorPrivileges }] as const,
  ),
  ['basic', ssoChoices.basic],
  ['saml', ssoChoices.saml],
  ['saml with passwords', ssoChoices['saml with passwords']],
  ["a company's authority", { caBundle: 'certs/tls.crt' }],
  ['a proxy', { proxy: 'http://proxy.example.com:3128' }],
  ['private networks', { privateNetworks: ['10.1.0.0/16'] }],
  ['sign-up networks', { signUpNetworks: ['192.168.0.0/16'] }],
]

describeStock('each single choice on the older releases', () => {
  const older = releases.slice(0, -1).map((release, place) => [release, place] as const)
  describe.each(older)('%s', (release, place) => {
    // In CI each choice on every other release, and each release with every other choice.
    const some = chosen([...single.entries()], ([index]) => (index + place) % 2 === 0)
    test.each(some.map(([, one]) => one))('%s', async (_name, choice) => {
      const directory = withCertificates(stockInstall(release))
      await runInit(directory, answers(choice), { options: stated })
      await expectHardened(directory, { options: stated })
    })

    test.each([
      false,
      true,
    ])('oidc, or what the release has instead; passwords: %s', async (keepPasswords) => {
      const directory = stockInstall(release)
      const generic = compareTags(release, '1.0.0-beta.5') >= 0
      const choice = answers(generic ? ssoChoices.oidc : googleSso, { keepPasswords })
      await runInit(directory, choice, { options: stated })
      await expectHardened(directory, { options: stated })
    })

    test.runIf(compareTags(release, '1.0.0-beta.42') >= 0)('payload encryption', async () => {
      const directory = stockInstall(release)
      await runInit(directory, answers({ payloadEncryption: true }), { options: stated })
      await expectHardened(directory, { options: stated })
    })
  })
})

const everything = Object.keys(tlsChoices).flatMap((tls) =>
  tenancies.flatMap((tenancy) =>
    Object.keys(ssoChoices).flatMap((sso) =>
      (tenancy === 'trusted' ? (['auto'] as const) : privilegeLevels).map((level) => ({
        tls,
        tenancy,
        sso,
        level,
        place:
          Object.keys(tlsChoices).indexOf(tls) +
          tenancies.indexOf(tenancy) +
          Object.keys(ssoChoices).indexOf(sso) +
          privilegeLevels.indexOf(level),
      })),
    ),
  ),
)

describeStock(`everything with everything on ${newest}`, () => {
  // In CI a third, in which any two choices still meet.
  const some = chosen(everything, ({ place }) => place % 3 === 0)
  test.each(some)('$tls, $tenancy, $sso, $level', async ({ tls, tenancy, sso, level }) => {
    const directory = withCertificates(stockInstall(newest))
    const choice = {
      ...Reflect.get(tlsChoices, tls),
      ...Reflect.get(ssoChoices, sso),
      tenancy,
      executorPrivileges: level,
    }
    expect((await runInit(directory, answers(choice), { options: stated })).exitCode).toBe(0)
    await expectHardened(directory, { options: stated })
  })
})
