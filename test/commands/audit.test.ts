import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/failure.ts'
import { auditDocument, openControls, runAudit, stockFolder } from './installs.ts'

describe('a stock install', () => {
  test('has findings at the file and line that the admin must change', async () => {
    const folder = stockFolder()
    const { exitCode, version, installs } = await auditDocument([folder])
    expect(exitCode).toBe(1)
    expect(version).toBe(1)
    expect(installs.map(({ dir, release }) => [dir, release])).toEqual([[folder, '1.0.0-beta.51']])
    const findings = installs[0]?.findings ?? []
    const lineOf = (control: string): string => {
      const { file = '', line = 0 } = findings.find((one) => one.control === control) ?? {}
      return `${file}: ${(readFileSync(join(folder, file), 'utf8').split('\n')[line - 1] ?? '').trim()}`
    }
    expect(lineOf('postgres-password')).toMatch(/^\.env: TRACECAT__POSTGRES_PASSWORD=/)
    expect(lineOf('executor-backend')).toMatch(/^\.env: TRACECAT__EXECUTOR_BACKEND=/)
    expect(lineOf('minio-route')).toMatch(/^Caddyfile: reverse_proxy .*minio/)
    expect(lineOf('certificate-storage')).toMatch(/^docker-compose\.yml: volumes:/)
  })

  test('is read only, and no Docker is asked', async () => {
    const folder = stockFolder()
    const state = () =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
        const { mtimeMs, ino, mode, size } = statSync(join(folder, name))
        return [name, mtimeMs, ino, mode, size]
      })
    const before = state()
    const { world } = await runAudit([folder])
    expect(state()).toEqual(before)
    expect(world.started).toEqual([])
  })

  test('in a checkout, only git is asked', async () => {
    const folder = stockFolder({ '.git/HEAD': 'ref: refs/heads/main\n' })
    const { world, installs } = {
      ...(await runAudit([folder])),
      ...(await auditDocument([folder], {}, { processes: git })),
    }
    expect(world.started.map(([program]) => program)).toContain('git')
    expect(world.started.every(([program]) => program === 'git')).toBe(true)
    expect(installs[0]?.findings.filter(({ control }) => control === 'git-ignore')).toMatchObject([
      { severity: 'critical', file: '.env' },
    ])
  })

  test('a copy of .env is found, whose key anybody may read', async () => {
    const key = 'TRACECAT__DB_ENCRYPTION_KEY=7Yb0Xr3iQmW9c5tT1sJ8dK2fL6gH4nV0aZxCvBnMqWE=\n'
    const folder = stockFolder({ '.env.bak': key, '.env.old': key })
    chmodSync(folder, 0o755)
    chmodSync(join(folder, '.env.bak'), 0o644)
    chmodSync(join(folder, '.env.old'), 0o600)
    const { installs } = await auditDocument([folder], { controls: ['file-permissions'] })
    const copies = installs[0]?.findings.filter(({ file }) => file !== '.env')
    expect(copies).toMatchObject([{ severity: 'high', status: 'open', file: '.env.bak' }])
  })

  test.each([
    ['low', 1],
    ['critical', 1],
    ['never', 0],
  ] as const)('--fail-on %s ends in %i', async (failOn, exitCode) => {
    expect((await runAudit([stockFolder()], { failOn })).exitCode).toBe(exitCode)
  })

  test('--fail-on goes by the finding, --control by the rule', async () => {
    const only = { controls: ['certificate-storage'] }
    const folder = stockFolder()
    const document = await auditDocument([folder], only)
    expect(openControls(document)).toEqual(['certificate-storage'])
    expect(document.installs[0]?.passed).toEqual([])
    expect((await runAudit([folder], { ...only, failOn: 'medium' })).exitCode).toBe(1)
    expect((await runAudit([folder], { ...only, failOn: 'high' })).exitCode).toBe(0)
  })

  test('an unknown control is refused with the one that was meant', async () => {
    const run = runAudit([stockFolder()], { controls: ['redis-auht'] })
    await expect(run).rejects.toThrow(Failure)
    await expect(run).rejects.toMatchObject({ exitCode: 2, remedy: 'Did you mean redis-auth?' })
  })
})

function git(_: string, args: readonly string[]) {
  return args.includes('rev-parse') ? { stdout: 'true\n' } : {}
}

