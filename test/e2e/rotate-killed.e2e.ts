import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, startLab, whyNoLab } from './lab/lab.ts'
import { disagreements, everyValue } from './rotate/agreement.ts'
import { builtProgram, type Point, type Program } from './rotate/program.ts'
import { envText, removeSmallStacks, smallStack } from './rotate/small-stack.ts'

const obstacle = whyNoLab()

interface TitledPoint extends Point {
  readonly title: string
}

function named(points: readonly TitledPoint[]): [string, TitledPoint][] {
  return points.map((point) => [point.title, point])
}

const journal = /rename .*journal\.json$/
const switchEnv = /^rename .*\/\.env$/
const recreateClients = /^docker compose .* up .* api worker$/
const recreateRedis = /^docker compose .* up .* redis$/
const endOfJournal = /^unlink .*journal\.json$/

const ofPostgres: readonly TitledPoint[] = [
  { title: 'when the journal is written', act: journal, when: 'after' },
  { title: 'when it is committed', act: journal, nth: 2, when: 'after' },
  { title: 'before ALTER ROLE', act: /^input .*ALTER ROLE/, when: 'before' },
  { title: 'right after ALTER ROLE', act: /^input .*ALTER ROLE/, when: 'after' },
  { title: 'during the test over the network', act: /^docker run /, when: 'cut' },
  { title: 'before .env is switched', act: switchEnv, when: 'before' },
  { title: 'after .env is switched', act: switchEnv, when: 'after' },
  { title: 'while clients are recreated, Compose too', act: recreateClients, when: 'cut' },
  { title: 'while clients are recreated, Compose goes on', act: recreateClients, when: 'during' },
  { title: 'before the journal is removed', act: endOfJournal, when: 'before' },
]

const ofRedis: readonly TitledPoint[] = [
  { title: 'before ACL SETUSER', act: /^input .*SETUSER/, when: 'before' },
  { title: 'right after ACL SETUSER', act: /^input .*SETUSER/, when: 'after' },
  { title: 'after .env is switched', act: switchEnv, when: 'after' },
  { title: 'while clients are recreated, Compose too', act: recreateClients, when: 'cut' },
  { title: 'while Redis is recreated, Compose too', act: recreateRedis, when: 'cut' },
  { title: 'while Redis is recreated, Compose goes on', act: recreateRedis, when: 'during' },
  { title: 'after Redis was recreated', act: recreateRedis, when: 'after' },
]

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
})
