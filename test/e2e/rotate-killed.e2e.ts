import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chosen, isFull } from '../full.ts'
import { exampleInstall, hasStock, removeInstalls, stockInstall } from './lab/installs.ts'
import { type Lab, startLab, whyNoLab } from './lab/lab.ts'
import { disagreements, everyValue, stackDisagreements } from './rotate/agreement.ts'
import { builtProgram, type Point, type Program } from './rotate/program.ts'
import { envText, removeSmallStacks, smallStack, valueIn } from './rotate/small-stack.ts'

const obstacle = whyNoLab()
const answers = fileURLToPath(new URL('../../templates/example/answers.yaml', import.meta.url))

/** The simulation is killed at every point (../stack/kill.fuzz.ts): the real ones in CI show that it is right. */
interface InCi {
  readonly isInCi?: boolean
}

interface TitledPoint extends Point, InCi {
  readonly title: string
}

function named(points: readonly TitledPoint[]): [string, TitledPoint][] {
  return chosen(points, ({ isInCi = false }) => isInCi).map((point) => [point.title, point])
}

const journal = /rename .*journal\.json$/
const switchEnv = /^rename .*\/\.env$/
const recreate = /^docker compose .* up /
const recreateClients = /^docker compose .* up .* api worker$/
const recreateRedis = /^docker compose .* up .* redis$/
const endOfJournal = /^unlink .*journal\.json$/

const ofPostgres: readonly TitledPoint[] = [
  { title: 'when the journal is written', act: journal, when: 'after' },
  { title: 'when it is committed', act: journal, nth: 2, when: 'after', isInCi: true },
  { title: 'before ALTER ROLE', act: /^input .*ALTER ROLE/, when: 'before' },
  { title: 'right after ALTER ROLE', act: /^input .*ALTER ROLE/, when: 'after', isInCi: true },
  { title: 'during the test over the network', act: /^docker run /, when: 'cut', isInCi: true },
  { title: 'before .env is switched', act: switchEnv, when: 'before' },
  { title: 'after .env is switched', act: switchEnv, when: 'after', isInCi: true },
  {
    title: 'while clients are recreated, Compose too',
    act: recreateClients,
    when: 'cut',
    isInCi: true,
  },
  { title: 'while clients are recreated, Compose goes on', act: recreateClients, when: 'during' },
  { title: 'before the journal is removed', act: endOfJournal, when: 'before' },
]

const ofRedis: readonly TitledPoint[] = [
  { title: 'before ACL SETUSER', act: /^input .*SETUSER/, when: 'before' },
  { title: 'right after ACL SETUSER', act: /^input .*SETUSER/, when: 'after', isInCi: true },
  { title: 'after .env is switched', act: switchEnv, when: 'after' },
  { title: 'while clients are recreated, Compose too', act: recreateClients, when: 'cut' },
  { title: 'while Redis is recreated, Compose too', act: recreateRedis, when: 'cut', isInCi: true },
  { title: 'while Redis is recreated, Compose goes on', act: recreateRedis, when: 'during' },
  { title: 'after Redis was recreated', act: recreateRedis, when: 'after' },
]

/** Each kind with the nastiest moment that it has. */
const wholeStack: readonly (readonly [kind: string, variable: string, point: Point & InCi])[] = [
  ['postgres', 'TRACECAT__POSTGRES_PASSWORD', { act: recreate, when: 'cut' }],
  ['temporal-postgres', 'TEMPORAL__POSTGRES_PASSWORD', { act: switchEnv, when: 'after' }],
  ['redis', 'REDIS_PASSWORD', { act: recreateRedis, when: 'cut', isInCi: true }],
  ['minio', 'MINIO_ROOT_PASSWORD', { act: recreate, when: 'cut', isInCi: true }],
  ['service-key', 'TRACECAT__SERVICE_KEY', { act: recreate, when: 'cut' }],
  ['user-auth-secret', 'USER_AUTH_SECRET', { act: recreate, when: 'during' }],
  ['signing-secret', 'TRACECAT__SIGNING_SECRET', { act: switchEnv, when: 'after' }],
  [
    'payload-keyring',
    'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING',
    { act: switchEnv, nth: 2, when: 'after', isInCi: true },
  ],
]

function isNewer(kind: string): boolean {
  return kind === 'payload-keyring'
}

