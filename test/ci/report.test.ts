import { expect, test } from 'vitest'
import { sumUp, timingTable } from '../../scripts/ci/report.mjs'

const suite = { file: 'test/a.test.ts', seconds: 12.3, passed: 3, failed: 0, skipped: 1 }

test.each([
  ['passed', [suite, suite], '6 passed, 0 failed, 2 skipped'],
  ['failed', [{ ...suite, passed: 1, failed: 2 }], '1 passed, 2 failed, 1 skipped'],
  // Types, lint; or a run of tests that broke outside of them.
  ['failed', [], '0 passed, 1 failed, 0 skipped'],
  ['failed', [suite], '3 passed, 1 failed, 1 skipped'],
  ['left out', [], '0 passed, 1 failed, 0 skipped'],
] as const)('a step that %s with %j is summed up', (status, suites, line) => {
  expect(sumUp([{ status, suites }])).toBe(line)
})

test('the table has each step, and below it the files that took long', () => {
  const step = { name: 'unit tests', lane: 'code', after: [], command: [] } as const
  const fast = { ...suite, file: 'test/fast.test.ts', seconds: 1 }
  const table = timingTable([
    { ...step, status: 'passed', seconds: 62.6, cpuSeconds: 120, suites: [fast, suite] },
  ])
  expect(table.split('\n').map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    'step lane seconds CPU',
    'unit tests code 63 120 passed',
    ' test/a.test.ts 12 3 passed, 1 skipped',
  ])
})
