/**
 * .ci/run's steps, in lanes (steps.mjs). The output of a step is shown in one piece when it has ended. Then
 * come a table of what took how long, and the sum of the tests; .ci/results/ keeps all of it.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { runLanes } from './lanes.mjs'
import { endPrograms, runProgram } from './program.mjs'
import { sumUp, timingTable } from './report.mjs'
import { steps } from './steps.mjs'

/** @typedef {import('./steps.mjs').Step} Step */

const results = '.ci/results'
const began = performance.now()
/** @type {NodeJS.Signals | undefined} */
let ended

/** @param {Step} step */
function filesOf({ name }) {
  const base = join(results, name.toLowerCase().replaceAll(/\W+/g, '-'))
  return { output: `${base}.log`, suites: `${base}.json`, cpu: `${base}.cpu` }
}

/** @param {string} text */
function print(text) {
  process.stdout.write(`${text}\n`)
}

function elapsed() {
  return (performance.now() - began) / 1000
}

/** @param {Step} step */
async function run(step) {
  if (ended !== undefined)
    return { status: /** @type {const} */ ('left out'), seconds: 0, cpuSeconds: 0 }
  const { output, suites, cpu } = filesOf(step)
  print(`-- ${step.name}: begins at ${elapsed().toFixed(0)} s`)
  const env = { CI_SUITES: suites, TRACECAT_HARDEN_BUILT: '1' }
  // The tests on containers measure how long a server is away: the other lane makes way for them.
  const command = step.lane === 'code' ? ['nice', '-n', '10', ...step.command] : step.command
  const ran = await runProgram(command, { output, cpu, env })
  const status =
    ran.exitCode === 0 ? /** @type {const} */ ('passed') : /** @type {const} */ ('failed')
  const end = ended === undefined ? `exit code ${ran.exitCode}` : `ended by ${ended}`
  print(`\n== ${step.name}: ${status}, ${end}, ${ran.seconds.toFixed(0)} s`)
  print(readFileSync(output, 'utf8').trimEnd())
  return { status, seconds: ran.seconds, cpuSeconds: ran.cpuSeconds }
}

/**
 * @param {Step} step
 * @returns {readonly import('./suites.mjs').Suite[]}
 */
function suitesOf(step) {
  const { suites } = filesOf(step)
  return existsSync(suites) ? JSON.parse(readFileSync(suites, 'utf8')) : []
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    ended = signal
    endPrograms()
  })
}

rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })
const outcomes = await runLanes(steps, run)
const timed = steps.flatMap((step) => {
  const outcome = outcomes.get(step.name)
  return outcome === undefined ? [] : [{ ...step, ...outcome, suites: suitesOf(step) }]
})
const total = {
  seconds: elapsed(),
  cpuSeconds: timed.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  cores: availableParallelism(),
}
writeFileSync(
  join(results, 'timings.json'),
  `${JSON.stringify({ ...total, steps: timed }, null, 1)}\n`,
)
print(`\n${timingTable(timed)}`)
const wrong = timed.filter(({ status }) => status !== 'passed')
for (const { name, status } of wrong) print(`${name}: ${status}`)
print(
  `${total.seconds.toFixed(0)} s in all, ${total.cpuSeconds.toFixed(0)} s of the processor without containers, ${total.cores} cores`,
)
print(sumUp(timed))
process.exitCode = wrong.length === 0 ? 0 : 1
