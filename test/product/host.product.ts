import { expect, test } from 'vitest'
import { realFiles } from '../../src/world/real-files.ts'
import { describeStock, newest } from '../stock.ts'
import { answers, ssoChoices, tlsChoices } from './answers.ts'
import { engine } from './docker.ts'
import { stockInstall } from './installs.ts'
import { composeComplaints } from './real.ts'
import { failureOf, look, open, runInit, snapshot, textOf } from './run.ts'

const fresh = { options: { fresh: true } } as const
const image = `ghcr.io/tracecathq/tracecat:${newest}`

/** A host whose kernel files say this. */
function filesSaying(contents: Readonly<Record<string, string>>) {
  const real = realFiles()
  return {
    ...real,
    async read(path: string, limit: number) {
      const text = contents[path]
      if (text === undefined) return await real.read(path, limit)
      return {
        kind: 'file',
        bytes: new TextEncoder().encode(text),
        mode: 0o644,
        uid: 0,
        gid: 0,
      } as const
    },
  }
}

describeStock('the host that it runs on', () => {
  test.each([
    'confined',
    'capabilities',
    'privileged',
  ] as const)('auto takes the least that starts a jail: %s, and a second run keeps it', async (level) => {
    const directory = stockInstall(newest)
    const processes = engine({ directory, images: [image], jailStartsAt: level })
    await runInit(directory, answers(), { ...fresh, processes })
    const override = textOf(directory, 'docker-compose.override.yml')
    expect(override.includes('seccomp:./seccomp/executor.json')).toBe(level === 'confined')
    expect(override.includes('privileged: true')).toBe(level === 'privileged')
    expect(override.includes('SYS_ADMIN')).toBe(level !== 'confined')
    expect(composeComplaints(directory)).toEqual([])
    const before = snapshot(directory)
    await runInit(directory, undefined, fresh)
    expect(snapshot(directory)).toEqual(before)
    expect(open((await look(directory, fresh)).judgement)).toEqual([])
  })

  test('auto where nothing can be tried is privileged, and says what that means', async () => {
    const directory = stockInstall(newest)
    const ran = await runInit(directory, answers(), fresh)
    expect(textOf(directory, 'docker-compose.override.yml')).toContain('privileged: true')
    const printed = ran.printed.replace(/\s+/g, ' ')
    expect(printed).toMatch(/The executor becomes privileged, since no jail could be tried/)
    expect(printed).toMatch(
      /executor is privileged: it sees every device of the host; agent-executor [^(]*\(no jail could be tried/,
    )
  })

  test('what was assumed is tried as soon as it can be', async () => {
    const directory = stockInstall(newest)
    await runInit(directory, answers(), fresh)
    await runInit(directory, undefined, {
      ...fresh,
      processes: engine({ directory, images: [image], jailStartsAt: 'confined' }),
    })
    expect(textOf(directory, 'docker-compose.override.yml')).not.toContain('privileged: true')
  })

  test("Ubuntu's restriction is recognized and answered with commands", async () => {
    const directory = stockInstall(newest)
    const files = filesSaying({
      '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n',
      '/sys/module/apparmor/parameters/enabled': 'Y\n',
    })
    const ran = await runInit(directory, answers({ executorPrivileges: 'confined' }), {
      ...fresh,
      files,
    })
    expect(ran.printed).toContain('kernel.apparmor_restrict_unprivileged_userns=0')
    expect(
      textOf(directory, 'docker-compose.override.yml').match(/apparmor=unconfined/g),
    ).toHaveLength(2)
    expect(composeComplaints(directory)).toEqual([])
  })

  test.each([
    'darwin',
    'win32',
  ] as const)('%s cannot run nsjail: said, and trusted is what remains', async (platform) => {
    const directory = stockInstall(newest)
    const before = snapshot(directory)
    const failure = await failureOf(runInit(directory, answers(), { ...fresh, platform }))
    expect([failure.exitCode, failure.remedy]).toEqual([
      3,
      expect.stringContaining('tenancy: trusted'),
    ])
    expect(snapshot(directory)).toEqual(before)
    expect(
      (await runInit(directory, answers({ tenancy: 'trusted' }), { ...fresh, platform })).exitCode,
    ).toBe(0)
  })

  test('on a stack in use the plan names each sign-in and address that ends', async () => {
    const directory = stockInstall(newest)
    const processes = engine({ directory, containers: [{ service: 'api' }] })
    const saml = await runInit(directory, answers(ssoChoices.saml), { processes })
    const text = saml.printed.replace(/\s+/g, ' ')
    expect(text).toMatch(/What ends for people who use it.*password/i)
    expect(text).toMatch(
      /The address changes from http:\/\/localhost:80 to https:\/\/tracecat\.example\.com/,
    )
    const oidc = await runInit(directory, answers(ssoChoices.oidc, { domain: 'new.example.com' }), {
      processes,
    })
    expect(oidc.printed.replace(/\s+/g, ' ')).toMatch(/SAML/)
    expect(oidc.printed).toContain('https://new.example.com/auth/oauth/callback')
  })

  test('keepPasswords leaves them on beside SSO', async () => {
    const directory = stockInstall(newest)
    const ran = await runInit(directory, answers(ssoChoices['oidc with passwords']), {
      processes: engine({ directory, containers: [{ service: 'api' }] }),
    })
    expect(textOf(directory, '.env')).toContain('TRACECAT__AUTH_TYPES=basic,oidc')
    expect(ran.printed).not.toMatch(/password sign-in ends/i)
  })

  test('in a git checkout .env and the state folder are ignored, once', async () => {
    const directory = stockInstall(newest, { '.gitignore': 'node_modules' })
    const processes = engine({ directory, git: true })
    await runInit(directory, answers(tlsChoices.automatic), { ...fresh, processes })
    await runInit(directory, undefined, { ...fresh, processes })
    expect(textOf(directory, '.gitignore')).toBe('node_modules\n.env\n.tracecat-harden/\n')
  })
})
