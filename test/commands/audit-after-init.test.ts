import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { answers, ssoChoices, tlsChoices } from '../product/answers.ts'
import { stockInstall } from '../product/installs.ts'
import { runInit } from '../product/run.ts'
import { describeStock, releases } from '../stock.ts'
import { auditDocument, openControls, stockFolder } from './installs.ts'

const parts = { options: { fresh: true } } as const

describe('after init --fresh, audit has nothing open', () => {
  test.each([
    ['basic', answers()],
    ['oidc behind a load balancer', answers(ssoChoices.oidc, tlsChoices['load-balancer'])],
    ['trusted', answers({ tenancy: 'trusted' })],
    [
      'saml, a superadmin with capitals',
      answers(ssoChoices.saml, { superadminEmail: 'Admin@Example.com' }),
    ],
    [
      'saml, confined',
      answers(ssoChoices.saml, tlsChoices.automatic, {
        executorPrivileges: 'confined',
        tenancy: 'multi',
      }),
    ],
  ])('%s', async (_, given) => {
    const folder = stockFolder()
    expect((await runInit(folder, given, parts)).exitCode).toBe(0)
    const document = await auditDocument([folder])
    expect(openControls(document)).toEqual([])
    expect(document.exitCode).toBe(0)
    // What no file can mend stays in sight.
    expect(document.installs[0]?.findings.filter(({ status }) => status === 'stays')).not.toEqual(
      [],
    )
    expect(
      document.installs[0]?.findings.every(({ reason }) => reason !== undefined && reason !== ''),
    ).toBe(true)
  })

  describeStock('stock installs', () => {
    test.each(releases)('%s', async (release) => {
      const folder = stockInstall(release)
      expect((await auditDocument([folder])).exitCode).toBe(1)
      expect((await runInit(folder, answers(), parts)).exitCode).toBe(0)
      expect(openControls(await auditDocument([folder]))).toEqual([])
    })
  })
})

describe('the keys that must never change', () => {
  const only = { controls: ['key-fingerprints'] }

  async function hardened(): Promise<string> {
    const folder = stockFolder()
    await runInit(folder, answers({ payloadEncryption: true }), parts)
    return folder
  }

  function edit(folder: string, change: (env: string) => string): void {
    const path = join(folder, '.env')
    writeFileSync(path, change(readFileSync(path, 'utf8')))
  }

  test('are recognized; another key is a finding at its line', async () => {
    const folder = await hardened()
    expect((await auditDocument([folder], only)).installs[0]?.passed).toEqual(['key-fingerprints'])
    edit(folder, (env) =>
      env.replace(/^(TRACECAT__DB_ENCRYPTION_KEY)=.*$/m, `$1=${'A'.repeat(43)}=`),
    )
    const { installs } = await auditDocument([folder], only)
    const line =
      readFileSync(join(folder, '.env'), 'utf8')
        .split('\n')
        .findIndex((one) => one.startsWith('TRACECAT__DB_ENCRYPTION_KEY')) + 1
    expect(installs[0]?.findings).toMatchObject([
      {
        severity: 'critical',
        file: '.env',
        line,
        evidence: 'TRACECAT__DB_ENCRYPTION_KEY is not the one that was here before',
      },
    ])
  })

  test('one that is gone is a finding, as after the vendor’s env-migration', async () => {
    const folder = await hardened()
    edit(folder, (env) =>
      env.replace(
        /^TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING=.*$/m,
        'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING={"current_key_id":"v2","keys":{"v2":"x"}}',
      ),
    )
    expect(openControls(await auditDocument([folder], only))).toEqual(['key-fingerprints'])
  })
})
