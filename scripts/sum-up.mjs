/**
 * The last line of .ci/run: the tests of all of its runs, added up.
 * Called with the folder of vitest's JSON reports and the exit code so far.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder = '.', status = '1'] = process.argv.slice(2)
const sum = { passed: 0, failed: 0, skipped: 0 }
for (const file of readdirSync(folder)) {
  const report = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  sum.passed += report.numPassedTests
  sum.failed += report.numFailedTests
  sum.skipped += report.numPendingTests + report.numTodoTests
}
// A step that is not a test, or a run that broke before its tests: one failure.
if (status !== '0' && sum.failed === 0) sum.failed = 1
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`)