describe.skipIf(obstacle)(`rotate killed${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let lab: Lab
  let program: Program

  beforeAll(async () => {
    lab = await startLab()
    program = await builtProgram(lab.env)
  })
  afterAll(async () => {
    program?.remove()
    await lab?.stop()
  })

  describe('PostgreSQL and Redis with two clients', () => {
    let dir = ''
    let increments = 0

    beforeAll(async () => {
      dir = smallStack()
      await lab.up(dir)
    })
    afterAll(async () => {
      if (dir !== '') await lab.down(dir)
      removeSmallStacks()
    })

    async function increment(): Promise<string> {
      increments += 1
      const { stdout } = await lab.compose(dir, [
        ...['exec', '-T', 'redis', 'redis-cli', 'INCR', 'increments'],
      ])
      return stdout.trim()
    }

    async function killAndRunAgain(secret: string, variable: string, point: Point): Promise<void> {
      if ((await lab.unwell(dir)).length > 0) await lab.up(dir)
      expect(await increment()).toBe(String(increments))
      const others = (text: string) => text.replace(new RegExp(`^${variable}=.*$`, 'm'), '')
      const before = envText(dir)
      const command = ['rotate', secret, '--yes', '--dir', dir]
      const killed = await program.killedAt(point, command)
      const known = everyValue(dir, variable)

      const again = await program.run(command)
      expect(again.exitCode, again.output).toBe(0)
      for (const value of [...known, ...everyValue(dir, variable)])
        expect(killed.output + again.output).not.toContain(value)
      expect(await disagreements(lab, dir, [...known])).toEqual([])
      expect(others(envText(dir))).toBe(others(before))
      expect(await increment()).toBe(String(increments))
    }

    test.each(named(ofPostgres))('postgres, %s', async (_, point) => {
      await killAndRunAgain('postgres', 'TRACECAT__POSTGRES_PASSWORD', point)
    })

    test.each(named(ofRedis))('redis, %s', async (_, point) => {
      await killAndRunAgain('redis', 'REDIS_PASSWORD', point)
    })
  })

  /** Of the practice install, where there are no stock files. */
  const newer = hasStock('1.0.0-beta.50')
    ? (['1.0.0-beta.50', () => stockInstall('1.0.0-beta.50'), wholeStack] as const)
    : (['the practice install', exampleInstall, wholeStack] as const)

  const older = [
    '0.53.25',
    () => stockInstall('0.53.25'),
    wholeStack.filter(([kind]) => !isNewer(kind)),
  ] as const

  describe.each(
    isFull ? [newer, older] : [newer],
  )('the whole stack of %s', (release, install, kinds) => {
    const isThere = install === exampleInstall || hasStock(release)
    let dir = ''
    const ended = new Set<string>()
    const init = (...more: string[]) => program.run(['init', dir, '--yes', '--offline', ...more])

    beforeAll(async () => {
      if (!isThere) return
      dir = install()
      const payloads = kinds.some(([kind]) => isNewer(kind)) ? ['payloadEncryption=true'] : []
      const given = ['--answers', answers, ...payloads.flatMap((one) => ['--set', one])]
      const result = await init('--fresh', ...given)
      expect(result.exitCode, result.output).toBe(0)
      await lab.up(dir)
    })
    afterAll(async () => {
      if (dir !== '') await lab.down(dir)
      removeInstalls()
    })

    test.skipIf(!isThere).each(chosen(kinds, ([, , { isInCi = false }]) => isInCi))(
      '%s',
      async (kind, variable, point) => {
        const before = envText(dir)
        const command = ['rotate', kind, '--yes', '--accept-breakage', '--dir', dir]
        const killed = await program.killedAt(point, command)
        ended.add(valueIn(before, variable))

        const next = await init()
        expect(next.exitCode, next.output).toBe(0)
        expect(next.stderr).toContain('An earlier rotate')
        const after = envText(dir)
        expect(valueIn(after, variable)).not.toBe(valueIn(before, variable))
        if (kind === 'payload-keyring')
          expect(keysIn(valueIn(after, variable))).toEqual(
            expect.objectContaining(keysIn(valueIn(before, variable))),
          )
        const others = (text: string) =>
          text.split('\n').filter((line) => !line.startsWith(`${variable}=`))
        expect(others(after)).toEqual(others(before))
        for (const value of [...ended, valueIn(after, variable)])
          expect(killed.output + next.output).not.toContain(value)
        expect(await stackDisagreements(lab, dir, [...ended])).toEqual([])
        expect(await lab.lostWrites(dir)).toEqual([])
      },
    )
  })
})

/** The keys of a keyring by their names. */
function keysIn(keyring: string): Readonly<Record<string, unknown>> {
  const { keys } = JSON.parse(keyring.replace(/^'(.*)'$/, '$1')) as {
    keys: Record<string, unknown>
  }
  return keys
}
