/**
 * `npm run mutate -- --sample 60 --seed 1`: changes the source in one place at a time, in a copy of the
 * project, and runs the unit tests that load the changed file. A change that no test notices shows a test
 * that is missing, or a change that means nothing. docs/mutation.md has the score and how to read it.
 *
 * --sample N    how many of all changes are tried (60)
 * --seed N      which ones: the same seed takes the same ones of the same source (1)
 * --first N     so many test files, those nearest to the change by imports, run before the rest (5)
 * --only TEXT   instead of a sample the changes whose id begins so, such as src/plan/fold.ts:12
 * --out FILE    the report as JSON (mutation.json in the system's folder for temporary files)
 */
import { execFileSync, spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { mutantsOf } from './mutation/points.mjs'
import { importersOf, relatedTests } from './mutation/related-tests.mjs'

/** Rooms whose mistakes cost data or logins. */
const rooms = [
  'surroundings',
  'plan',
  'apply',
  'secrets',
  'servers',
  'rotation',
  'stack',
  'restore',
]

/** A change that makes a loop endless ends here: all unit tests take less, on a machine that is busy too. */
const timeoutMs = 600_000

/** @typedef {import('./mutation/points.mjs').Mutant} Mutant */
/** @typedef {'killed' | 'survived' | 'timeout'} Outcome */

const root = fileURLToPath(new URL('../', import.meta.url))
const { values: options } = parseArgs({
  options: {
    sample: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true },
    out: { type: 'string', default: join(tmpdir(), 'mutation.json') },
  },
})

const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
const sources = files.filter((file) => /^(?:src|test)\/.*\.ts$/.test(file))
const importers = importersOf(root, sources)
const all = sources
  .filter((file) => rooms.includes(file.split('/')[1] ?? '') && file.startsWith('src/'))
  .flatMap((file) => mutantsOf(file, readFileSync(join(root, file), 'utf8')))
const { only } = options
const chosen =
  only === undefined
    ? sampleOf(all, Number(options.sample), Number(options.seed))
    : all.filter(({ id }) => only.some((start) => id.startsWith(start)))

const copy = mkdtempSync(join(tmpdir(), 'mutation-'))
process.on('exit', () => rmSync(copy, { recursive: true, force: true }))
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => process.exit(130))
for (const file of files) {
  mkdirSync(dirname(join(copy, file)), { recursive: true })
  cpSync(join(root, file), join(copy, file))
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))

const needed = [...new Set(chosen.flatMap(testsFor))]
say(
  `${all.length} changes are possible, ${chosen.length} are tried, with ${needed.length} test files`,
)
if ((await runTests(needed)) !== 'survived') {
  say('The tests fail without any change: that comes first.')
  process.exit(1)
}

/** @type {{ id: string, was: string, becomes: string, outcome: Outcome }[]} */
const results = []
for (const mutant of chosen) {
  const { id, was, becomes } = mutant
  const outcome = await outcomeOf(mutant)
  results.push({ id, was, becomes, outcome })
  say(
    `${String(results.length).padStart(4)} ${outcome.padEnd(8)} ${id}: ${oneLine(was)} -> ${oneLine(becomes)}`,
  )
  report()
}
say(summary())

/** @param {Mutant} mutant */
async function outcomeOf(mutant) {
  const path = join(copy, mutant.file)
  const text = readFileSync(path, 'utf8')
  const tests = testsFor(mutant)
  const first = Number(options.first)
  writeFileSync(path, text.slice(0, mutant.start) + mutant.becomes + text.slice(mutant.end))
  try {
    const outcome = await runTests(tests.slice(0, first))
    return outcome === 'survived' ? await runTests(tests.slice(first)) : outcome
  } finally {
    writeFileSync(path, text)
  }
}

/** @param {Mutant} mutant */
function testsFor({ file }) {
  return relatedTests(importers, file)
}

/**
 * @param {readonly string[]} tests
 * @returns {Promise<Outcome>}
 */
function runTests(tests) {
  if (tests.length === 0) return Promise.resolve('survived')
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'unit',
    '--bail',
    '1',
    ...tests,
  ]
  // A group of its own: workers in an endless loop don't end with their parent.
  const child = spawn(process.execPath, args, { cwd: copy, stdio: 'ignore', detached: true })
  return new Promise((resolve, reject) => {
    let outcome = /** @type {Outcome | undefined} */ (undefined)
    const timer = setTimeout(() => {
      outcome = 'timeout'
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, timeoutMs)
    child.on('error', reject)
    child.on('exit', (code) => {
      clearTimeout(timer)
      resolve(outcome ?? (code === 0 ? 'survived' : 'killed'))
    })
  })
}

/**
 * So many of these, without returning any twice.
 * @template T
 * @param {readonly T[]} items
 * @param {number} count
 * @param {number} seed
 * @returns {T[]}
 */
function sampleOf(items, count, seed) {
  const rest = [...items]
  const random = randomNumbers(seed)
  /** @type {T[]} */
  const taken = []
  while (taken.length < count && rest.length > 0) {
    taken.push(...rest.splice(Math.floor(random() * rest.length), 1))
  }
  return taken
}

/**
 * Mulberry32: the same numbers from 0 to 1 for the same seed.
 * @param {number} seed
 */
function randomNumbers(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function report() {
  const { sample, seed } = options
  const head = { possible: all.length, sample, seed, only, counts: counts() }
  writeFileSync(options.out, `${JSON.stringify({ ...head, results }, null, 2)}\n`)
}

function counts() {
  const found = { killed: 0, survived: 0, timeout: 0 }
  for (const { outcome } of results) found[outcome] += 1
  return found
}

function summary() {
  const { killed, survived, timeout } = counts()
  const noticed = Math.round((100 * (killed + timeout)) / Math.max(1, results.length))
  return `${killed} killed, ${survived} survived, ${timeout} timed out: ${noticed} % noticed. ${options.out}`
}

/** @param {string} text */
function oneLine(text) {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 60 ? `${line.slice(0, 57)}...` : line
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`)
}
