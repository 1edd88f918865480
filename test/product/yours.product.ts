import { mkdirSync, writeFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { controls } from '../../src/controls/registry.ts'
import { gather } from '../../src/hardening/gather.ts'
import { planInit } from '../../src/hardening/plan-init.ts'
import { makePlan } from '../../src/plan/make-plan.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { describeStock, newest, stock } from '../stock.ts'
import { fakeWorld } from '../world/fake.ts'
import { answers, asYaml, ssoChoices, tlsChoices } from './answers.ts'
import { stockInstall, withTag } from './installs.ts'
import { caddyComplaints, composeComplaints } from './real.ts'
import { look, open, optionsFor, runInit, textOf, valuesOf } from './run.ts'

const fresh = { options: { fresh: true } } as const

/** Lines of the old text that the new one has no more, each as often as it was lost. */
function lostLines(before: string, after: string): readonly string[] {
  const left = after.split('\n')
  return before.split('\n').filter((line) => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

const ownEnv = [
  '# --- our own ---',
  "export OUR_TOKEN='s3cr$t with # hash'",
  'OUR_LIST=a,b , c   # trailing comment',
  '',
  '   # indented comment',
  'OUR_REFERENCE=${PUBLIC_APP_URL}/ours',
  'OUR_BLANK=',
].join('\n')

const overrides = {
  'list-form environment': `# ours
services:
  api:
    environment:
      # keep me
      - OUR_TOKEN   # passed on
      - "OUR_LIST=x,y"
  redis:
    environment: [OUR_REDIS=1]
  sidecar:   # our own service
    image: busybox:1.36
    command: >-
      sh -c "echo folded
      and kept"
`,
  'flow maps': `services: {api: {environment: {OUR_TOKEN: "a, b", other: 'x: y'}, mem_limit: 1g}, executor: {security_opt: [label:disable]}}
volumes: {ours: {}}
`,
  anchors: `x-limits: &limits
  mem_limit: 2g   # everywhere
  logging: &logging
    driver: local
services:
  api:
    <<: *limits
    labels: { ours: "yes" }
  executor:
    <<: *limits
  redis: &redis
    logging: *logging
    stop_grace_period: 30s
`,
  'tags of Compose': `services:
  caddy:
    ports: !override
      - "80:80"
      - "8443:443"   # our own port
  temporal_ui:
    restart: !reset null
`,
  'odd indentation': `services:
    api:
          environment:
               OUR_TOKEN: t
    minio:
      volumes:
      - ./ours:/ours:ro
`,
} as const

describeStock('yours stays yours', () => {
  describe.each(Object.entries(overrides))('an override with %s', (_name, override) => {
    test.each([
      ['LF', (text: string) => text],
      ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
      ['no last line break', (text: string) => text.replace(/\n$/, '')],
    ])('and %s', async (_ending, written) => {
      const directory = stockInstall(newest, {
        'docker-compose.override.yml': written(override),
        '.env': withTag(newest, `${stock(newest, '.env.example')}\n${ownEnv}\n`),
      })
      await runInit(directory, answers({ executorPrivileges: 'confined' }), fresh)
      const after = textOf(directory, 'docker-compose.override.yml')
      if (!override.startsWith('services: {')) {
        const lost = lostLines(written(override), after).filter(
          (line) =>
            !/environment: \[OUR_REDIS|mem_limit|logging: \*/.test(line) && line.trim() !== '',
        )
        expect(lost).toEqual([])
      }
      for (const word of [
        'OUR_TOKEN',
        'ours',
        'label:disable',
        'our own',
        'keep me',
        'everywhere',
        '8443:443',
      ])
        expect(after.includes(word)).toBe(override.includes(word))
      // A block scalar that ends a file without a line break: the parser adds one, Compose does not.
      const complaints = composeComplaints(directory).filter(
        (line) => after.endsWith('\n') || !line.startsWith('configs.tracecat-harden-redis'),
      )
      expect(complaints).toEqual([])
      expect(open((await look(directory, fresh)).judgement)).toEqual([])
    })
  })

  test("the admin's variables and comments in .env, line by line", async () => {
    const env = withTag(newest, `${stock(newest, '.env.example')}\n${ownEnv}\n`)
    const directory = stockInstall(newest, { '.env': env })
    await runInit(directory, answers(ssoChoices.oidc), fresh)
    const changed = lostLines(env, textOf(directory, '.env')).map((line) => line.split('=')[0])
    const mayChange =
      /^(TRACECAT__(POSTGRES_USER|POSTGRES_PASSWORD|DB_ENCRYPTION_KEY|SERVICE_KEY|SIGNING_SECRET|AUTH_TYPES|AUTH_ALLOWED_DOMAINS|AUTH_SUPERADMIN_EMAIL|ALLOW_ORIGINS|EXECUTOR_BACKEND|DISABLE_NSJAIL)|TEMPORAL__(POSTGRES_PASSWORD|UI_VERSION)|MINIO_ROOT_(USER|PASSWORD)|REDIS_URL|USER_AUTH_SECRET|PUBLIC_APP_URL|BASE_DOMAIN|OIDC_\w+|NEXT_PUBLIC_API_URL|PUBLIC_API_URL)$/
    expect(changed.filter((name) => !mayChange.test(name ?? ''))).toEqual([])
    expect(textOf(directory, '.env')).toContain(ownEnv)
  })

  test('an .env with CRLF and a byte order mark keeps them', async () => {
    const env = `\ufeff${withTag(newest).replaceAll('\n', '\r\n')}`
    const directory = stockInstall(newest, { '.env': env })
    await runInit(directory, answers(), fresh)
    const after = textOf(directory, '.env')
    expect(after.startsWith('\ufeff')).toBe(true)
    expect(after.replaceAll('\r\n', '')).not.toContain('\n')
    expect(open((await look(directory, fresh)).judgement)).toEqual([])
  })

  const ownRoutes = `
	# our status page
	@status path /status /status/*
	handle @status {
		header X-Ours "yes"
		respond "fine" 200
	}
	handle_path /grafana/* {
		reverse_proxy grafana:3000 {
			header_up X-Ours "{remote_host}"
		}
	}
`

  test.each(
    Object.entries(tlsChoices).filter(([name]) => name !== 'certificate'),
  )('routes of the admin survive %s', async (_name, choice) => {
    const caddyfile = stock(newest, 'Caddyfile').replace(
      /\}\s*$/,
      `${ownRoutes}}\n\nother.example.com {\n\trespond "another site"\n}\n`,
    )
    const directory = stockInstall(newest, { Caddyfile: caddyfile })
    await runInit(directory, answers(choice), fresh)
    const after = textOf(directory, 'caddy/Caddyfile')
    for (const line of [...ownRoutes.split('\n'), 'other.example.com {', 'respond "another site"'])
      expect(after).toContain(line.trim())
    expect(caddyComplaints(after)).toBe('')
    expect(textOf(directory, 'Caddyfile')).toBe(caddyfile)
    await runInit(directory, answers(tlsChoices.internal), fresh)
    for (const line of ownRoutes.split('\n'))
      expect(textOf(directory, 'caddy/Caddyfile')).toContain(line.trim())
  })

  test('a route added to our Caddyfile later survives another answer', async () => {
    const directory = stockInstall(newest)
    await runInit(directory, answers(), fresh)
    writeFileSync(
      `${directory}/caddy/Caddyfile`,
      textOf(directory, 'caddy/Caddyfile').replace(/\}\s*$/, `${ownRoutes}}\n`),
    )
    await runInit(directory, answers(tlsChoices.automatic, ssoChoices.saml), fresh)
    const after = textOf(directory, 'caddy/Caddyfile')
    for (const line of ownRoutes.split('\n')) expect(after).toContain(line.trim())
    expect(caddyComplaints(after)).toBe('')
  })

  const ownOverrides: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "Redis' own settings",
      'services:\n  redis:\n    command: ["redis-server", "--appendonly", "yes", "--maxmemory", "1gb"]\n',
      ['--maxmemory'],
    ],
    [
      "Redis' command as one text",
      'services:\n  redis:\n    command: redis-server --appendonly yes --maxmemory 1gb\n',
      ['--maxmemory'],
    ],
    [
      'a service that is switched off',
      'services:\n  temporal_ui: !reset null\n',
      ['temporal_ui: !reset null'],
    ],
    [
      'a service behind a profile',
      'services:\n  temporal_ui:\n    profiles: [debug]\n',
      ['profiles: [debug]'],
    ],
    [
      'logging of its own',
      'services:\n  api:\n    logging:\n      driver: journald\n',
      ['driver: journald'],
    ],
    [
      'more volumes for caddy',
      'services:\n  caddy:\n    volumes:\n      - ./www:/srv/www:ro\n',
      ['./www:/srv/www:ro'],
    ],
    [
      'a network of its own',
      'services:\n  api:\n    networks:\n      ours: {}\nnetworks:\n  ours:\n    external: true\n',
      ['external: true'],
    ],
    ['an empty file', '', []],
    ['comments alone', '# nothing yet\n', ['# nothing yet']],
    ['an empty service', 'services:\n  api:\n', []],
    ['an env_file', 'services:\n  api:\n    env_file: [ours.env]\n', ['env_file: [ours.env]']],
    [
      'hardening by hand',
      'services:\n  executor:\n    cap_add: [SYS_ADMIN]\n    security_opt: [seccomp:unconfined]\n    privileged: true\n',
      [],
    ],
  ]

  test.each(
    ownOverrides,
  )('an override with %s is hardened and kept', async (_name, override, kept) => {
    const directory = stockInstall(newest, {
      'docker-compose.override.yml': override,
      'ours.env': 'OURS=1\n',
    })
    await runInit(directory, answers({ executorPrivileges: 'confined' }), fresh)
    const after = textOf(directory, 'docker-compose.override.yml')
    for (const part of kept) expect(after).toContain(part)
    expect(composeComplaints(directory)).toEqual([])
    const { judgement, plan } = await look(directory, fresh)
    expect([open(judgement), plan.files]).toEqual([[], []])
  })

  test('a Caddyfile of the admin that the override mounts: its routes are carried over', async () => {
    const caddyfile = stock(newest, 'Caddyfile').replace(/\}\s*$/, `${ownRoutes}}\n`)
    const override =
      'services:\n  caddy:\n    volumes:\n      - ./ours/Caddyfile:/etc/caddy/Caddyfile\n'
    const directory = stockInstall(newest, { 'docker-compose.override.yml': override })
    mkdirSync(`${directory}/ours`)
    writeFileSync(`${directory}/ours/Caddyfile`, caddyfile)
    await runInit(directory, answers(), fresh)
    for (const line of ownRoutes.split('\n'))
      expect(textOf(directory, 'caddy/Caddyfile')).toContain(line.trim())
    expect(textOf(directory, 'ours/Caddyfile')).toBe(caddyfile)
    expect(open((await look(directory, fresh)).judgement)).toEqual([])
  })

  const name = fc.stringMatching(/^OURS_[A-Z]{1,6}$/)
  const value = fc.stringMatching(/^[a-zA-Z0-9 ,;:/@%&=-]{0,20}$/)
  const comment = fc.stringMatching(/^[ -~]{0,30}$/).map((text) => `# ${text}`)
  const line = fc.oneof(
    comment,
    fc.constant(''),
    fc.tuple(name, value).map(([key, text]) => `${key}='${text}'`),
    fc
      .tuple(name, fc.stringMatching(/^[a-z0-9]{1,9}$/))
      .map(([key, text]) => `export ${key}=${text}   # why`),
  )

  test('whatever lines the admin puts into .env, wherever, all of them are there afterwards', async () => {
    const base = withTag(newest).split('\n')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(base.length), line), { minLength: 1, maxLength: 12 }),
        async (additions) => {
          const seen = new Set<string>()
          const lines = [...base]
          const added: string[] = []
          for (const [at, text] of additions) {
            const own = /OURS_[A-Z]+/.exec(text)?.[0]
            if (own !== undefined && seen.has(own)) continue
            if (own !== undefined) seen.add(own)
            lines.splice(at, 0, text)
            added.push(text)
          }
          const env = lines.join('\n')
          const directory = stockInstall(newest, { '.env': env })
          await runInit(directory, answers(), fresh)
          const after = textOf(directory, '.env')
          expect(lostLines(added.join('\n'), after)).toEqual([])
          const values = valuesOf(directory)
          for (const own of seen) expect(values.has(own)).toBe(true)
          expect((await look(directory, fresh)).plan.files).toEqual([])
        },
      ),
      { numRuns: 25 },
    )
  })
})

