import { chmodSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { cli, root } from '../built.ts'
import { chosen } from '../full.ts'
import { exampleInstall, hasStock, removeInstalls, stockInstall } from './lab/installs.ts'
import { type Lab, startLab, whyNoLab } from './lab/lab.ts'

const obstacle = whyNoLab()
const answers = join(root, 'templates/example/answers.yaml')

/** The jail opens the device as uid 1001; some machines keep it for root. */
async function withTun<T>(action: () => Promise<T>): Promise<T> {
  const { mode } = statSync('/dev/net/tun')
  chmodSync('/dev/net/tun', 0o666)
  try {
    return await action()
  } finally {
    chmodSync('/dev/net/tun', mode & 0o7777)
  }
}

describe.skipIf(obstacle)(`init on real stacks${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let lab: Lab
  let dir = ''

  beforeAll(async () => {
    lab = await startLab()
    await lab.images(exampleInstall())
  })
  afterEach(async () => {
    const last = dir
    dir = ''
    if (last !== '' && existsSync(join(last, '.env'))) await lab.down(last)
  })
  afterAll(async () => {
    await lab?.stop()
    removeInstalls()
  })

  const init = (folder: string, ...more: string[]) =>
    execa('node', [cli, 'init', folder, '--yes', '--offline', '--json', ...more], {
      env: lab.env,
      reject: false,
    })
  const first = ['--answers', answers]
  const redis = (folder: string, ...args: string[]) => lab.compose(folder, ['exec', '-T', ...args])

  test('a new stack comes up hardened: every service signs in, nobody else does', async () => {
    dir = exampleInstall()
    const result = await init(dir, ...first, '--fresh')
    expect(result.exitCode, result.stderr).toBe(0)
    await lab.up(dir)
    if (!lab.real) {
      const { postgres, redis: store, storage } = await lab.counts(dir, 'executor')
      for (const count of [postgres, store, storage]) expect(count).toMatchObject({ refused: 0 })
    }
    const bare = await redis(dir, '-e', 'REDISCLI_AUTH=', 'redis', 'redis-cli', 'ping')
    expect(bare.stdout).toContain('NOAUTH')
    const wrong = await redis(
      dir,
      '-e',
      'REDISCLI_AUTH=wrong',
      'redis',
      'sh',
      '-c',
      'redis-cli ping | grep -q PONG',
    )
    expect(wrong.exitCode).not.toBe(0)
    const { stdout } = await lab.docker(['ps', '--all', '--no-trunc', '--format', '{{.Command}}'])
    const secrets = readFileSync(join(dir, '.env'), 'utf8').matchAll(
      /^(?:REDIS_PASSWORD|MINIO_ROOT_PASSWORD)=(.+)$/gm,
    )
    for (const [, secret = ''] of secrets) expect(stdout).not.toContain(secret)
    const appendOnly = await redis(dir, 'redis', 'redis-cli', 'CONFIG', 'GET', 'appendonly')
    expect(appendOnly.stdout).toContain('yes')
  })

  test('the least that starts a real jail is chosen, and stays chosen', async () => {
    const folder = exampleInstall()
    const result = await withTun(() => init(folder, ...first, '--fresh'))
    expect(result.exitCode, result.stderr).toBe(0)
    const recorded = () => readFileSync(join(folder, '.tracecat-harden/privileges.json'), 'utf8')
    expect(JSON.parse(recorded())).toMatchObject({ level: 'confined', how: 'probed' })
    const override = readFileSync(join(folder, 'docker-compose.override.yml'), 'utf8')
    expect(override).toContain('no-new-privileges:true')
    expect(override).not.toContain('privileged: true')
    expect(existsSync(join(folder, 'seccomp/executor.json'))).toBe(true)
    const again = await init(folder)
    expect(
      JSON.parse(again.stdout).changes.filter((one: { kind: string }) => one.kind !== 'none'),
    ).toEqual([])
  })

  test('--fresh is refused where Docker has this stack, and a lost .env is rebuilt from it', async () => {
    dir = exampleInstall()
    await init(dir, ...first, '--fresh')
    await lab.up(dir)
    const refused = await init(dir, '--fresh')
    expect(refused.exitCode).toBe(3)
    expect(refused.stderr).toContain('was never started')

    const before = readFileSync(join(dir, '.env'), 'utf8')
    const lost = [
      'TRACECAT__DB_ENCRYPTION_KEY',
      'TRACECAT__POSTGRES_PASSWORD',
      'REDIS_PASSWORD',
      'MINIO_ROOT_USER',
    ]
    const valueIn = (text: string, name: string) =>
      new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]
    rmSync(join(dir, '.env'))
    rmSync(join(dir, '.tracecat-harden'), { recursive: true })
    const rebuilt = await init(dir)
    expect(rebuilt.exitCode, rebuilt.stderr).toBe(0)
    const after = readFileSync(join(dir, '.env'), 'utf8')
    for (const name of lost) expect(valueIn(after, name), name).toBe(valueIn(before, name))
    await lab.up(dir)
  })

  test.skipIf(!hasStock('1.0.0-beta.50')).each(
    // rotate.e2e.ts has the newer one.
    chosen(['1.0.0-beta.50', '0.53.25'], (release) => release === '0.53.25'),
  )(
    'a stopped stock %s keeps what its volumes hold, works on with Redis locked, and rotate ends the defaults',
    async (release) => {
      dir = stockInstall(release)
      await lab.up(dir)
      const put = await redis(dir, 'redis', 'redis-cli', 'SET', 'kept', 'yes')
      expect(put.stdout).toContain('OK')
      await lab.compose(dir, ['stop', '--timeout', '3'])
      const result = await init(dir, ...first)
      expect(result.exitCode, result.stderr).toBe(0)
      const env = readFileSync(join(dir, '.env'), 'utf8')
      expect(env).toMatch(/^TRACECAT__POSTGRES_USER=postgres$/m)
      expect(env).toMatch(/^TRACECAT__POSTGRES_PASSWORD=postgres$/m)
      expect(env).toMatch(/^MINIO_ROOT_USER=minio$/m)
      await lab.up(dir)
      const got = await redis(dir, 'redis', 'redis-cli', 'GET', 'kept')
      expect(got.stdout).toContain('yes')
      const bare = await redis(dir, '-e', 'REDISCLI_AUTH=', 'redis', 'redis-cli', 'ping')
      expect(bare.stdout).toContain('NOAUTH')
      const ids = ['postgres', 'temporal-postgres', 'minio']
      const rotated = await execa('node', [cli, 'rotate', ...ids, '--yes', '--dir', dir], {
        env: lab.env,
        reject: false,
      })
      expect(rotated.exitCode, rotated.stderr).toBe(0)
      expect(await lab.unwell(dir)).toEqual([])
      const after = readFileSync(join(dir, '.env'), 'utf8')
      expect(after).toMatch(/^TRACECAT__POSTGRES_USER=postgres$/m)
      for (const name of [
        'TRACECAT__POSTGRES_PASSWORD',
        'TEMPORAL__POSTGRES_PASSWORD',
        'MINIO_ROOT_PASSWORD',
      ])
        expect(after).toMatch(new RegExp(`^${name}=[\\w-]{43}$`, 'm'))
    },
    300_000,
  )

  test('a whole run shows no secret to others: no argument, no file open to them', async () => {
    const folder = exampleInstall()
    const trace = join(folder, '../trace')
    const run = await execa(
      'strace',
      [
        '-f',
        '-s',
        '400',
        '-e',
        'trace=execve,openat,open,creat,chmod,fchmod,fchmodat',
        '-o',
        trace,
        'node',
        cli,
        'init',
        folder,
        '--yes',
        '--offline',
        '--fresh',
        ...first,
      ],
      { env: lab.env, reject: false },
    )
    expect(run.exitCode, run.stderr).toBe(0)
    const lines = readFileSync(trace, 'utf8').split('\n')
    const env = readFileSync(join(folder, '.env'), 'utf8')
    const secrets = [...env.matchAll(/^[A-Z_]*(?:PASSWORD|KEY|SECRET)[A-Z_]*=(\S{20,})$/gm)].map(
      ([, value = '']) => value,
    )
    expect(secrets.length).toBeGreaterThanOrEqual(8)
    const started = lines.filter((line) => line.includes('execve('))
    expect(started.some((line) => line.includes('"docker"'))).toBe(true)
    for (const secret of secrets) {
      expect(started.some((line) => line.includes(secret))).toBe(false)
      expect(run.stdout + run.stderr).not.toContain(secret)
    }
    // Everything in the install is made from a folder that is held open, for its owner alone at first.
    const opened = lines.filter((line) => /"\/proc\/self\/fd\/.*O_CREAT/.test(line))
    for (const name of ['/.env', '/manifest.json', '/journal.json.new', '/.env.tracecat-harden-'])
      expect(
        opened.some((line) => line.includes(name)),
        name,
      ).toBe(true)
    for (const line of opened) expect(line).toMatch(/O_EXCL.*, 0600\b/)
    expect(lines.filter((line) => /chmod/.test(line) && /\.env\b/.test(line))).toEqual([])
  })
})
