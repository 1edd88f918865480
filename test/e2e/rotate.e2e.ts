import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cli, root } from '../built.ts'
import { chosen, isFull } from '../full.ts'
import { hasStock, removeInstalls, stockInstall } from './lab/installs.ts'
import { type Lab, startLab, whyNoLab } from './lab/lab.ts'
import { startWatch, type Watched } from './rotate/watch.ts'

const obstacle = whyNoLab()
const answers = join(root, 'templates/example/answers.yaml')
/** A shell's NODE_ENV would beat that of `.env`. */
const { NODE_ENV: _, ...shell } = process.env

const keyringKind = (release: string) => (release.startsWith('0.') ? [] : ['payload-keyring'])

/** init.e2e.ts rotates the other one in CI. */
const releases = chosen(['1.0.0-beta.50', '0.53.25'], (release) => release === '1.0.0-beta.50')

describe.skipIf(obstacle).each(releases)(
  `%s${obstacle ? ` (skipped: ${obstacle})` : ''}`,
  (release) => {
    const missing = !hasStock(release)
    let lab: Lab
    let dir = ''
    /** Everything that any run of ours printed, and every argument list that strace saw. */
    let printed = ''
    let traced = ''
    const secretsSeen = new Set<string>()
    const table: string[] = []

    beforeAll(async () => {
      if (missing) return
      lab = await startLab()
      dir = stockInstall(release)
      await lab.up(dir)
      for (const service of ['postgres_db', 'temporal_postgres_db']) {
        const sql = "ALTER SYSTEM SET log_statement = 'all'; SELECT pg_reload_conf()"
        await psql(service, sql.split('; ')[0] ?? '')
        await psql(service, sql.split('; ')[1] ?? '')
      }
      await psql('postgres_db', 'CREATE TABLE watched (id serial primary key)')
      await psql('postgres_db', "CREATE TABLE kept AS SELECT 'data' AS value")
      await lab.compose(dir, ['exec', '-T', 'redis', 'redis-cli', 'SET', 'kept', 'data'])
    }, 300_000)
    afterAll(async () => {
      if (missing) return
      if (table.length > 0) process.stdout.write(`${[release, ...table].join('\n')}\n`)
      await lab.down(dir)
      await lab.stop()
      removeInstalls()
    }, 120_000)

    const psql = (service: string, sql: string) =>
      lab.compose(dir, [
        ...['exec', '-T', '-e', 'PGUSER', service, 'sh', '-c'],
        `psql -Xqt -U "$POSTGRES_USER" -d postgres -c "${sql}"`,
      ])
    const env = () => readFileSync(join(dir, '.env'), 'utf8')
    const inEnv = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(env())?.[1] ?? ''
    const rememberSecrets = () => {
      for (const [, value = ''] of env().matchAll(
        /^\w*(?:PASSWORD|KEY|SECRET|KEYRING)\w*=(\S{20,})$/gm,
      ))
        secretsSeen.add(value)
    }
    /** Runs the command under strace, so that every argument list is seen. */
    const run = async (...args: string[]) => {
      rememberSecrets()
      const trace = join(dir, '../trace')
      const strace = ['-f', '--seccomp-bpf', '-s', '4096', '-e', 'trace=execve', '-o', trace]
      const result = await execa('strace', [...strace, 'node', cli, ...args], {
        env: { ...shell, ...lab.env },
        extendEnv: false,
        reject: false,
      })
      rememberSecrets()
      printed += result.stdout + result.stderr
      traced += readFileSync(trace, 'utf8')
      return result
    }
    const rotate = (...args: string[]) => run('rotate', '--yes', '--dir', dir, ...args)
    const openFindings = async () => {
      const { stdout } = await run('audit', dir, '--json')
      return JSON.parse(stdout).installs[0].findings.filter(
        ({ status }: { status: string }) => status === 'open',
      )
    }
    const redis = (...args: string[]) =>
      lab.compose(dir, ['exec', '-T', 'redis', 'redis-cli', ...args])
    /** Does PostgreSQL take it over the network? */
    const signsIn = async (service: string, user: string, password: string) => {
      const result = await lab.compose(dir, [
        ...['exec', '-T', '-e', `PGPASSWORD=${password}`, service, 'sh', '-c'],
        `psql -Xqt -h ${service} -U ${user} -d postgres -c 'SELECT 1'`,
      ])
      return result.exitCode === 0
    }

    test.skipIf(missing)(
      'init on the running stock stack ends every default, and keeps the data',
      async () => {
        expect(await signsIn('postgres_db', 'postgres', 'postgres')).toBe(true)
        const more = keyringKind(release).length > 0 ? ['--set', 'payloadEncryption=true'] : []
        const result = await run('init', dir, '--yes', '--offline', '--answers', answers, ...more)
        expect(result.exitCode, result.stderr).toBe(0)
        expect(await lab.unwell(dir)).toEqual([])
        expect(await signsIn('postgres_db', 'postgres', 'postgres')).toBe(false)
        expect(await signsIn('temporal_postgres_db', 'temporal', 'temporal')).toBe(false)
        const bare = await lab.compose(dir, [
          'exec',
          '-T',
          '-e',
          'REDISCLI_AUTH=',
          'redis',
          'redis-cli',
          'GET',
          'kept',
        ])
        expect(bare.stdout).toContain('NOAUTH')
        expect(inEnv('MINIO_ROOT_USER')).not.toBe('minio')
        expect((await psql('postgres_db', 'SELECT value FROM kept')).stdout).toContain('data')
        expect((await redis('GET', 'kept')).stdout).toContain('data')
        if (more.length > 0) {
          // The second of the two steps that payload encryption takes.
          const again = await run('init', dir, '--yes', '--offline')
          expect(again.exitCode, again.stderr).toBe(0)
        }
        expect(await openFindings()).toEqual([])
        const nothing = await run('init', dir, '--yes', '--offline', '--json')
        const { changes, live } = JSON.parse(nothing.stdout)
        expect([changes.filter(({ kind }: { kind: string }) => kind !== 'none'), live]).toEqual([
          [],
          [],
        ])
      },
      300_000,
    )

    const written = { postgres: 0, redis: 0 }
    const uris = () => ({
      postgres: `postgresql://postgres:${inEnv('TRACECAT__POSTGRES_PASSWORD')}@postgres_db:5432/postgres`,
      redis: `redis://:${inEnv('REDIS_PASSWORD')}@redis:6379`,
    })
    /** Clients from outside read and write all the while; they move when the api does. */
    const rotateWatched = async (kind: string) => {
      const id = async (service: string) =>
        (await lab.compose(dir, ['ps', '--quiet', service])).stdout.trim()
      const before = uris()
      const watches = {
        postgres: await startWatch(lab, 'postgres', await id('postgres_db'), before.postgres),
        redis: await startWatch(lab, 'redis', await id('redis'), before.redis),
      }
      const api = await id('api')
      let finished = false
      const move = async () => {
        while ((await id('api')) === api && !finished) await pause(100)
        const after = uris()
        await watches.postgres.use(after.postgres)
        await watches.redis.use(after.redis)
      }
      const started = Date.now()
      const rotating = async () => {
        const accepted = kind === 'signing-secret' ? ['--accept-breakage'] : []
        const result = await rotate(kind, ...accepted)
        finished = true
        return { result, seconds: ((Date.now() - started) / 1000).toFixed(0) }
      }
      const [ran] = await Promise.all([rotating(), move()])
      await pause(2000)
      const seen = { postgres: await watches.postgres.stop(), redis: await watches.redis.stop() }
      written.postgres += seen.postgres.acknowledged
      written.redis += seen.redis.acknowledged
      return { ...ran, seen }
    }

    const kinds = [
      'postgres',
      'temporal-postgres',
      'redis',
      'minio',
      'service-key',
      'user-auth-secret',
      'signing-secret',
      'payload-keyring',
    ]
    test
      .skipIf(missing)
      .each(kinds.filter((kind) => kind !== 'payload-keyring' || keyringKind(release).length > 0))(
      'rotate %s under clients',
      async (kind) => {
        const old = env()
        const { result, seconds, seen } = await rotateWatched(kind)
        expect(result.exitCode, result.stdout + result.stderr).toBe(0)
        expect(await lab.unwell(dir)).toEqual([])
        table.push(`| ${kind} | ${seconds} | ${row(seen.postgres)} | ${row(seen.redis)} |`)
        for (const watched of Object.values(seen)) {
          expect(watched.phases['#new']).toMatchObject({ refused: 0 })
          expect(watched.phases['#new']?.ok).toBeGreaterThan(0)
        }
        expect(seen.postgres.sessionEnded).toBe(0)
        let gapMs = seen.redis.longestGapMs
        // What a busy machine adds is no measure of Redis: the shortest of three counts.
        for (let again = 0; gapMs >= 2000 && again < 2; again += 1)
          gapMs = (await rotateWatched(kind)).seen.redis.longestGapMs
        expect(gapMs).toBeLessThan(2000)
        if (kind !== 'postgres') expect(seen.postgres.phases['#old']).toMatchObject({ refused: 0 })
        if (kind !== 'redis') expect(seen.redis.phases['#old']).toMatchObject({ refused: 0 })
        const rows = Number((await psql('postgres_db', 'SELECT count(*) FROM watched')).stdout)
        const counted = Number((await redis('GET', 'watched')).stdout)
        expect(rows).toBeGreaterThanOrEqual(written.postgres)
        expect(counted).toBeGreaterThanOrEqual(written.redis)
        expect(await lab.lostWrites(dir)).toEqual([])
        await noOldCredential(old)
      },
      480_000,
    )
    /** In no container, but for what a database was made with and does not take any more. */
    const noOldCredential = async (old: string) => {
      const now = new Set(env().split('\n'))
      const changed = old.split('\n').filter((line) => !now.has(line) && /^\w+=\S{20,}$/.test(line))
      expect(changed.length).toBeGreaterThan(0)
      const { stdout } = await lab.compose(dir, ['ps', '--all', '--format', '{{.ID}} {{.Service}}'])
      for (const line of stdout.split('\n').filter(Boolean)) {
        const [container = '', service = ''] = line.split(' ')
        if (service.endsWith('postgres_db')) continue
        const inspected = await lab.docker(['inspect', '--format', '{{json .Config}}', container])
        for (const gone of changed) {
          const value = gone.slice(gone.indexOf('=') + 1)
          // A keyring keeps its old keys.
          if (!value.startsWith('{')) expect(inspected.stdout.includes(value), service).toBe(false)
        }
      }
    }

    test.skipIf(missing)(
      'all of them, with TEST_FULL twice in a row, and the backup from before put back',
      async () => {
        // Each has been rotated alone before this.
        const first = isFull ? await rotate('--all', '--json') : undefined
        expect(first?.exitCode ?? 0, first?.stderr).toBe(0)
        const before = inEnv('TRACECAT__POSTGRES_PASSWORD')
        expect(await lab.unwell(dir)).toEqual([])
        const second = await rotate('--all', '--json')
        expect(second.exitCode, second.stderr).toBe(0)
        expect(await lab.unwell(dir)).toEqual([])
        expect(inEnv('TRACECAT__POSTGRES_PASSWORD')).not.toBe(before)
        const { backup } = JSON.parse(second.stdout)
        const restored = await run('restore', backup, '--yes', '--dir', dir)
        expect(restored.exitCode, restored.stderr).toBe(0)
        expect(inEnv('TRACECAT__POSTGRES_PASSWORD')).toBe(before)
        expect(await signsIn('postgres_db', 'postgres', before)).toBe(true)
        expect(await lab.unwell(dir)).toEqual([])
        expect((await psql('postgres_db', 'SELECT value FROM kept')).stdout).toContain('data')
        expect((await redis('GET', 'kept')).stdout).toContain('data')
        expect(await openFindings()).toEqual([])
      },
      600_000,
    )

    test.skipIf(missing)(
      'no secret in the log of PostgreSQL, in any argument, in any output',
      async () => {
        expect(secretsSeen.size).toBeGreaterThan(20)
        expect(traced).toContain('"docker"')
        let logs = ''
        for (const service of ['postgres_db', 'temporal_postgres_db']) {
          const { stdout, stderr } = await lab.compose(dir, ['logs', '--no-color', service])
          logs += stdout + stderr
        }
        expect(logs).toContain('ALTER ROLE')
        for (const secret of secretsSeen) {
          expect(printed.includes(secret)).toBe(false)
          expect(traced.includes(secret)).toBe(false)
          expect(logs.includes(secret)).toBe(false)
        }
        expect(existsSync(join(dir, '.tracecat-harden/journal.json'))).toBe(false)
      },
    )
  },
)

/** Refused while it had the old password, and for how long; refused with the new one; the longest gap. */
function row({ phases, longestGapMs, acknowledged, sessionEnded }: Watched): string {
  const old = phases['#old']
  const window = old === undefined || old.refused === 0 ? 0 : old.lastRefused - old.firstRefused
  return `${old?.refused ?? 0} in ${(window / 1000).toFixed(1)} s, ${phases['#new']?.refused ?? 0} | ${longestGapMs} ms, ${sessionEnded}, ${acknowledged}`
}
