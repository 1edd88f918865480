import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cli, root } from '../built.ts'
import { exampleInstall, removeInstalls } from './lab/installs.ts'
import { type Lab, startLab, whyNoLab } from './lab/lab.ts'

const obstacle = whyNoLab()
const answers = join(root, 'templates/example/answers.yaml')
/** A shell's NODE_ENV would beat that of `.env`. */
const { NODE_ENV: _, ...shell } = process.env

describe.skipIf(obstacle)(`restore${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let lab: Lab
  const dir = exampleInstall()
  let original = ''

  beforeAll(async () => {
    lab = await startLab()
    const init = await run('init', '--offline', '--fresh', '--answers', answers)
    expect(init.exitCode, init.stderr).toBe(0)
    await lab.up(dir)
    original = env()
    await psql("CREATE TABLE kept AS SELECT 'data' AS value")
    await redis('SET', 'kept', 'data')
  })
  afterAll(async () => {
    if (lab !== undefined) {
      await lab.down(dir)
      await lab.stop()
    }
    removeInstalls()
  })

  const run = (command: string, ...args: string[]) =>
    execa('node', [cli, command, '--dir', dir, '--yes', ...args], {
      env: { ...shell, ...lab.env },
      extendEnv: false,
      reject: false,
    })
  const env = () => readFileSync(join(dir, '.env'), 'utf8')
  const valueIn = (text: string, name: string) =>
    new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? ''
  const psql = (sql: string) =>
    lab.compose(dir, [
      ...['exec', '-T', 'postgres_db', 'sh', '-c'],
      `psql -Xqt -U "$POSTGRES_USER" -d postgres -c "${sql}"`,
    ])
  const redis = (...args: string[]) =>
    lab.compose(dir, ['exec', '-T', 'redis', 'redis-cli', ...args])

  /** Who gets in with the passwords of a `.env`: PostgreSQL over the network, Redis. */
  const entries = async (text: string) => {
    const user = valueIn(text, 'TRACECAT__POSTGRES_USER')
    const database = await lab.compose(dir, [
      ...['exec', '-T', '-e', `PGPASSWORD=${valueIn(text, 'TRACECAT__POSTGRES_PASSWORD')}`],
      ...['postgres_db', 'sh', '-c'],
      `psql -Xqt -h postgres_db -U ${user} -d postgres -c 'SELECT 1'`,
    ])
    const inRedis = await lab.compose(dir, [
      ...['exec', '-T', '-e', `REDISCLI_AUTH=${valueIn(text, 'REDIS_PASSWORD')}`],
      ...['redis', 'redis-cli', 'PING'],
    ])
    return { postgres: database.exitCode === 0, redis: inRedis.stdout.trim() === 'PONG' }
  }
  const all = { postgres: true, redis: true }
  const none = { postgres: false, redis: false }
  const data = async () => [
    (await psql('SELECT value FROM kept')).stdout.trim(),
    (await redis('GET', 'kept')).stdout.trim(),
  ]

  test('files and live passwords go back together, and forth again; data stays', async () => {
    const rotation = await run('rotate', 'postgres', 'redis', '--json')
    expect(rotation.exitCode, rotation.stderr).toBe(0)
    const rotated = env()
    expect([await entries(original), await entries(rotated)]).toEqual([none, all])

    const first = await run('restore', JSON.parse(rotation.stdout).backup, '--json')
    expect(first.exitCode, first.stderr).toBe(0)
    expect(env()).toBe(original)
    expect([await entries(original), await entries(rotated)]).toEqual([all, none])
    expect(await lab.unwell(dir)).toEqual([])
    expect(await data()).toEqual(['data', 'data'])

    const second = await run('restore', JSON.parse(first.stdout).backup)
    expect(second.exitCode, second.stderr).toBe(0)
    expect(env()).toBe(rotated)
    expect([await entries(original), await entries(rotated)]).toEqual([none, all])
    expect(await lab.unwell(dir)).toEqual([])
    expect(await data()).toEqual(['data', 'data'])
  })
})