describeStock('the order of the controls', () => {
  test('has no meaning: any order gives the same bytes', async () => {
    const directory = stockInstall(newest)
    const given = answers(tlsChoices['load-balancer'], ssoChoices.oidc, {
      executorPrivileges: 'confined',
      payloadEncryption: true,
      proxy: 'http://proxy.example.com:3128',
    })
    const world = fakeWorld({
      input: asYaml(given),
      env: { OIDC_CLIENT_SECRET: 'client-secret-0123456789' },
    })
    const gathered = await gather(world, { ...optionsFor(directory, given), fresh: true })
    const { case: hardenCase } = await planInit(world, new Masker(), gathered)
    const planWith = (order: typeof controls) =>
      makePlan({
        case: hardenCase,
        controls: order,
        record: new Map(),
        shell: {},
        envTemplate: '',
        onDisk: gathered.read.onDisk,
        extra: new Map(),
        sourcePathsAfter: gathered.read.sourcePathsAfter,
      }).files.map(({ path, after, mode }) => ({ path, after, mode }))
    const expected = planWith(controls)
    expect(expected.length).toBeGreaterThan(5)
    fc.assert(
      fc.property(fc.shuffledSubarray([...controls], { minLength: controls.length }), (order) => {
        expect(planWith(order)).toEqual(expected)
      }),
      { numRuns: 15 },
    )
  })
})

