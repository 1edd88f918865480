/**
 * @typedef {import('./lanes.mjs').Outcome} Outcome
 * @typedef {import('./suites.mjs').Suite} Suite
 * @typedef {import('./steps.mjs').Step & Outcome & { readonly suites: readonly Suite[] }} Timed
 */

/** Faster ones are no matter for the table. */
const slowSeconds = 10

/**
 * What each step took, and each file of tests that took long.
 * @param {readonly Timed[]} steps
 */
export function timingTable(steps) {
  const rows = steps.flatMap((step) => [
    [step.name, step.lane, seconds(step.seconds), seconds(step.cpuSeconds), step.status],
    ...step.suites
      .filter((suite) => suite.seconds >= slowSeconds)
      .sort((one, other) => other.seconds - one.seconds)
      .map((suite) => [`  ${suite.file}`, '', seconds(suite.seconds), '', countsOf(suite)]),
  ])
  return columns([['step', 'lane', 'seconds', 'CPU', ''], ...rows])
}

/**
 * The closing line. A step that failed with no failed test, as one that is no test, counts as one failure.
 * @param {readonly Pick<Timed, 'status' | 'suites'>[]} steps
 */
export function sumUp(steps) {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const { status, suites } of steps) {
    const failed = suites.reduce((count, suite) => count + suite.failed, 0)
    sum.failed += status === 'passed' ? failed : Math.max(failed, 1)
    for (const { passed, skipped } of suites) {
      sum.passed += passed
      sum.skipped += skipped
    }
  }
  return `${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`
}

/** @param {Suite} suite */
function countsOf({ passed, failed, skipped }) {
  return [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`]
    .filter(Boolean)
    .join(', ')
}

/** @param {number} value */
function seconds(value) {
  return value.toFixed(0)
}

/** @param {readonly (readonly string[])[]} rows */
function columns(rows) {
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, at) =>
          at === 2 || at === 3 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