describe('several installs', () => {
  test('are told apart, and a broken one does not stop the others', async () => {
    const good = stockFolder()
    const other = stockFolder({
      'tracecat-harden.yaml': 'accept: [{ control: tls, reason: a lab }]\n',
    })
    const broken = stockFolder({ 'docker-compose.yml': 'services:\n  api: [\n' })
    const document = await auditDocument([good, broken, join(good, 'nowhere'), other])
    expect(document.exitCode).toBe(2)
    expect(document.installs.map(({ dir }) => dir)).toEqual([good, other])
    expect(document.failed).toMatchObject([
      { dir: broken, file: 'docker-compose.yml', line: 3 },
      { dir: join(good, 'nowhere'), message: expect.stringContaining('There is no folder') },
    ])
    expect(document.err).toContain(`${broken}:`)
  })

  test('the same folder is read once', async () => {
    const folder = stockFolder()
    expect((await auditDocument([folder, folder])).installs).toHaveLength(1)
  })

  test('a release that is too old ends in 3, a file that cannot be read beside it in 2', async () => {
    const old = stockFolder({
      '.env':
        'TRACECAT__IMAGE_TAG=0.39.0\nPUBLIC_APP_PORT=80\nTRACECAT__LOCAL_REPOSITORY_PATH=/x\n',
    })
    expect((await auditDocument([old])).failed).toMatchObject([
      { message: expect.stringContaining('too old') },
    ])
    expect((await runAudit([old])).exitCode).toBe(3)
    expect((await runAudit([old, join(old, 'nowhere')])).exitCode).toBe(2)
    expect((await runAudit([join(old, 'nowhere'), old])).exitCode).toBe(2)
  })

  test('a folder without a Compose file is no install', async () => {
    const folder = stockFolder()
    const { failed } = await auditDocument([join(folder, 'empty')], {}, {})
    expect(failed).toHaveLength(1)
    const empty = stockFolder({ 'empty/notes.txt': '' })
    expect((await auditDocument([join(empty, 'empty')])).failed).toMatchObject([
      { message: expect.stringContaining('no Compose file') },
    ])
  })
})

describe('what the admin accepts', () => {
  const reason = 'the proxy in front has it'

  test('stays visible with its reason and does not count', async () => {
    const folder = stockFolder({
      'tracecat-harden.yaml': `accept: [{ control: internal-headers, reason: ${reason} }]\n`,
    })
    const document = await auditDocument([folder], { controls: ['internal-headers'] })
    expect(document.exitCode).toBe(0)
    expect(document.installs[0]?.findings).toMatchObject([
      { control: 'internal-headers', status: 'accepted', reason, file: 'Caddyfile' },
    ])
    for (const format of ['text', 'sarif', 'markdown'] as const) {
      const { out } = await runAudit([folder], { controls: ['internal-headers'], format })
      expect(out).toContain(reason)
    }
  })

  test.each([
    [[], 0],
    [['stays'], 0],
    [['accepted'], 1],
  ] as const)('--include %j ends in %i', async (include, exitCode) => {
    const folder = stockFolder({
      'tracecat-harden.yaml': `accept: [{ control: internal-headers, reason: ${reason} }]\n`,
    })
    const only = { controls: ['internal-headers'], include }
    expect((await runAudit([folder], only)).exitCode).toBe(exitCode)
    expect((await runAudit([folder], { ...only, failOn: 'high' })).exitCode).toBe(exitCode)
    expect((await runAudit([folder], { ...only, failOn: 'never' })).exitCode).toBe(0)
  })

  test.each([
    [[], 0],
    [['accepted'], 0],
    [['stays', 'accepted'], 1],
  ] as const)('what stays counts with --include %j: %i', async (include, exitCode) => {
    const only = { controls: ['minio-unfixed'], include }
    expect((await runAudit([stockFolder()], only)).exitCode).toBe(exitCode)
  })

  test('what stays is accepted where the answers say so', async () => {
    const folder = stockFolder({
      'tracecat-harden.yaml': `accept: [{ control: minio-unfixed, reason: ${reason} }]\n`,
    })
    const document = await auditDocument([folder], { controls: ['minio-unfixed'] })
    expect(document.installs[0]?.findings).toMatchObject([{ status: 'accepted', reason }])
  })

  test('answers that cannot be are refused with their place', async () => {
    const folder = stockFolder({ 'tracecat-harden.yaml': 'domain: example.com\ntls: sometimes\n' })
    expect(await auditDocument([folder])).toMatchObject({
      exitCode: 2,
      installs: [],
      failed: [{ file: 'tracecat-harden.yaml', line: 2 }],
    })
  })
})