describeStock("a Redis of the admin's own making", () => {
  const install = (command: readonly string[]) =>
    stockInstall(newest, {
      'docker-compose.override.yml': `services:\n  redis:\n    command: ${JSON.stringify(command)}\n`,
    })
  const commandIn = async (directory: string) =>
    (await look(directory, fresh)).case.install.compose?.model.services.get('redis')?.command

  test.each([
    [['sh', '-c', 'exec redis-server --appendonly yes --requirepass $$REDIS_PW'], '$REDIS_PW'],
    [['redis-server', '/conf/redis.conf'], '/conf/redis.conf'],
  ])('is left as it starts: %j', async (command, word) => {
    const directory = install(command)
    expect((await runInit(directory, answers(), fresh)).exitCode).toBe(0)
    const now = await commandIn(directory)
    expect(now).toEqual(command.map((one) => one.replace('$$', '$')))
    expect(now?.join(' ')).toContain(word)
    expect(composeComplaints(directory)).toEqual([])
    const { judgement } = await look(directory, fresh)
    const finding = judgement.findings.find(({ control }) => control.id === 'redis-auth')
    expect(finding?.remedy).toMatch(/^Give Redis a password where its settings are/)
  })

  test('keeps a dollar in an argument', async () => {
    const directory = install([
      'redis-server',
      '--appendonly',
      'yes',
      '--proc-title-template',
      '{title} $$x',
    ])
    expect((await runInit(directory, answers(), fresh)).exitCode).toBe(0)
    expect(await commandIn(directory)).toContain('{title} $x')
    expect(composeComplaints(directory)).toEqual([])
    expect(open((await look(directory, fresh)).judgement)).toEqual([])
  })
})
