/**
 * @typedef {import('./steps.mjs').Step} Step
 * @typedef {object} Outcome
 * @property {'passed' | 'failed' | 'left out'} status
 * @property {number} seconds by the clock
 * @property {number} cpuSeconds of the step's own processes; what runs in containers is not among them
 */

/**
 * Runs the lanes side by side. A failure ends neither lane: one run shows all that is wrong.
 * @param {readonly Step[]} steps
 * @param {(step: Step) => Promise<Outcome>} run
 * @returns {Promise<ReadonlyMap<string, Outcome>>} by the names of the steps
 */
export async function runLanes(steps, run) {
  /** @type {Map<string, { promise: Promise<Outcome>, resolve: (outcome: Outcome) => void }>} */
  const ends = new Map(steps.map(({ name }) => [name, deferred()]))
  /** @type {Map<string, Outcome>} */
  const outcomes = new Map()
  const lanes = new Set(steps.map(({ lane }) => lane))
  await Promise.all(
    [...lanes].map(async (lane) => {
      for (const step of steps.filter((one) => one.lane === lane)) {
        const before = await Promise.all(step.after.map((name) => endOf(ends, name)))
        const outcome = before.every(({ status }) => status === 'passed')
          ? await run(step)
          : { status: /** @type {const} */ ('left out'), seconds: 0, cpuSeconds: 0 }
        outcomes.set(step.name, outcome)
        ends.get(step.name)?.resolve(outcome)
      }
    }),
  )
  return outcomes
}

/**
 * @param {ReadonlyMap<string, { promise: Promise<Outcome> }>} ends
 * @param {string} name
 */
function endOf(ends, name) {
  const end = ends.get(name)
  if (end === undefined) throw new Error(`There is no step "${name}"`)
  return end.promise
}

/** @returns {{ promise: Promise<Outcome>, resolve: (outcome: Outcome) => void }} */
function deferred() {
  /** @type {(outcome: Outcome) => void} */
  let resolve = () => undefined
  /** @type {Promise<Outcome>} */
  const promise = new Promise((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
