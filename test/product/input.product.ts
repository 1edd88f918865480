import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { realNetwork } from '../../src/world/real-network.ts'
import { describeStock, newest, stock, upstream } from '../stock.ts'
import { answers, asYaml, ssoChoices } from './answers.ts'
import { emptyFolder, stockInstall, withTag } from './installs.ts'
import { composeComplaints } from './real.ts'
import { clientSecret, failureOf, runInit, snapshot, textOf, valuesOf } from './run.ts'

const fresh = { options: { fresh: true } } as const

describeStock('what is not there, or wrong', () => {
  test('--dry-run writes nothing and shows no secret', async () => {
    const directory = stockInstall(newest)
    const before = snapshot(directory)
    const ran = await runInit(directory, answers(ssoChoices.oidc, { payloadEncryption: true }), {
      options: { fresh: true, dryRun: true },
    })
    expect(ran.exitCode).toBe(0)
    expect(snapshot(directory)).toEqual(before)
    expect(ran.printed).toContain('+++ docker-compose.override.yml')
    expect(ran.printed).not.toContain(clientSecret)
    expect(ran.printed.match(/(?<==)[A-Za-z0-9_-]{40,}=*/g) ?? []).toEqual([])
  })

  test('a dry run of a hardened install shows no secret of it', async () => {
    const directory = stockInstall(newest)
    await runInit(directory, answers(ssoChoices.oidc), fresh)
    const secrets = [...valuesOf(directory)]
      .filter(([name]) => /PASSWORD|SECRET|_KEY$/.test(name))
      .map(([, value]) => value)
      .filter((value) => value.length > 20)
    const ran = await runInit(directory, answers(ssoChoices.saml, { domain: 'new.example.com' }), {
      options: { fresh: true, dryRun: true, verbose: true },
    })
    expect(secrets.length).toBeGreaterThan(6)
    for (const secret of secrets) expect(ran.printed).not.toContain(secret)
  })

  test('--json, dry and wet, is one document without a secret', async () => {
    const directory = stockInstall(newest)
    const dry = await runInit(directory, answers(), {
      options: { fresh: true, json: true, dryRun: true },
    })
    expect(dry.world.printed.out).toHaveLength(1)
    expect(JSON.parse(dry.world.printed.out[0] ?? '')).toMatchObject({
      version: 1,
      release: newest,
      backup: null,
    })
    const wet = await runInit(directory, answers(), { options: { fresh: true, json: true } })
    const report: unknown = JSON.parse(wet.world.printed.out.join('\n'))
    expect(report).toMatchObject({
      version: 1,
      dir: directory,
      changes: expect.arrayContaining([{ file: '.env', kind: 'update' }]),
    })
    for (const [name, value] of valuesOf(directory))
      if (/PASSWORD|SECRET/.test(name) && value.length > 20)
        expect(wet.printed).not.toContain(value)
  })

  test('answers from a file, from standard input, and --set over both', async () => {
    const directory = stockInstall(newest)
    writeFileSync(join(directory, 'mine.yaml'), asYaml(answers()))
    await runInit(directory, undefined, {
      options: {
        fresh: true,
        answers: join(directory, 'mine.yaml'),
        set: ['domain=set.example.com'],
      },
    })
    expect(valuesOf(directory).get('PUBLIC_APP_URL')).toBe('https://set.example.com')
    await runInit(directory, answers({ domain: 'piped.example.com' }), fresh)
    expect(valuesOf(directory).get('PUBLIC_APP_URL')).toBe('https://piped.example.com')
  })

  test('offline without stock files: the rest is written, and the exact commands are printed', async () => {
    const directory = emptyFolder()
    const ran = await runInit(directory, answers(), { options: { offline: true } })
    expect(ran.exitCode).toBe(0)
    for (const name of ['docker-compose.yml', 'Caddyfile', '.env.example']) {
      expect(ran.printed).toContain(
        `curl -fsSL -o ${name} https://raw.githubusercontent.com/TracecatHQ/tracecat/${newest}/${name}`,
      )
      const text = stock(newest, name as 'Caddyfile')
      const sum = createHash('sha256').update(text).digest('hex')
      expect(ran.printed).toContain(`echo '${sum}  ${name}' | sha256sum -c -`)
      writeFileSync(join(directory, name), text)
    }
    expect(valuesOf(directory).get('REDIS_URL')).toMatch(
      /^redis:\/\/:[A-Za-z0-9_-]{43}@redis:6379$/,
    )
    // Once they are there, the next run completes what needs them.
    await runInit(directory, undefined, fresh)
    expect(composeComplaints(directory)).toEqual([])
    expect(textOf(directory, 'docker-compose.override.yml')).toContain('requirepass')
  })

  async function mirror(
    change: (name: string, text: string) => string | undefined,
  ): Promise<string> {
    const server = createServer((request, response) => {
      const [, tag = '', name = ''] = /^\/mirror\/([^/]+)\/(.+)$/.exec(request.url ?? '') ?? []
      const text = change(name, stock(tag, name as 'Caddyfile'))
      response.statusCode = text === undefined ? 404 : 200
      response.end(text)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/mirror`
  }

  async function fromMirror(directory: string, url: string) {
    const { fakeWorld } = await import('../world/fake.ts')
    const { init } = await import('../../src/commands/init.ts')
    const { Masker } = await import('../../src/secrets/masker.ts')
    const { optionsFor } = await import('./run.ts')
    const world = {
      ...fakeWorld({ input: asYaml(answers()), now: new Date() }),
      network: realNetwork({}),
    }
    return await init(world, new Masker(), {
      ...optionsFor(directory, answers()),
      offline: false,
      upstream: url,
    })
  }

  test('stock files from a mirror, over HTTP', async () => {
    const directory = emptyFolder()
    expect(await fromMirror(directory, await mirror((_, text) => text))).toBe(0)
    expect(textOf(directory, 'docker-compose.yml')).toBe(stock(newest, 'docker-compose.yml'))
    expect(composeComplaints(directory)).toEqual([])
  })

  test.each([
    [
      'a changed file',
      (_: string, text: string) => text.replace('redis', 'Redis'),
      /is not the file that Tracecat published/,
    ],
    [
      'a file that is not there',
      (name: string, text: string) => (name === 'Caddyfile' ? undefined : text),
      /404/,
    ],
  ])('a mirror with %s stops everything', async (_name, change, message) => {
    const directory = emptyFolder()
    const failure = await failureOf(fromMirror(directory, await mirror(change)))
    expect(`${failure.message} ${failure.remedy}`).toMatch(message)
    expect(snapshot(directory).size).toBe(0)
  })

  test('an unreachable mirror is a clear failure', async () => {
    const directory = emptyFolder()
    const failure = await failureOf(fromMirror(directory, 'http://127.0.0.1:9/mirror'))
    expect([failure.exitCode, failure.message]).toEqual([3, expect.stringContaining('127.0.0.1:9')])
    expect(snapshot(directory).size).toBe(0)
  })

  test('--from with a changed file, and --from without the files', async () => {
    const directory = emptyFolder()
    const from = emptyFolder()
    const none = await failureOf(runInit(directory, answers(), { options: { from } }))
    expect(none.message).toContain('docker-compose.yml')
    for (const name of ['docker-compose.yml', 'Caddyfile', '.env.example'] as const)
      writeFileSync(join(from, name), `${stock(newest, name)}# changed\n`)
    const changed = await failureOf(runInit(directory, answers(), { options: { from } }))
    expect(changed.remedy).toMatch(/SHA-256/)
    expect(snapshot(directory).size).toBe(0)
  })

  test('files of a release without known checksums are taken, and that is said', async () => {
    const from = emptyFolder()
    const later = '1.0.0-beta.99'
    for (const name of ['docker-compose.yml', 'Caddyfile', '.env.example'] as const)
      writeFileSync(join(from, name), stock(newest, name).replaceAll(newest, later))
    const options = { from, tracecatVersion: later, fresh: true }
    const ran = await runInit(emptyFolder(), answers(), { options })
    expect(ran.exitCode).toBe(0)
    expect(ran.printed.replace(/\s+/g, ' ')).toContain(
      `No checksum of Tracecat ${later} is known: docker-compose.yml, .env.example, Caddyfile were compared with nothing`,
    )
    const known = await runInit(emptyFolder(), answers(), {
      options: { from: upstream, fresh: true },
    })
    expect(known.printed).not.toContain('compared with nothing')
  })

  test('--from takes the release that is asked for', async () => {
    const directory = emptyFolder()
    await runInit(directory, answers(), {
      options: { from: upstream, tracecatVersion: '1.0.0-beta.42' },
    })
    expect(textOf(directory, 'docker-compose.yml')).toBe(
      stock('1.0.0-beta.42', 'docker-compose.yml'),
    )
    const { judgement } = await import('./run.ts').then(({ look }) => look(directory, fresh))
    expect(judgement.findings.filter(({ status }) => status === 'open')).toEqual([])
  })
})

describeStock('wrong input gives one failure with place and remedy, and nothing changed', () => {
  const broken: readonly (readonly [string, (directory: string) => void, RegExp, string])[] = [
    [
      'broken YAML in docker-compose.yml',
      (directory) => writeFileSync(join(directory, 'docker-compose.yml'), 'services:\n  api: [\n'),
      /./,
      'docker-compose.yml',
    ],
    [
      'broken YAML in the override',
      (directory) =>
        writeFileSync(join(directory, 'docker-compose.override.yml'), 'services:\n\tapi: {}\n'),
      /./,
      'docker-compose.override.yml',
    ],
    [
      'an override that is a list',
      (directory) => writeFileSync(join(directory, 'docker-compose.override.yml'), '- a\n'),
      /./,
      'docker-compose.override.yml',
    ],
    [
      'a binary .env',
      (directory) => writeFileSync(join(directory, '.env'), Buffer.from([0, 1, 2, 255])),
      /not a text file/,
      '.env',
    ],
    [
      'a directory as .env',
      (directory) => {
        rmSync(join(directory, '.env'))
        mkdirSync(join(directory, '.env'))
      },
      /directory/,
      '.env',
    ],
    [
      '600 KiB of .env',
      (directory) => writeFileSync(join(directory, '.env'), `# ${'x'.repeat(600 * 1024)}\n`),
      /more than 524288/,
      '.env',
    ],
    [
      'an .env that Compose rejects',
      (directory) => writeFileSync(join(directory, '.env'), `${withTag(newest)}I='sq''x'\n`),
      /./,
      '.env',
    ],
    [
      'a broken Caddyfile',
      (directory) =>
        writeFileSync(join(directory, 'Caddyfile'), ':80 {\n  reverse_proxy api:8000\n'),
      /./,
      'Caddyfile',
    ],
    [
      'broken answers',
      (directory) => writeFileSync(join(directory, 'tracecat-harden.yaml'), 'domain: [\n'),
      /./,
      'tracecat-harden.yaml',
    ],
    [
      'a damaged record',
      (directory) => {
        mkdirSync(join(directory, '.tracecat-harden'))
        writeFileSync(join(directory, '.tracecat-harden/written.json'), '{')
      },
      /damaged/,
      '.tracecat-harden/written.json',
    ],
    [
      'damaged fingerprints',
      (directory) => {
        mkdirSync(join(directory, '.tracecat-harden'))
        writeFileSync(join(directory, '.tracecat-harden/fingerprints.json'), '{}')
      },
      /damaged/,
      '.tracecat-harden/fingerprints.json',
    ],
  ]

  test.each(broken)('%s', async (_name, breakIt, message, file) => {
    const directory = stockInstall(newest)
    breakIt(directory)
    const before = snapshot(directory)
    const given = file === 'tracecat-harden.yaml' ? undefined : answers()
    const failure = await failureOf(runInit(directory, given, fresh))
    expect(failure.exitCode).toBe(2)
    expect(failure.where?.file).toBe(file)
    expect(`${failure.message}${failure.remedy ?? ''}`).toMatch(message)
    expect(failure.where?.line ?? failure.remedy).toBeDefined()
    expect(snapshot(directory)).toEqual(before)
  })

  test('a folder that is not there', async () => {
    const failure = await failureOf(runInit('/nowhere/at/all', answers(), fresh))
    expect([failure.exitCode, failure.message]).toEqual([
      2,
      expect.stringContaining('/nowhere/at/all'),
    ])
  })

  test('a file for a folder', async () => {
    const failure = await failureOf(
      runInit(join(stockInstall(newest), 'Caddyfile'), answers(), fresh),
    )
    expect(failure.exitCode).toBe(2)
  })

  test.skipIf(process.getuid?.() === 0)(
    'a read-only folder (skipped: root may write everywhere)',
    async () => {
      const directory = stockInstall(newest)
      chmodSync(directory, 0o500)
      onTestFinished(() => chmodSync(directory, 0o700))
      const before = snapshot(directory)
      const failure = await failureOf(runInit(directory, answers(), fresh))
      expect(failure.exitCode).toBe(3)
      expect(snapshot(directory)).toEqual(before)
    },
  )

  test('Compose files of something else', async () => {
    const directory = stockInstall(newest, {
      'docker-compose.yml': 'services:\n  web:\n    image: nginx\n',
    })
    const failure = await failureOf(runInit(directory, answers(), fresh))
    expect(failure.message).toMatch(/no Tracecat install/)
  })

  test('every missing answer is named at once', async () => {
    const directory = stockInstall(newest)
    const failure = await failureOf(runInit(directory, { tls: 'load-balancer' }, fresh))
    for (const key of ['domain', 'sso', 'trustedProxies', 'superadminEmail'])
      expect(failure.message).toContain(key)
  })

  test('a missing client secret', async () => {
    const directory = stockInstall(newest)
    const before = snapshot(directory)
    const failure = await failureOf(
      runInit(directory, answers(ssoChoices.oidc), { ...fresh, env: { OIDC_CLIENT_SECRET: '' } }),
    )
    expect(failure.remedy).toContain('OIDC_CLIENT_SECRET')
    expect(snapshot(directory)).toEqual(before)
  })

  test('what Compose refuses already is the files as they are, not what would be written', async () => {
    const own = 'services:\n  api:\n    labels: { ours: yes }\n'
    const directory = stockInstall(newest, { 'docker-compose.override.yml': own })
    const said = (now: string, after: string) =>
      failureOf(
        runInit(directory, answers(), {
          ...fresh,
          processes: (_, args, { stdin }) =>
            args.includes('config')
              ? { exitCode: 1, stderr: stdin === own ? now : after }
              : { exitCode: 1 },
        }),
      )
    const missing = 'required variable REDIS_PASSWORD is missing a value'
    expect(await said('no service x', 'no service x')).toMatchObject({
      kind: 'badInput',
      message: 'Docker Compose refuses the files as they are: no service x',
    })
    expect(await said(missing, 'no service x')).toMatchObject({
      kind: 'surroundings',
      message: 'Docker Compose refuses what would be written: no service x',
    })
    expect(textOf(directory, 'docker-compose.override.yml')).toBe(own)
  })

  test("a project's name goes to Compose: not every folder's name holds one", async () => {
    const directory = stockInstall(newest)
    const names: unknown[] = []
    await runInit(directory, answers(), {
      ...fresh,
      processes: (_, args, { env }) => {
        if (args.includes('config')) names.push(env?.COMPOSE_PROJECT_NAME)
        return args.includes('config') ? {} : { exitCode: 1 }
      },
    })
    expect(names).toEqual(['tracecat'])
  })

  test('what .env says of PATH and DOCKER_* does not steer the program that is asked', async () => {
    const env = `PATH=/nowhere\nDOCKER_CONTEXT=nosuch\n${stock(newest, '.env.example')}`
    const directory = stockInstall(newest, { '.env': env })
    const given: (readonly string[])[] = []
    await runInit(directory, answers(), {
      ...fresh,
      processes: (_, args, options) => {
        if (args.includes('config')) given.push(Object.keys(options.env ?? {}))
        return args.includes('config') ? {} : { exitCode: 1 }
      },
    })
    expect(given.flat()).toContain('TRACECAT__DB_URI')
    expect(given.flat()).not.toContain('PATH')
    expect(given.flat()).not.toContain('DOCKER_CONTEXT')
  })

  test('a certificate that is not there', async () => {
    const directory = stockInstall(newest)
    const failure = await failureOf(
      runInit(
        directory,
        answers({ tls: 'certificate', certificate: 'a.crt', certificateKey: 'a.key' }),
        fresh,
      ),
    )
    expect([failure.where?.file, failure.remedy]).toEqual(['a.crt', expect.stringMatching(/./)])
  })
})
