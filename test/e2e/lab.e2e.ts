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

  test('our example comes up, signs in everywhere, and goes down', async () => {
    const dir = exampleInstall()
    await lab.up(dir)
    expect((await lab.services(dir)).size).toBe(16)
    if (!lab.real) {
      await pause(1000)
      const { postgres, redis, storage } = await lab.counts(dir, 'executor')
      for (const count of [postgres, redis, storage]) {
        expect(count).toMatchObject({ refused: 0, unreachable: 0 })
        expect(count?.ok).toBeGreaterThan(2)
      }
    }
    const home = await fetch('http://localhost/workspaces')
    expect(await home.json()).toMatchObject({ service: 'ui', url: '/workspaces' })
    const image = 'redis:7-alpine'
    await lab.docker(['run', '--detach', '--name=foreign', '--network=tracecat_core', image])
    await lab.down(dir)
    expect((await lab.services(dir)).size).toBe(0)
    expect((await lab.docker(['network', 'ls'])).stdout).not.toContain('tracecat')
    await lab.docker(['rm', '--force', 'foreign'])
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

  // TRACECAT.md, section 2 and 10.1: what was measured with the real nsjail holds for the stand-in.
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
