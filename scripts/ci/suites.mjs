import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'

/**
 * One file of tests.
 * @typedef {object} Suite
 * @property {string} file
 * @property {number} seconds tests and hooks
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/**
 * Vitest's reporter for .ci/run: keeps the numbers of each file of tests in the file that CI_SUITES names,
 * from the first file on, so that a run that is ended before its time has them too.
 */
export default class Suites {
  /** @type {Suite[]} */
  suites = []

  onTestRunStart() {
    this.write()
  }

  /** @param {import('vitest/node').TestModule} module */
  onTestModuleEnd(module) {
    const counts = { passed: 0, failed: 0, skipped: 0 }
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      counts[state === 'pending' ? 'failed' : state] += 1
    }
    // A file that breaks before its tests, or in a hook.
    if (module.state() === 'failed' && counts.failed === 0) counts.failed = 1
    const seconds = module.diagnostic().duration / 1000
    this.suites.push({ file: relative('', module.moduleId), seconds, ...counts })
    this.write()
  }

  write() {
    const file = process.env.CI_SUITES
    if (file === undefined) throw new Error('CI_SUITES names no file')
    writeFileSync(file, JSON.stringify(this.suites))
  }
}
