import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'

/** What bash's `time` says of the processor goes to a file of its own; the exit code is the command's. */
const timed = 'TIMEFORMAT="%U %S"; { time "$@" 2>&3; } 3>&2 2>"$CI_CPU"'

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/**
 * Runs a program without standard input, its output in a file.
 * @param {readonly string[]} command
 * @param {{ output: string, cpu: string, env: Readonly<Record<string, string>> }} to
 * @returns {Promise<{ exitCode: number, seconds: number, cpuSeconds: number }>}
 */
export async function runProgram(command, { output, cpu, env }) {
  const log = openSync(output, 'w')
  const began = performance.now()
  // A group of its own, so that it ends with all that it has started.
  const child = spawn('bash', ['-c', timed, 'bash', ...command], {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...env, CI_CPU: cpu },
    detached: true,
  })
  closeSync(log)
  running.add(child)
  const exitCode = await new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1))
    child.once('error', () => resolve(127))
  })
  running.delete(child)
  const seconds = (performance.now() - began) / 1000
  return { exitCode, seconds, cpuSeconds: sumOf(cpu) }
}

/** Asks all that runs to end. */
export function endPrograms() {
  for (const { pid } of running) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGTERM')
    } catch {
      // It has ended just now.
    }
  }
}

/** @param {string} file */
function sumOf(file) {
  try {
    const words = readFileSync(file, 'utf8').trim().split(/\s+/)
    return words.reduce((sum, word) => sum + (Number(word) || 0), 0)
  } catch {
    return 0
  }
}
