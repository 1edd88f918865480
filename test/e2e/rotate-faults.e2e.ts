import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { changeEnv } from './lab/installs.ts'
import { type Lab, startLab, whyNoLab } from './lab/lab.ts'
import type { SmallDisk } from './lab/small-disk.ts'
import { disagreements, everyValue, postgresTakes } from './rotate/agreement.ts'
import { builtProgram, type Program, type ProgramResult } from './rotate/program.ts'
import { envText, removeSmallStacks, smallStack, valueIn } from './rotate/small-stack.ts'

const obstacle = whyNoLab()
const variables = { postgres: 'TRACECAT__POSTGRES_PASSWORD', redis: 'REDIS_PASSWORD' } as const
type Server = keyof typeof variables

describe.skipIf(obstacle)(`rotate in trouble${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let lab: Lab
  let program: Program
  let disk: SmallDisk
  let dir = ''

  beforeAll(async () => {
    lab = await startLab()
    program = await builtProgram(lab.env)
    disk = await lab.smallDisk(4)
    dir = smallStack(disk.folder)
    await lab.up(dir)
  })
  beforeEach(async () => {
    // What a test that failed left behind.
    disk.clear()
    for (const [service, { state }] of await lab.services(dir))
      if (state === 'paused') await lab.unpause(dir, service)
    if ((await lab.unwell(dir)).length > 0) await lab.up(dir)
  })
  afterAll(async () => {
    if (dir !== '') await lab.down(dir)
    program?.remove()
    removeSmallStacks()
    await lab?.stop()
  })

  const rotate = (server: Server) => ['rotate', server, '--yes', '--dir', dir]
  const psql = async (sql: string) => {
    const words = ['psql', '-U', 'postgres', '-d', 'postgres', '-Atc', sql]
    const { exitCode, stdout, stderr } = await lab.compose(dir, [
      ...['exec', '-T', 'postgres_db'],
      ...words,
    ])
    expect(exitCode, stderr).toBe(0)
    return stdout.trim()
  }
  const redisCli = async (...words: string[]) => {
    const { stdout } = await lab.compose(dir, ['exec', '-T', 'redis', 'redis-cli', ...words])
    expect(stdout).toMatch(/^(?:OK|1|PONG)?$/)
  }

  /** Every file of the install, the state folder included, with its mode. */
  function snapshot(folder = dir): ReadonlyMap<string, string> {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    return new Map(
      files.sort().map((file) => {
        const mode = (statSync(file).mode & 0o7777).toString(8)
        return [file, `${mode} ${readFileSync(file, 'utf8')}`]
      }),
    )
  }

  /** It says what is the matter, in words for people, and no secret. */
  function expectExplained(result: ProgramResult, exitCode: number, message: RegExp): void {
    expect(result.exitCode, result.output).toBe(exitCode)
    expect(result.stderr.replaceAll(/\s+/g, ' ')).toMatch(message)
    expect(result.output).not.toMatch(/^\s+at .+:\d+/m)
    for (const name of Object.values(variables))
      for (const value of everyValue(dir, name)) expect(result.output).not.toContain(value)
  }

  /** The trouble is over: the next run works, and nothing that was valid before opens anything. */
  async function expectWorksAgain(server: Server): Promise<void> {
    const before = Object.values(variables).flatMap((name) => [...everyValue(dir, name)])
    const result = await program.run(rotate(server))
    expect(result.exitCode, result.output).toBe(0)
    const other = valueIn(envText(dir), variables[server === 'redis' ? 'postgres' : 'redis'])
    const ended = before.filter((value) => value !== other)
    expect(await disagreements(lab, dir, ended)).toEqual([])
  }

  describe('the server refuses', () => {
    test('PostgreSQL waits for a lock: nothing was changed', async () => {
      const before = snapshot()
      const blocker = lab.compose(dir, [
        ...['exec', '-T', 'postgres_db', 'psql', '-U', 'postgres', '-d', 'postgres'],
        ...['-c', 'BEGIN', '-c', 'ALTER ROLE postgres CONNECTION LIMIT -1'],
        ...['-c', 'SELECT pg_sleep(300) AS blocker'],
      ])
      const its = "query LIKE '%AS blocker' AND pid <> pg_backend_pid()"
      while ((await psql(`SELECT count(*) FROM pg_stat_activity WHERE ${its}`)) === '0')
        await pause(100)
      expectExplained(await program.run(rotate('postgres')), 3, /canceling statement .*Nothing was/)
      expect(snapshot()).toEqual(before)
      await psql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${its}`)
      await blocker
      await expectWorksAgain('postgres')
    })

    test('PostgreSQL takes the new password and lets nobody in with it: taken back', async () => {
      const before = snapshot()
      await psql("ALTER ROLE postgres VALID UNTIL '2000-01-01'")
      expectExplained(await program.run(rotate('postgres')), 3, /refuses the new password/)
      expect(snapshot()).toEqual(before)
      await psql("ALTER ROLE postgres VALID UNTIL 'infinity'")
      expect(await postgresTakes(lab, dir, [valueIn(envText(dir), variables.postgres)])).toEqual([
        true,
      ])
      await expectWorksAgain('postgres')
    })

    test('Redis permits no ACL: nothing was changed', async () => {
      const before = snapshot()
      await redisCli('ACL', 'SETUSER', 'rescue', 'on', '>rescue', '~*', '&*', '+@all')
      await redisCli('ACL', 'SETUSER', 'default', '-acl')
      expectExplained(await program.run(rotate('redis')), 3, /NOPERM.*Nothing was changed/)
      expect(snapshot()).toEqual(before)
      const rescue = ['--no-auth-warning', '--user', 'rescue', '--pass', 'rescue']
      await redisCli(...rescue, 'ACL', 'SETUSER', 'default', '+@all')
      await redisCli('ACL', 'DELUSER', 'rescue')
      await expectWorksAgain('redis')
    })
  })

  describe('the container is paused', () => {
    test.each([
      ['postgres', 'postgres_db'],
      ['redis', 'redis'],
    ] as const)('%s, before: nothing was changed', async (server, service) => {
      const before = snapshot()
      await lab.pause(dir, service)
      const result = await program.run(rotate(server))
      expectExplained(result, 3, new RegExp(`docker compose unpause ${service}`))
      expect(snapshot()).toEqual(before)
      await lab.unpause(dir, service)
      await expectWorksAgain(server)
    })

    test('PostgreSQL, when it has the new password: kept until the next run', async () => {
      const result = await program.haltedAt(
        { act: /^docker run /, when: 'before' },
        rotate('postgres'),
        () => lab.pause(dir, 'postgres_db'),
      )
      await lab.unpause(dir, 'postgres_db')
      expectExplained(result, 4, /docker compose unpause postgres_db/)
      await expectWorksAgain('postgres')
    })

    test('Redis, while its clients move: kept until the next run', async () => {
      const result = await program.haltedAt(
        { act: /^docker compose .* up .* redis$/, when: 'before' },
        rotate('redis'),
        () => lab.pause(dir, 'redis'),
      )
      if ((await lab.services(dir)).get('redis')?.state === 'paused') {
        await lab.unpause(dir, 'redis')
        expectExplained(result, 4, /redis/)
      } else expect(result.exitCode, result.output).toBe(0)
      await expectWorksAgain('redis')
    })
  })

  describe('the disk is full', () => {
    test('from the start: nothing was changed', async () => {
      const before = snapshot()
      disk.fill()
      const result = await program.run(rotate('postgres'))
      disk.clear()
      expectExplained(result, 3, /the disk is full.*Nothing was changed/)
      expect(snapshot()).toEqual(before)
      await expectWorksAgain('postgres')
    })

    test('when the backup is to be written: nothing was changed', async () => {
      const before = snapshot()
      const result = await program.haltedAt(
        { act: /^rename .*journal\.json$/, when: 'after' },
        rotate('redis'),
        async () => disk.fill(),
      )
      disk.clear()
      expectExplained(result, 3, /the disk is full.*Nothing was changed/)
      expect(snapshot()).toEqual(before)
      await expectWorksAgain('redis')
    })

    test('when PostgreSQL has the new password: .env follows all the same', async () => {
      const old = valueIn(envText(dir), variables.postgres)
      const result = await program.haltedAt(
        { act: /^docker run /, when: 'after' },
        rotate('postgres'),
        async () => disk.fill(),
      )
      disk.clear()
      expect(result.exitCode, result.output).toBe(0)
      expect(await disagreements(lab, dir, [old])).toEqual([])
    })

    test('when what was begun has to be taken back: the next run does it', async () => {
      const result = await program.haltedAt(
        { act: /^docker run /, when: 'before' },
        rotate('postgres'),
        async () => {
          await psql("ALTER ROLE postgres VALID UNTIL '2000-01-01'")
          disk.fill()
        },
      )
      disk.clear()
      expectExplained(result, 4, /refuses the new password.*the disk is full/)
      await psql("ALTER ROLE postgres VALID UNTIL 'infinity'")
      await expectWorksAgain('postgres')
    })
  })

  describe("Docker's daemon is restarted", () => {
    test('and its containers with it, before clients are recreated', async () => {
      let restarted: Promise<void> | undefined
      const result = await program.haltedAt(
        { act: /^docker compose .* up .* api worker$/, when: 'before' },
        rotate('postgres'),
        async () => {
          restarted = lab.restartEngine('end')
          while ((await lab.docker(['version'])).exitCode === 0) await pause(50)
        },
      )
      await restarted
      expectExplained(result, 4, /Cannot connect to the Docker daemon.*run again/)
      await expectWorksAgain('postgres')
    })

    test('and the containers run on, before Redis takes the new password', async () => {
      const result = await program.haltedAt(
        { act: /^input .*SETUSER/, when: 'before' },
        rotate('redis'),
        () => lab.restartEngine('live'),
      )
      if (result.exitCode !== 0) expectExplained(result, 3, /Nothing was changed/)
      await expectWorksAgain('redis')
    })
  })

  test('two at once: one works, the other says so', async () => {
    let second: ProgramResult | undefined
    const old = valueIn(envText(dir), variables.postgres)
    const first = await program.haltedAt(
      { act: /^docker compose .* up .* api worker$/, when: 'before' },
      rotate('postgres'),
      async () => {
        second = await program.run(rotate('redis'))
      },
    )
    if (second === undefined) throw new Error('the second did not run')
    expectExplained(second, 3, /Another tracecat-harden .* is at work here/)
    expect(first.exitCode, first.output).toBe(0)
    expect(await disagreements(lab, dir, [old])).toEqual([])
  })

  describe('changed by hand before', () => {
    test('the password of PostgreSQL: explained, and the way out works', async () => {
      const before = snapshot()
      await psql("ALTER ROLE postgres PASSWORD 'changed-by-hand'")
      const result = await program.run(rotate('postgres'))
      expectExplained(result, 3, /PostgreSQL has another password .* Nothing was changed/)
      expect(snapshot()).toEqual(before)
      const said = result.stderr.replaceAll(/\s+/g, ' ')
      const words = /docker (compose exec .*?): (\\password \S+?)\. /.exec(said)
      const password = valueIn(envText(dir), variables.postgres)
      const { exitCode, stderr } = await execa('docker', (words?.[1] ?? '').split(' '), {
        cwd: dir,
        env: lab.env,
        input: `${words?.[2]}\n${password}\n${password}\n`,
        reject: false,
      })
      expect(exitCode, stderr).toBe(0)
      await expectWorksAgain('postgres')
    })

    test('the password of Redis: explained, and the way out works', async () => {
      const before = snapshot()
      await redisCli('CONFIG', 'SET', 'requirepass', 'changed-by-hand')
      const result = await program.run(rotate('redis'))
      expectExplained(result, 3, /Redis has another password .* Nothing was changed/)
      expect(snapshot()).toEqual(before)
      const said = result.stderr.replaceAll(/\s+/g, ' ')
      const words = /docker compose (up .*? redis) /.exec(said)?.[1] ?? ''
      const mended = await lab.compose(dir, words.split(' '))
      expect(mended.exitCode, mended.stderr).toBe(0)
      await expectWorksAgain('redis')
    })

    test('the image tag in .env: listed, and nothing of it brought in', async () => {
      changeEnv(dir, { TRACECAT__IMAGE_TAG: '1.0.0-beta.50' })
      const before = snapshot()
      const result = await program.run(rotate('postgres'))
      expectExplained(
        result,
        3,
        /api \(image .*beta\.51 -> .*beta\.50\); worker \(image .*Nothing was changed/,
      )
      expect(snapshot()).toEqual(before)
      changeEnv(dir, { TRACECAT__IMAGE_TAG: '1.0.0-beta.51' })
      await expectWorksAgain('postgres')
    })
  })
})
