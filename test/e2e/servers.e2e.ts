import { basename } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Container } from '../../src/controls/facts.ts'
import { Failure } from '../../src/failure.ts'
import { dockerStack } from '../../src/live/docker-stack.ts'
import { signsIn as signsInToMinio } from '../../src/live/minio.ts'
import {
  findSuperuser,
  type PostgresServer,
  setPassword,
  signsIn,
  storedVerifier,
} from '../../src/live/postgres.ts'
import { accepts, allowAlso, appends, endPassword, turnOnAppends } from '../../src/live/redis.ts'
import { identifier, literal } from '../../src/live/sql.ts'
import type { Stack } from '../../src/live/stack.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { matchesVerifier, scramVerifier } from '../../src/secrets/scram.ts'
import { Secret } from '../../src/secrets/secret.ts'
import { realWorld } from '../../src/world/real.ts'
import type { World } from '../../src/world/world.ts'
import { exampleInstall, removeInstalls } from './lab/installs.ts'
import { type Lab, startLab, whyNoLab } from './lab/lab.ts'

const obstacle = whyNoLab()
const stock = new Secret('postgres')
const made = new Secret('Zq7-a_password_that_was_made-4Xv')
const services = ['postgres_db', 'redis', 'minio', 'api']

describe.skipIf(obstacle)(`servers${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let lab: Lab
  let stack: Stack
  let server: PostgresServer
  let redis: Container
  const dir = exampleInstall()
  const started: string[] = []

  const containerOf = async (service: string): Promise<Container> =>
    (await stack.containers()).find((one) => one.service === service) ?? expect.unreachable()
  /** As an admin would, on the spot: over the socket. */
  const bySql = async (sql: string): Promise<string> => {
    const psql = ['psql', '-qAtX', '--set=ON_ERROR_STOP=1', '--username=postgres'] as const
    const { exitCode, stdout, stderr } = await stack.exec(server.container, psql, { stdin: sql })
    expect(exitCode, stderr).toBe(0)
    return stdout
  }
  const byRedis = async (password: Secret | undefined, commands: string): Promise<string> => {
    const env = { REDISCLI_AUTH: password?.reveal() ?? '' }
    return (await stack.exec(redis, ['redis-cli'], { env, stdin: commands })).stdout
  }

  beforeAll(async () => {
    lab = await startLab()
    await lab.images(dir)
    const up = await lab.compose(dir, ['up', '--detach', '--no-deps', ...services])
    expect(up.exitCode, up.stderr).toBe(0)
    const masker = new Masker()
    masker.learn(made)
    const real = realWorld(masker)
    const world: World = {
      ...real,
      processes: {
        ...real.processes,
        async run(program, args, options) {
          started.push([program, ...args].join(' '))
          const env = { ...lab.env, ...options.env }
          return await real.processes.run(program, args, { ...options, env })
        },
      },
    }
    const files = ['docker-compose.yml']
    stack = dockerStack(world, { directory: dir, project: basename(dir), files, envPath: '.env' })
    redis = await containerOf('redis')
    const container = await containerOf('postgres_db')
    const superuser = await findSuperuser(stack, container, ['--help', 'nobody', 'postgres'])
    server = { stack, container, superuser }
  })
  afterAll(async () => {
    await lab?.down(dir)
    await lab?.stop()
    removeInstalls()
  })

  test('PostgreSQL takes the verifier, and its log of every statement has nothing else', async () => {
    expect(server.superuser).toBe('postgres')
    await bySql("ALTER SYSTEM SET log_statement = 'all'; SELECT pg_reload_conf();")
    expect(await signsIn(stack, server.container, 'postgres', stock)).toBe('yes')
    expect(await signsIn(stack, server.container, 'postgres', made)).toBe('refused')

    const verifier = scramVerifier(made)
    await setPassword(server, 'postgres', verifier)
    expect(await signsIn(stack, server.container, 'postgres', made)).toBe('yes')
    expect(await signsIn(stack, server.container, 'postgres', stock)).toBe('refused')
    const kept = await storedVerifier(server, 'postgres')
    expect(kept instanceof Secret && kept.reveal()).toBe(verifier.reveal())

    const log = await stack.logs(server.container, 10_000)
    expect(log).toContain(verifier.reveal())
    expect(log).not.toContain(made.reveal())
    expect(started.filter((line) => line.includes('SCRAM') || line.includes('Zq7'))).toEqual([])
  })

  test('its loopback proves nothing: it takes any password there', async () => {
    const psql = ['psql', '--host=127.0.0.1', '--username=postgres', '--command=SELECT 1'] as const
    const env = { PGPASSWORD: 'wrong' }
    expect((await stack.exec(server.container, psql, { env })).exitCode).toBe(0)
  })

  test('where pg_hba.conf trusts the network, anything opens it; with scram-sha-256 it does not again', async () => {
    const wrong = new Secret('not-the-password-of-anything')
    const network = async (from: string, to: string) => {
      const line = (method: string) => `host all all all ${method}`
      const change = `sed -i 's/^${line(from)}$/${line(to)}/' "$PGDATA/pg_hba.conf"`
      await stack.exec(server.container, ['sh', '-c', change])
      await bySql('SELECT pg_reload_conf();')
    }
    // A server reads its files anew a moment after it was told to.
    const answer = () =>
      expect.poll(() => signsIn(stack, server.container, 'postgres', wrong), { timeout: 20_000 })
    await network('scram-sha-256', 'trust')
    await answer().toBe('yes')
    await network('trust', 'scram-sha-256')
    await answer().toBe('refused')
  })

  test('what it stored for passwords of its own is recognized', async () => {
    const scram = ['plain', 'pässwörd', 'o"l\'d\\', '\ufb01x\u00a0y\u00adz', '\ufb01\u{1f600}']
    for (const [encryption, passwords] of [
      ['scram-sha-256', scram],
      ['md5', ['plain', 'pässwörd']],
    ] as const) {
      for (const [index, text] of passwords.entries()) {
        const role = `${encryption} ${index}`
        await bySql(
          `SET password_encryption = '${encryption}'; CREATE ROLE ${identifier(role)} LOGIN PASSWORD ${literal(text)};`,
        )
        const verifier = await storedVerifier(server, role)
        if (typeof verifier === 'string') expect.unreachable(verifier)
        expect(matchesVerifier(new Secret(text), verifier, role), role).toBe(true)
        expect(matchesVerifier(new Secret(`${text}.`), verifier, role), role).toBe(false)
        if (encryption === 'md5') continue
        expect(await signsIn(stack, server.container, role, new Secret(text)), role).toBe('yes')
      }
    }
    expect(await storedVerifier(server, 'nobody')).toBe('no such role')
    await bySql('CREATE ROLE without LOGIN;')
    expect(await storedVerifier(server, 'without')).toBe('no password')
  })

  test('names of any characters are names', async () => {
    const anything = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 15 })
      .filter((one) => !one.includes('\0') && Buffer.byteLength(one) < 60)
    const odd = fc.string({
      unit: fc.constantFrom('"', "'", '\\', ';', ':', '$', '\n', '-', ' ', 'x'),
      minLength: 1,
      maxLength: 15,
    })
    const names = [...new Set(fc.sample(fc.oneof(anything, odd), { numRuns: 60, seed: 1 }))]
    for (const standard of ['on', 'off']) {
      const statements = names.map(
        (name) =>
          `CREATE ROLE ${identifier(`${standard[1]}${name}`)};\n` +
          `SELECT count(*) FROM pg_roles WHERE rolname = ${literal(`${standard[1]}${name}`)};\n`,
      )
      const settings = `SET standard_conforming_strings = ${standard};\n`
      const counts = await bySql(settings + statements.join(''))
      expect(counts.trim().split('\n')).toEqual(names.map(() => '1'))
    }
    for (const name of ['-x', '"; DROP ROLE postgres; --', "a'\\b\nc"]) {
      await bySql(`CREATE ROLE ${identifier(name)} LOGIN;`)
      await setPassword(server, name, scramVerifier(made))
      expect(await signsIn(stack, server.container, name, made), name).toBe('yes')
      expect(await signsIn(stack, server.container, name, stock), name).toBe('refused')
    }
  })

  test('Redis takes both passwords, then one, and keeps its data', async () => {
    const old = new Secret('the "old" one\\ \' of the ädmin')
    expect(await accepts(stack, redis, undefined)).toBe('yes')
    expect(await accepts(stack, redis, made)).toBe('refused')
    await byRedis(undefined, `SET kept value\nACL SETUSER default ">${escaped(old)}"\n`)
    expect(await accepts(stack, redis, undefined)).toBe('refused')
    expect(await accepts(stack, redis, old)).toBe('yes')

    await allowAlso(stack, redis, old, made)
    expect(await accepts(stack, redis, old)).toBe('yes')
    expect(await accepts(stack, redis, made)).toBe('yes')
    await endPassword(stack, redis, made, old)
    await endPassword(stack, redis, made, old)
    expect(await accepts(stack, redis, old)).toBe('refused')
    expect(await accepts(stack, redis, made)).toBe('yes')
    expect(await byRedis(made, 'GET kept\n')).toBe('value\n')
    await expect(allowAlso(stack, redis, old, made)).rejects.toBeInstanceOf(Failure)
  })

  test('Redis without its append-only file gets a whole one, which a restart then reads', async () => {
    expect(await appends(stack, redis, made)).toBe('on')
    await byRedis(made, 'CONFIG SET appendonly no\nSET late value\n')
    expect(await appends(stack, redis, made)).toBe('off')
    await turnOnAppends(stack, redis, made)
    expect(await appends(stack, redis, made)).toBe('on')
    await lab.docker(['kill', redis.id])
    await lab.docker(['start', redis.id])
    expect(await accepts(stack, redis, undefined)).toBe('yes')
    expect(await byRedis(undefined, 'MGET kept late\n')).toBe('value\nvalue\n')
  })

  test('MinIO is asked with a signed request', async () => {
    const api = await containerOf('api')
    const { environment } = await containerOf('minio')
    const user = environment.get('MINIO_ROOT_USER') ?? expect.unreachable()
    const password = new Secret(environment.get('MINIO_ROOT_PASSWORD') ?? expect.unreachable())
    expect(await signsInToMinio(stack, api, user, password, new Date())).toBe('yes')
    await lab.compose(dir, ['stop', '--timeout', '1', 'minio'])
    expect(await signsInToMinio(stack, api, user, password, new Date())).toHaveProperty(
      'unreachable',
    )
  })

  test('what is paused is unreachable, and soon', async () => {
    for (const service of ['redis', 'postgres_db']) await lab.pause(dir, service)
    expect(await accepts(stack, redis, undefined)).toHaveProperty('unreachable')
    expect(await signsIn(stack, server.container, 'postgres', made)).toHaveProperty('unreachable')
    for (const ask of [
      () => findSuperuser(stack, server.container, ['a', 'postgres']),
      () => setPassword(server, 'postgres', scramVerifier(stock)),
    ]) {
      await expect(ask()).rejects.toBeInstanceOf(Failure)
    }
    for (const service of ['redis', 'postgres_db']) await lab.unpause(dir, service)
    expect(await signsIn(stack, server.container, 'postgres', made)).toBe('yes')
  }, 60_000)
})

/** For the test's own line to redis-cli: every byte by its number. */
function escaped(secret: Secret): string {
  return Buffer.from(secret.reveal()).toString('hex').replace(/../g, '\\x$&')
}
