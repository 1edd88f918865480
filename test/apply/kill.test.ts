import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { recover } from '../../src/apply/recover.ts'
import { fakeWorld, temporaryFolder } from '../world/fake.ts'
import { childProgram, runNode } from './program.ts'
import {
  after,
  allFiles,
  allFolders,
  before,
  filesOnly,
  layOut,
  sampleSecret,
  snapshot,
} from './samples.ts'

const program = childProgram()

interface Point {
  readonly at: number
  readonly when: 'before' | 'half' | 'after'
}

const kill = ({ at, when }: Point) => ({ KILL_AT: String(at), KILL_WHEN: when })

async function killedInstall(point: Point): Promise<string> {
  const root = temporaryFolder()
  layOut(root)
  const child = await runNode([program(), 'apply', root], kill(point))
  expect([point, child]).toMatchObject([point, { signal: 'SIGKILL' }])
  return root
}

/** Recovers in this process, which is another than the killed one. Says what it did. */
async function expectWhole(root: string): Promise<string> {
  const recovered = await recover(fakeWorld(), root, filesOnly)
  const outcome = recovered === 'nothing' ? recovered : recovered.outcome
  const files = snapshot(root)
  const isNew = files['.env'] === after['.env']
  expect(files).toEqual(isNew ? after : before)
  if (outcome !== 'nothing') expect(outcome).toBe(isNew ? 'finished' : 'undone')
  expect(await recover(fakeWorld(), root, filesOnly)).toBe('nothing')
  if (!isNew) {
    expect(allFolders(root).filter((folder) => folder !== '.tracecat-harden')).toEqual([])
    for (const path of allFiles(root)) {
      expect(readFileSync(join(root, path), 'utf8')).not.toContain(sampleSecret)
    }
  }
  return outcome
}

/** Three at a time: each waits for its child most of the time. */
async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items]
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item)
  }
  await Promise.all([worker(), worker(), worker()])
}

describe('killed', () => {
  test('before, within and after any operation of an apply: all old or all new', async () => {
    const whole = temporaryFolder()
    layOut(whole)
    const { stdout } = await runNode([program(), 'apply', whole])
    const operations: readonly string[] = JSON.parse(stdout)
    expect(snapshot(whole)).toEqual(after)
    // After an operation is before the next one: only the last needs a point of its own.
    const points: Point[] = [{ at: operations.length - 1, when: 'after' }]
    for (const [at, operation] of operations.entries()) {
      points.push({ at, when: 'before' })
      if (operation === 'create') points.push({ at, when: 'half' })
    }
    expect(points.length).toBeGreaterThanOrEqual(50)
    const outcomes = new Set<string>()
    await eachOf(points, async (point) => {
      outcomes.add(await expectWhole(await killedInstall(point)))
    })
    expect([...outcomes].sort()).toEqual(['finished', 'nothing', 'undone'])
  }, 60_000)

  test('again while it recovers: all old or all new', async () => {
    const points: (readonly [Point, Point])[] = []
    for (const at of [20, 29]) {
      for (const again of [2, 5]) {
        points.push([
          { at, when: 'before' },
          { at: again, when: 'after' },
        ])
      }
    }
    let killedAgain = 0
    await eachOf(points, async ([first, second]) => {
      const root = await killedInstall(first)
      const child = await runNode([program(), 'recover', root], kill(second))
      if (child.signal === 'SIGKILL') killedAgain += 1
      await expectWhole(root)
    })
    expect(killedAgain).toBe(points.length)
  }, 60_000)
})
