/**
 * A client outside of the stack's Compose project: connects anew ten times a second, reads and writes, and
 * keeps one session open besides. Which URL it uses stands in a file, so that it can be told a new one.
 * On SIGTERM it prints what it saw, as JSON.
 */
import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

interface Phase {
  ok: number
  refused: number
  unreachable: number
  firstRefused: number
  lastRefused: number
}

interface Client {
  readonly program: string
  readonly args: readonly string[]
  /** Writes one and reads it, on a connection of its own. */
  readonly once: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly ok: RegExp
}

const [server = '', urlFile = ''] = process.argv.slice(2)
const everyMs = 100
const refusedWords = /password authentication failed|WRONGPASS|NOAUTH/
const phases: Record<string, Phase> = {}
let acknowledged = 0
let lastOk = Date.now()
let longestGapMs = 0
let sessionWrites = 0
let sessionEnded = 0
let stopping = false

let lastUrl: URL | undefined

/** While a new one is copied over the file, it is not there or empty for a moment: then the last one counts. */
function currentUrl(): URL {
  const text = readUrl()
  if (/#(?:old|new)$/.test(text)) lastUrl = new URL(text)
  if (lastUrl === undefined) throw new Error(`${urlFile} holds no URL`)
  return lastUrl
}

function readUrl(): string {
  try {
    return readFileSync(urlFile, 'utf8').trim()
  } catch {
    return ''
  }
}

function clientOf(target: URL): Client {
  const password = decodeURIComponent(target.password)
  if (server === 'postgres') {
    const user = decodeURIComponent(target.username)
    const connection = ['-h', target.hostname, '-U', user, '-d', 'postgres']
    const sql = "INSERT INTO watched DEFAULT VALUES; SELECT 'written', count(*) > 0 FROM watched"
    return {
      program: 'psql',
      args: ['-Xqtw', '-v', 'ON_ERROR_STOP=1', ...connection],
      once: ['-c', sql],
      env: { ...process.env, PGPASSWORD: password, PGCONNECT_TIMEOUT: '3', LC_ALL: 'C' },
      ok: /written/,
    }
  }
  return {
    program: 'redis-cli',
    args: ['-h', target.hostname],
    once: ['EVAL', "return 'written' .. redis.call('INCR', 'watched')", '0'],
    env: { ...process.env, REDISCLI_AUTH: password },
    ok: /written\d/,
  }
}

function phaseOf(name: string): Phase {
  const phase = phases[name] ?? {
    ok: 0,
    refused: 0,
    unreachable: 0,
    firstRefused: 0,
    lastRefused: 0,
  }
  phases[name] = phase
  return phase
}

function attempt(): Promise<void> {
  const target = currentUrl()
  const { program, args, once, env, ok } = clientOf(target)
  const started = Date.now()
  return new Promise((done) => {
    execFile(program, [...args, ...once], { env, timeout: 5000 }, (error, stdout, stderr) => {
      const phase = phaseOf(target.hash)
      if (error === null && ok.test(stdout)) {
        phase.ok += 1
        acknowledged += 1
        longestGapMs = Math.max(longestGapMs, Date.now() - lastOk)
        lastOk = Date.now()
      } else if (refusedWords.test(`${stdout}${stderr}`)) {
        phase.refused += 1
        phase.firstRefused ||= started
        phase.lastRefused = started
        lastOk = Date.now()
      } else phase.unreachable += 1
      done()
    })
  })
}

/** One session for as long as it lasts. */
function hold(): void {
  const { program, args, env } = clientOf(currentUrl())
  const session = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'ignore'] })
  const line = server === 'postgres' ? "SELECT 'held';\n" : 'PING held\n'
  const timer = setInterval(() => session.stdin.write(line), everyMs)
  let answered = false
  session.stdin.on('error', () => undefined)
  session.stdout.on('data', (bytes) => {
    answered = true
    sessionWrites += String(bytes).split('held').length - 1
  })
  session.on('exit', () => {
    clearInterval(timer)
    if (stopping) return
    if (answered) sessionEnded += 1
    setTimeout(hold, everyMs)
  })
}

process.on('SIGTERM', () => {
  stopping = true
})
hold()
while (!stopping) {
  const next = Date.now() + everyMs
  await attempt()
  await new Promise((proceed) => setTimeout(proceed, Math.max(0, next - Date.now())))
}
const seen = { phases, acknowledged, longestGapMs, sessionWrites, sessionEnded }
process.stdout.write(`${JSON.stringify(seen)}\n`)
process.exit(0)
