import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  changeEnv,
  exampleInstall,
  hasStock,
  removeInstalls,
  stockInstall,
} from './lab/installs.ts'
import { type Lab, startLab, whyNoLab } from './lab/lab.ts'

const obstacle = whyNoLab()
const release = '1.0.0-beta.50'
/** For what a client does ten times a second, on a machine that has other things to do. */
const patience = 20_000

/** All that waits for the migrations, which PostgreSQL refuses; and Temporal, which its own one refuses. */
const lockedOut = [
  'agent-executor',
  'agent-worker',
  'api',
  'executor',
  'litellm',
  'mcp',
  'migrations',
  'temporal',
  'worker',
]

describe.skipIf(obstacle)(`the lab${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let lab: Lab

  beforeAll(async () => {
    lab = await startLab()
    await lab.images(exampleInstall())
  })
  afterAll(async () => {
    await lab?.stop()
    removeInstalls()
  })

  describe('with our example', () => {
    const dir = exampleInstall()
    const psql = async (sql: string) => {
      const command = ['exec', '-T', 'postgres_db', 'psql', '-U', 'postgres', '-c', sql]
      const { exitCode, stderr } = await lab.compose(dir, command)
      expect(exitCode, stderr).toBe(0)
    }
    const startTimes = async () => {
      const ids = (await lab.compose(dir, ['ps', '--quiet'])).stdout.split('\n').sort()
      return (await lab.docker(['inspect', '--format', '{{.State.StartedAt}}', ...ids])).stdout
    }
    beforeAll(() => lab.up(dir))

    test('all is well, and signs in everywhere', async () => {
      expect((await lab.services(dir)).size).toBe(16)
      const home = await fetch('http://localhost/workspaces')
      expect(await home.json()).toMatchObject({ service: 'ui', url: '/workspaces' })
      if (lab.real) return
      await vi.waitFor(async () => {
        const { postgres, redis, storage } = await lab.counts(dir, 'executor')
        for (const count of [postgres, redis, storage]) expect(count?.ok).toBeGreaterThan(2)
      }, patience)
      const { postgres, redis, storage } = await lab.counts(dir, 'executor')
      for (const count of [postgres, redis, storage])
        expect(count).toMatchObject({ refused: 0, unreachable: 0 })
    })

    test('a watch says what was refused, for how long, and what an open session noticed', async () => {
      if (lab.real) return
      const watch = await lab.watch(dir)
      const of = async (server: string) => (await watch.soFar()).counts[server]
      /** Until it has succeeded at this server once more: how long that takes is up to the machine. */
      const succeedsAgain = async (server: string) => {
        const ok = (await of(server))?.ok ?? 0
        await vi.waitFor(async () => expect((await of(server))?.ok).toBeGreaterThan(ok), patience)
      }
      const before = Date.now()
      await psql("alter role postgres password 'another'")
      const refused = async () => expect((await of('postgres'))?.refused).toBeGreaterThan(3)
      await vi.waitFor(refused, patience)
      await psql("alter role postgres password 'postgres'")
      await succeedsAgain('postgres')
      const after = Date.now()
      await lab.pause(dir, 'redis')
      await pause(1000)
      await lab.unpause(dir, 'redis')
      await succeedsAgain('redis')
      const waited = async () =>
        expect((await watch.soFar()).sessions.redis?.longestWaitMs).toBeGreaterThan(1000)
      await vi.waitFor(waited, patience)
      const { counts, sessions } = await watch.stop()

      expect(counts.postgres).toMatchObject({
        unreachable: 0,
        last: expect.stringContaining('authentication failed'),
      })
      const [first = 0, last = 0] = counts.postgres?.refusedAt ?? []
      expect(first).toBeGreaterThan(before)
      expect(last).toBeGreaterThan(first)
      expect(last).toBeLessThan(after)
      expect(counts.postgres?.longestGapMs).toBeGreaterThanOrEqual(last - first)
      expect(counts.redis).toMatchObject({ refused: 0 })
      expect(counts.redis?.longestGapMs).toBeGreaterThan(1000)
      expect(counts.storage).toMatchObject({ refused: 0, unreachable: 0 })
      for (const server of ['postgres', 'redis']) {
        expect(sessions[server]).toMatchObject({ open: true, why: '' })
        expect(sessions[server]?.answers).toBeGreaterThan(3)
        expect(counts[server]?.acknowledged).toBeGreaterThan(3)
      }
      const wrong = await lab.watch(dir, 'api', { MINIO_ROOT_PASSWORD: 'not-the-password' })
      const answered = async () =>
        expect((await wrong.soFar()).counts.storage).toMatchObject({
          last: 'SignatureDoesNotMatch',
        })
      await vi.waitFor(answered, patience)
      const { storage } = (await wrong.stop()).counts
      expect(storage).toMatchObject({ ok: 0, last: 'SignatureDoesNotMatch' })
    })

    test('the history outlives a container, and shows what a server lost', async () => {
      if (lab.real) return
      const executors = () => lab.history().filter(({ client }) => client.startsWith('executor/'))
      await vi.waitFor(() => expect(executors()).toHaveLength(1), 5000)
      await lab.compose(dir, ['up', '--detach', '--no-deps', '--force-recreate', 'executor'])
      await vi.waitFor(() => expect(executors()).toHaveLength(2), 5000)
      const [old] = executors()
      expect(old?.counts.postgres?.acknowledged).toBeGreaterThan(10)
      expect(await lab.lostWrites(dir)).toEqual([])

      await psql(`delete from stand_in_writes where client = '${old?.client}' and number = 7`)
      const key = `stand-in:writes:${old?.client}`
      await lab.compose(dir, ['exec', '-T', 'redis', 'redis-cli', 'zrem', key, '9'])
      expect(await lab.lostWrites(dir)).toEqual([
        expect.stringMatching(/^postgres acknowledged \d+ writes of executor\/\w+ and holds 6$/),
        expect.stringMatching(/^redis acknowledged \d+ writes of executor\/\w+ and holds 8$/),
      ])
      await psql(`insert into stand_in_writes values ('${old?.client}', 7)`)
      await lab.compose(dir, ['exec', '-T', 'redis', 'redis-cli', 'zadd', key, '9', '9'])
    })

    test('the engine can be started anew, with its containers or under them', async () => {
      const before = await startTimes()
      await lab.restartEngine('live')
      expect(await lab.unwell(dir)).toEqual([])
      expect(await startTimes()).toBe(before)
      await lab.restartEngine('end')
      // `mcp` is started again on failure only, and has ended without one.
      const back = async () => (await lab.unwell(dir)).filter((service) => service !== 'mcp')
      await vi.waitFor(async () => expect(await back()).toEqual([]), 60_000)
      expect(await startTimes()).not.toBe(before)
      if (!lab.real) expect(await lab.lostWrites(dir)).toEqual([])
    })

    test('goes down, whatever is still attached to its networks', async () => {
      const image = 'redis:7-alpine'
      await lab.docker(['run', '--detach', '--name=foreign', '--network=tracecat_core', image])
      await lab.down(dir)
      expect((await lab.services(dir)).size).toBe(0)
      expect((await lab.docker(['network', 'ls'])).stdout).not.toContain('tracecat')
      expect(lab.history()).toEqual([])
      await lab.docker(['rm', '--force', 'foreign'])
    })
  })

  test('like the real one, MinIO does not start with a root password that is too short', async () => {
    const image = 'minio/minio:RELEASE.2025-09-07T16-13-09Z'
    const account = ['--env=MINIO_ROOT_USER=minio', '--env=MINIO_ROOT_PASSWORD=1234567']
    const command = ['run', '--rm', ...account, image, 'server', '/data']
    const { exitCode, stdout, stderr } = await lab.docker(command)
    expect(exitCode).toBe(1)
    expect(stdout + stderr).toContain('Invalid credentials')
  })

  test('a small disk can be filled and cleared', async () => {
    const { folder, fill, clear } = await lab.smallDisk(1)
    const file = join(exampleInstall(folder), 'one more')
    fill()
    expect(() => writeFileSync(file, 'x')).toThrow('ENOSPC')
    clear()
    writeFileSync(file, 'x')
  })

  test.skipIf(!hasStock(release))(
    `the security page's recipe, to the letter, takes the stock ${release} down`,
    async () => {
      const dir = stockInstall(release)
      await lab.up(dir)
      expect(await lab.unwell(dir)).toEqual([])

      changeEnv(dir, {
        TRACECAT__POSTGRES_USER: 'tracecat',
        TRACECAT__POSTGRES_PASSWORD: 'a-strong-random-password-1',
        TEMPORAL__POSTGRES_USER: 'temporal',
        TEMPORAL__POSTGRES_PASSWORD: 'a-strong-random-password-2',
        MINIO_ROOT_USER: 'a-strong-random-user',
        MINIO_ROOT_PASSWORD: 'a-strong-random-password-3',
        REDIS_URL: 'redis://:a-strong-random-password-4@redis:6379',
      })
      const file = join(dir, 'docker-compose.yml')
      const command = 'command: ["redis-server", "--requirepass", "a-strong-random-password-4"]'
      const text = readFileSync(file, 'utf8')
      writeFileSync(file, text.replace('command: redis-server --appendonly yes', command))
      const { exitCode, stderr } = await lab.compose(dir, ['up', '--detach'])
      expect(exitCode, stderr).not.toBe(0)
      await vi.waitFor(async () => expect(await lab.unwell(dir)).toEqual(lockedOut), 60_000)
      const { stdout } = await lab.compose(dir, ['logs', 'migrations', 'temporal'])
      expect(stdout).toContain('password authentication failed for user "tracecat"')
      expect(stdout).toContain('password authentication failed for user "temporal"')
      await lab.down(dir)
    },
  )

  // docs/tracecat.md#what-a-sandbox-needs-of-the-host: what was measured with the real nsjail holds for the stand-in.
  const unconfined = [
    '--security-opt',
    'seccomp=unconfined',
    '--security-opt',
    'systempaths=unconfined',
  ]
  const noCapabilities = ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges']
  test.each([
    ['nothing', [], false],
    [
      'the commented block',
      ['--cap-add', 'SYS_ADMIN', '--security-opt', 'seccomp=unconfined'],
      false,
    ],
    ['SYS_ADMIN, system paths', ['--cap-add', 'SYS_ADMIN', ...unconfined], true],
    ['no capabilities, system paths', [...noCapabilities, ...unconfined], true],
    ['privileged', ['--privileged'], true],
  ])('a jail under %s', async (_, options, works) => {
    const image = 'ghcr.io/tracecathq/tracecat:1.0.0-beta.51'
    const jail = ['nsjail', '-Mo', '--', '/bin/sh', '-c', 'echo in the jail']
    const result = await lab.docker(['run', '--rm', '--network=none', ...options, image, ...jail])
    expect(result.stdout.trim(), result.stderr).toBe(works ? 'in the jail' : '')
  })
})
