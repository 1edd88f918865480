import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { execa } from 'execa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cli } from '../built.ts'
import { layDown, snapshot } from '../wizard/install.ts'
import { temporaryFolder } from '../world/fake.ts'
import { defaultPath } from './wizard/default-path.ts'
import { openIdProvider, tryClient } from './wizard/openid-provider.ts'
import { makeCertificates, samlProvider } from './wizard/provider.ts'
import {
  controlC,
  controlZ,
  enter,
  onTerminal,
  type Step,
  type Terminal,
  whyNoTerminal,
} from './wizard/terminal.ts'

const obstacle = whyNoTerminal()

const [address, started, , tenancy] = defaultPath as [Step, Step, Step, Step]
const ending = defaultPath.slice(5)

async function wizard(
  folder: string,
  steps: readonly Step[],
  terminal: Terminal = {},
  more: readonly string[] = [],
) {
  return await onTerminal(['node', cli, 'init', folder, ...more], steps, terminal)
}

/** Escape sequences that set colors or bold (ECMA-48, SGR). */
const colors = (raw: string) => raw.split('\u001b').filter((part) => /^\[[0-9;]*m/.test(part))
const answersOf = (folder: string) => readFileSync(join(folder, 'tracecat-harden.yaml'), 'utf8')

describe.skipIf(obstacle)(
  `the wizard on a real terminal${obstacle ? ` (skipped: ${obstacle})` : ''}`,
  () => {
    test('the default path, at 60 columns and without color', async () => {
      const folder = layDown(temporaryFolder())
      const { exitCode, raw, text, settings } = await wizard(folder, defaultPath, {}, ['--offline'])
      expect(exitCode, text).toBe(0)
      expect(text).toContain('4 files written')
      expect(colors(raw)).toEqual([])
      const asked = text.slice(0, text.indexOf('Working out')).split(/\n|then Enter/)
      // Inquirer draws a line anew with every key: those are not what stands there in the end.
      expect(asked.filter((line) => line.length > 60 && !line.includes('? '))).toEqual([])
      expect(settings).toMatch(/ icanon.* echo /)
      expect(answersOf(folder)).toContain('superadminEmail: admin@example.com')
    })

    test('a dumb terminal has keys to take a wrong answer back', async () => {
      const folder = layDown(temporaryFolder())
      const steps: readonly Step[] = [
        ['? Address:', `localhost${enter}`],
        ['other machines', `\u0015tracecat.example.comm\u007f${enter}`],
        ...defaultPath.slice(1, -1),
        // No pager there: the plan comes screen by screen.
        ['? Show more?', `n${enter}`],
        ...defaultPath.slice(-1),
      ]
      const { exitCode, text } = await wizard(folder, steps, { env: { TERM: 'dumb' } }, [
        '--offline',
      ])
      expect(exitCode, text).toBe(0)
      expect(answersOf(folder)).toContain('domain: tracecat.example.com\n')
    })

    test('it goes on after Ctrl-Z and fg', async () => {
      const folder = layDown(temporaryFolder())
      const shell = 'set -m; "$@"; echo stopped; (sleep 1; echo reading) & fg %1'
      const { exitCode, text } = await onTerminal(
        ['bash', '-c', shell, 'bash', 'node', cli, 'init', folder, '--offline'],
        [
          ['? Address:', 'tracecat.'],
          ['tracecat.', controlZ],
          ['reading', `example.com${enter}`],
          ...defaultPath.slice(1),
        ],
      )
      expect(exitCode, text).toBe(0)
      expect(answersOf(folder)).toContain('domain: tracecat.example.com\n')
    })

    test('without a pager a long plan comes screen by screen', async () => {
      const folder = layDown(temporaryFolder())
      const steps: readonly Step[] = [
        ...defaultPath.slice(0, -1),
        ['? Show more?', enter],
        ['? Show more?', `n${enter}`],
        // Who has seen enough is told in short what a yes would do.
        ['What changes', ''],
        ['? Write this?', enter],
      ]
      const { exitCode, text } = await wizard(folder, steps, { env: { PAGER: '' } }, ['--offline'])
      expect(exitCode, text).toBe(130)
      expect(existsSync(join(folder, 'tracecat-harden.yaml'))).toBe(false)
    })

    test('OIDC: a wrong issuer first, then the right one', async () => {
      const registered = {
        id: 'tracecat',
        secret: 'a-secret-of-the-provider',
        redirectUri: 'https://tracecat.example.com/auth/oauth/callback',
      }
      const provider = await openIdProvider(registered)
      onTestFinished(() => provider.close())
      const folder = layDown(temporaryFolder())
      const { exitCode, text } = await wizard(folder, [
        address,
        started,
        ['? Certificate (TLS):', `4${enter}`],
        ['? Its networks:', `10.1.0.0/16${enter}`],
        tenancy,
        ['? Sign-in:', `8${enter}`],
        ['? Issuer:', `${provider.url}/wrong${enter}`],
        ['? What now?', enter],
        ['? Issuer:', `\u0015${provider.url}${enter}`],
        ['? Client ID:', `${registered.id}${enter}`],
        ['? Client secret:', `${registered.secret}${enter}`],
        ...ending,
      ])
      expect(exitCode, text).toBe(0)
      expect(text).toContain(`The provider calls itself`)
      expect(text).not.toContain(registered.secret)
      expect(answersOf(folder)).toContain(`issuer: ${provider.url}\n`)
      const {
        OIDC_ISSUER: issuer = '',
        OIDC_CLIENT_ID: id = '',
        OIDC_CLIENT_SECRET: secret = '',
      } = parse(readFileSync(join(folder, '.env')))
      const redirectUri = /redirect\s+URI:\s+(\S+)/.exec(text)?.[1] ?? ''
      expect({ id, secret, redirectUri }).toEqual(registered)
      expect(await tryClient(issuer, { id, secret, redirectUri })).toEqual({
        signInPage: true,
        secret: true,
      })
    })

    test("SAML: the company's CA is asked for, and broken metadata are sent back", async () => {
      const folder = layDown(temporaryFolder())
      const certificates = join(folder, 'certs')
      mkdirSync(certificates)
      const provider = await samlProvider(certificates)
      onTestFinished(() => provider.close())
      const { exitCode, text } = await wizard(folder, [
        address,
        started,
        ['? Certificate (TLS):', `3${enter}`],
        tenancy,
        ['? Sign-in:', `9${enter}`],
        ['? SAML with:', `5${enter}`],
        ['? Metadata URL:', `${provider.url}/broken${enter}`],
        ['is not trusted', ''],
        ['? What now?', `3${enter}`],
        ['? CA file ("none" for none):', `certs/ca.crt${enter}`],
        ['DOCTYPE', ''],
        ['? What now?', enter],
        ['? Metadata URL:', `${provider.url}/metadata${enter}`],
        ...ending,
      ])
      expect(exitCode, text).toBe(0)
      expect(text).toContain('https://tracecat.example.com/auth/saml/acs')
      expect(answersOf(folder)).toContain(`metadataUrl: ${provider.url}/metadata\n`)
      expect(answersOf(folder)).toContain('caBundle: certs/ca.crt')
    })

    test('an own certificate: a wrong key first', async () => {
      const folder = layDown(temporaryFolder())
      const certificates = join(folder, 'certs')
      mkdirSync(certificates)
      makeCertificates(certificates)
      const { exitCode, text } = await wizard(
        folder,
        [
          address,
          started,
          ['? Certificate (TLS):', `2${enter}`],
          ['? Certificate with its chain (PEM):', enter],
          ['? Its private key (PEM):', `certs/other.key${enter}`],
          ['is not the key of', ''],
          ['? Certificate with its chain (PEM):', enter],
          ['? Its private key (PEM):', `\u0015certs/tls.key${enter}`],
          tenancy,
          ['? Sign-in:', enter],
          ...ending,
        ],
        {},
        ['--offline'],
      )
      expect(exitCode, text).toBe(0)
      expect(answersOf(folder)).toContain('certificateKey: certs/tls.key')
    })

    test('a load balancer, and an answer changed in the review', async () => {
      const folder = layDown(temporaryFolder())
      const { exitCode, text } = await wizard(
        folder,
        [
          address,
          started,
          ['? Certificate (TLS):', `4${enter}`],
          ['? Its networks:', `10.1.2.3/16${enter}`],
          ['is an address inside a network', `\u001510.1.0.0/16${enter}`],
          tenancy,
          ['? Sign-in:', enter],
          ...ending.slice(0, 2),
          ['? Is everything right?', `4${enter}`],
          ['? Who writes scripts:', `2${enter}`],
          ['? Is everything right?', enter],
          ...ending.slice(3),
        ],
        {},
        ['--offline'],
      )
      expect(exitCode, text).toBe(0)
      expect(answersOf(folder)).toContain('tenancy: multi')
      expect(answersOf(folder)).toContain('- 10.1.0.0/16')
    })

    test.each(
      defaultPath.map(([waitFor], index) => [waitFor, index] as const),
    )('Ctrl-C at "%s" changes nothing', async (waitFor, index) => {
      const folder = layDown(temporaryFolder())
      const before = snapshot(folder)
      const steps: readonly Step[] = [...defaultPath.slice(0, index), [waitFor, controlC]]
      const { exitCode, text, settings } = await wizard(folder, steps, {}, ['--offline'])
      expect(exitCode, text).toBe(130)
      expect(text.trimEnd().split('\n').at(-1)).toBe('Canceled: nothing was changed.')
      expect(settings).toMatch(/ icanon.* echo /)
      expect(snapshot(folder)).toEqual(before)
    })

    test('Ctrl-C while Docker is asked ends at once', async () => {
      const folder = layDown(temporaryFolder())
      const before = snapshot(folder)
      const programs = temporaryFolder()
      writeFileSync(join(programs, 'docker'), '#!/bin/sh\nexec sleep 30\n')
      chmodSync(join(programs, 'docker'), 0o755)
      const env = { PATH: `${programs}:${process.env.PATH}` }
      const begun = Date.now()
      const { exitCode, text } = await wizard(
        folder,
        [address, ['Looking at the folder', controlC]],
        { env },
      )
      expect(exitCode, text).toBe(130)
      expect(Date.now() - begun).toBeLessThan(10_000)
      expect(text).toContain('Canceled: nothing was changed.')
      expect(snapshot(folder)).toEqual(before)
    })

    test('text from a pipe answers nothing, and nothing waits for it', async () => {
      const folder = layDown(temporaryFolder())
      const before = snapshot(folder)
      const result = await execa('node', [cli, 'init', folder, '--offline'], {
        input: 'tracecat.example.com\n',
        reject: false,
        timeout: 30_000,
      })
      expect(result.exitCode).toBe(2)
      expect(result.stderr).toContain('domain is missing')
      expect(snapshot(folder)).toEqual(before)
    })

    test('the first question takes at most twice as long as Node itself', async () => {
      const folder = temporaryFolder()
      const milliseconds = async (program: readonly string[], shown: string) => {
        const script = `set a [clock microseconds]; spawn -noecho ${program.join(' ')}; expect -ex ${JSON.stringify(shown)}; puts stderr [expr {[clock microseconds] - $a}]; send "\\003"; expect eof`
        const { stderr } = await execa('expect', ['-c', script], {
          env: { NO_COLOR: '1', TERM: 'xterm' },
        })
        return Number(stderr.trim().split('\n').at(0)) / 1000
      }
      writeFileSync(join(folder, 'ready.mjs'), "process.stdout.write('ready')\n")
      const bare: number[] = []
      const asked: number[] = []
      for (let run = 0; run < 15; run += 1) {
        bare.push(await milliseconds(['node', join(folder, 'ready.mjs')], 'ready'))
        asked.push(await milliseconds(['node', cli, 'init', folder], '? Address:'))
      }
      const median = (list: number[]) => [...list].sort((a, b) => a - b)[7] ?? Number.NaN
      expect(
        median(asked) / median(bare),
        `${median(asked)} ms against ${median(bare)} ms`,
      ).toBeLessThanOrEqual(2)
      expect(existsSync(join(folder, '.env'))).toBe(false)
    })
  },
)