describe('beside a run that was interrupted', () => {
  const journal = {
    version: 1,
    command: 'init',
    started: '2026-11-23T16:00:00Z',
    phase: 'committed',
    live: null,
    backup: '2026-11-23T16-00-00Z',
    folders: [],
    files: [
      {
        path: '.env',
        target: '.env',
        staged: '.env.tracecat-harden-abcdefghijkl',
        before: 'absent',
        after: 'a'.repeat(64),
      },
    ],
  }

  test('it reads on, and reports it', async () => {
    const folder = stockFolder({ '.tracecat-harden/journal.json': JSON.stringify(journal) })
    const { installs } = await auditDocument([folder])
    expect(
      installs[0]?.findings.find(({ control }) => control === 'interrupted-run'),
    ).toMatchObject({
      status: 'open',
      file: '.tracecat-harden/journal.json',
      evidence: expect.stringContaining('.env'),
    })
    expect(installs[0]?.findings.some(({ control }) => control === 'redis-auth')).toBe(true)
    expect(readdirSync(join(folder, '.tracecat-harden'))).toEqual(['journal.json'])
  })

  test('a journal that nobody can read is reported, too', async () => {
    const folder = stockFolder({ '.tracecat-harden/journal.json': '{' })
    expect(openControls(await auditDocument([folder], { controls: ['interrupted-run'] }))).toEqual([
      'interrupted-run',
    ])
    expect(
      openControls(await auditDocument([stockFolder()], { controls: ['interrupted-run'] })),
    ).toEqual([])
  })
})

test('a folder that is named twice is one install', async () => {
  const folder = stockFolder()
  const { installs } = await auditDocument([
    folder,
    `${folder}/`,
    join(folder, '..', basename(folder)),
  ])
  expect(installs).toHaveLength(1)
})

describe('what is printed', () => {
  const secret = 'kX9-planted-in-the-env-file'
  const env = readFileSync(new URL('../../templates/example/dot-env', import.meta.url), 'utf8')
    .replace(/^(TRACECAT__SERVICE_KEY)=.*/m, `$1=${secret}`)
    .replace(/^PUBLIC_API_URL=.*/m, `PUBLIC_API_URL=http://${secret}.example.com`)
    .replace(/^(TRACECAT__ALLOW_ORIGINS)=.*/m, '$1="https://\u001b[2J.example.com"')

  test.each([
    'text',
    'json',
    'sarif',
    'markdown',
  ] as const)('%s holds no secret and nothing that a terminal obeys', async (format) => {
    const { out, err } = await runAudit([stockFolder({ '.env': env })], { format })
    expect(out.replaceAll('\\', '')).toContain('********')
    expect(out + err).not.toContain(secret)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(out.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f]/)
  })

  const hidden = 'Mk7-hidden-Q9z'
  const named = (lines: string) => ({ '.env': `${env}\n${lines}\n` })
  const override = (service: string, lines: string) => ({
    'docker-compose.override.yml': `services:\n  ${service}:\n    ${lines}\n`,
  })

  test.each([
    [
      'a bare @ in a database URI',
      named(`TRACECAT__DB_URI=postgresql://u:a@${hidden}@postgres_db/p`),
    ],
    ['a bare @ in a Redis URL', named(`REDIS_URL=redis://:a@${hidden}@redis:6379`)],
    ['an address with a login', named(`PUBLIC_APP_URL=http://me:${hidden}@example.com`)],
    ['origins with a login', named(`TRACECAT__ALLOW_ORIGINS=https://me:${hidden}@x.example.com`)],
    [
      'a site with a login',
      { Caddyfile: `http://me:${hidden}@example.com {\n\treverse_proxy ui:3000\n}\n` },
    ],
    [
      'an include',
      { 'docker-compose.override.yml': `include: ["https://u:${hidden}@h/x.yml"]\nservices: {}\n` },
    ],
    ['a name of the admin', named(`SLACK_BOT_TOKEN=${hidden}`)],
    [
      'an open quote in a command',
      override('redis', `command: 'redis-server --requirepass "${hidden}'`),
    ],
    ['a text for an environment', override('api', `environment: ${hidden}`)],
    ['a list for a value', override('api', `environment: { SECRET: [${hidden}] }`)],
    ['a text for a list', override('api', `cap_add: ${hidden}`)],
    ['a check of health', override('redis', `healthcheck: { test: [redis-cli, -a, ${hidden}] }`)],
  ])('neither in a finding nor in an error: %s', async (_, files) => {
    const folder = stockFolder(files)
    for (const format of ['text', 'json', 'sarif', 'markdown'] as const) {
      const { out, err } = await runAudit([folder], { format, verbose: true })
      const printed = `${out}${err}`.replaceAll('\\', '')
      expect(printed).not.toContain(hidden)
      expect(printed.length).toBeGreaterThan(50)
    }
  })

  test('a number in a command is said by its kind', async () => {
    const folder = stockFolder(
      override('redis', 'command: [redis-server, --requirepass, 73918264]'),
    )
    const { out, err } = await runAudit([folder])
    expect(err).toContain('docker-compose.override.yml:3: a number stands where a string belongs')
    expect(out + err).not.toContain('73918264')
  })

  test('text fits into 80 columns, and says the sum in its last line', async () => {
    const { out } = await runAudit([stockFolder()], { verbose: true })
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(out.replaceAll('\n', ' ')).toMatch(
      / \d+ open \(\d+ critical, .*\), \d+ stay, \d+ accepted, \d+ passed, \d+ skipped\.$/,
    )
  })
})
