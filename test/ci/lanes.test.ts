import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Outcome, runLanes } from '../../scripts/ci/lanes.mjs'
import { type Step, steps, withoutContainers } from '../../scripts/ci/steps.mjs'

function step(name: string, lane: Step['lane'], ...after: string[]): Step {
  return { name, lane, after, command: [] }
}

/** Runs them, each taking a turn of the event loop; says what began and ended, and how each went. */
async function run(steps: readonly Step[], ...failing: string[]) {
  const told: string[] = []
  const outcomes = await runLanes(steps, async ({ name }): Promise<Outcome> => {
    told.push(`${name} begins`)
    await new Promise((done) => setImmediate(done))
    told.push(`${name} ends`)
    const status = failing.includes(name) ? 'failed' : 'passed'
    return { status, seconds: 1, cpuSeconds: 1 }
  })
  const statuses = Object.fromEntries([...outcomes].map(([name, { status }]) => [name, status]))
  return { told, statuses }
}

describe('lanes', () => {
  test('run side by side, the steps of one after each other', async () => {
    const { told } = await run([step('a', 'code'), step('b', 'code'), step('x', 'containers')])
    expect(told.slice(0, 2)).toEqual(['a begins', 'x begins'])
    expect(told.indexOf('b begins')).toBeGreaterThan(told.indexOf('a ends'))
  })

  test('wait for a step of the other lane', async () => {
    const { told } = await run([step('x', 'containers', 'b'), step('a', 'code'), step('b', 'code')])
    expect(told.indexOf('x begins')).toBeGreaterThan(told.indexOf('b ends'))
  })

  test('go on after a failure, but for what needs the step that failed', async () => {
    const all = [
      step('a', 'code'),
      step('b', 'code', 'a'),
      step('c', 'code'),
      step('x', 'containers', 'b'),
    ]
    const { statuses } = await run(all, 'a')
    expect(statuses).toEqual({ a: 'failed', b: 'left out', c: 'passed', x: 'left out' })
  })
})

test('the steps of .ci/run all come to an end: none waits for one that waits for it', async () => {
  const { statuses } = await run(steps)
  expect(new Set(Object.values(statuses))).toEqual(new Set(['passed']))
  expect(Object.keys(statuses)).toHaveLength(steps.length)
})

test('the files that a step is limited to are there: vitest runs what it finds of them, in silence', () => {
  const named = steps.flatMap(({ command }) => command.filter((word) => word.startsWith('test/')))
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((path) => !existsSync(path))).toEqual([])
})

test('no end-to-end test in the lane of code starts the lab, and every other one is on containers', () => {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.e2e.ts'))
    .map((path) => `test/${path}`)
  expect(files.length).toBeGreaterThan(withoutContainers.length)
  const withoutLab = files.filter((path) => !readFileSync(path, 'utf8').includes('startLab('))
  expect(withoutLab.sort()).toEqual([...withoutContainers].sort())
})
