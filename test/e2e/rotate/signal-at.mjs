/**
 * Loaded into the program before it starts (`node --import`). Sends it a signal at one of its own acts: a
 * program that it starts, what it sends to one, a file that it renames, links or removes. SIGKILL ends it as
 * a power cut would; SIGSTOP halts it there until SIGCONT. SIGNAL_AT says where:
 * `{"act": "<regular expression>", "nth": 1, "when": "before", "signal": "SIGKILL"}`.
 */
import childProcess from 'node:child_process'
import files from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** @typedef {'before' | 'during' | 'cut' | 'after'} When */
/** @type {{ act: string, nth: number, when: When, signal: 'SIGKILL' | 'SIGSTOP' }} */
const { act, nth, when, signal } = JSON.parse(process.env.SIGNAL_AT ?? '')
const pattern = new RegExp(act, 's')
/** Long enough for a program to have begun what it is there for; one that ends sooner is struck at its end. */
const duringMs = 400
let seen = 0
let struck = false

/**
 * @param {string} text
 * @returns {boolean} is this the one?
 */
function isIt(text) {
  if (!pattern.test(text)) return false
  seen += 1
  return seen === nth
}

/** It has an effect before this returns, and happens once. */
function strike() {
  if (struck) return
  struck = true
  process.kill(process.pid, signal)
}

/** @param {import('node:child_process').ChildProcess} child started in a group of its own */
function strikeAround(child) {
  child.prependOnceListener('exit', strike)
  if (when === 'during') setTimeout(strike, duringMs)
  if (when === 'cut') {
    setTimeout(() => {
      const isThere =
        child.pid !== undefined && child.exitCode === null && child.signalCode === null
      if (isThere) process.kill(-child.pid, 'SIGKILL')
      strike()
    }, duringMs)
  }
}

const { spawn } = childProcess
/** @param {Parameters<typeof spawn>} args */
function spawnAndWatch(...args) {
  const [program, words] = args
  const mine = isIt([program, ...(Array.isArray(words) ? words : [])].join(' '))
  if (mine && when === 'before') strike()
  const child = spawn(...args)
  if (mine) strikeAround(child)
  if (child.stdin === null) return child
  const { stdin } = child
  const write = stdin.write.bind(stdin)
  /** @param {Parameters<typeof write>} sent */
  const writeAndWatch = (...sent) => {
    const mineToo = isIt(`input ${sent[0]}`)
    if (mineToo && when === 'before') strike()
    if (mineToo) strikeAround(child)
    return write(...sent)
  }
  Object.assign(stdin, { write: writeAndWatch })
  return child
}
Object.assign(childProcess, { spawn: spawnAndWatch })

// Files are touched at once, so that nothing else runs in between (src/world/scope.ts).
for (const name of /** @type {const} */ (['rename', 'link', 'unlink'])) {
  const original = files[`${name}Sync`]
  /** @param {string[]} paths */
  const watched = (...paths) => {
    const mine = isIt(`${name} ${paths.join(' ')}`)
    if (mine && when === 'before') strike()
    const [from = '', to = ''] = paths
    original(from, to)
    if (mine) strike()
  }
  Object.assign(files, { [`${name}Sync`]: watched })
}
syncBuiltinESMExports()
