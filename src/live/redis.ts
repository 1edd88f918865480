import type { Container } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { mask, type Secret } from '../secrets/secret.ts'
import {
  isUnreachable,
  outcome,
  programTimeoutMs,
  reasonOf,
  type SignIn,
  type Unreachable,
  untilUp,
} from './sign-in.ts'
import type { Stack } from './stack.ts'

/**
 * `on`: everything written from now on is in the append-only file, and it is complete. `rewriting`: it will be.
 * `failing`: it is on, and could not be written.
 */
export type Appends = 'on' | 'off' | 'rewriting' | 'failing'

type Command = readonly [string, ...string[]]

const starting = /^LOADING|Connection refused/
const noPasswordNeeded = /^ERR AUTH <password> called without any password/
const notAPassword = /password you are trying to remove from the user does not exist/
const betweenLooksMs = 250

/**
 * Does Redis take this password, of its user `default`? A Redis that needs none refuses every one.
 * @param password undefined asks whether it needs none
 */
export async function accepts(
  stack: Stack,
  container: Container,
  password: Secret | undefined,
): Promise<SignIn> {
  const ask = async (): Promise<SignIn> => {
    const lines = await converse(stack, container, password, ['PING'])
    if (isUnreachable(lines)) return lines
    const [first = '', second = ''] = lines
    if (/^(?:WRONGPASS|NOAUTH)\b/.test(first) || noPasswordNeeded.test(first)) return 'refused'
    const reply = password === undefined ? first : second
    if (reply === 'PONG' && (password === undefined || first === 'OK')) return 'yes'
    return { unreachable: reply || first }
  }
  return await untilUp(stack, ask, starting)
}

/**
 * Makes another password valid beside the ones that are. Open connections stay. Until the container is
 * recreated: what it starts with is not touched.
 * @param using a password that is valid; a Redis that needs none would shut everybody out by this
 * @throws Failure('surroundings') where `using` is not taken or Redis does not answer
 */
export async function allowAlso(
  stack: Stack,
  container: Container,
  using: Secret,
  added: Secret,
): Promise<void> {
  const [reply = ''] = await perform(stack, container, using, setUser('>', added))
  if (reply !== 'OK') throw failed(container, reply)
}

/**
 * Ends a password; open connections stay, also those that were opened with it (measured with Redis 7.0.15).
 * One that is not valid is no error: it has been ended before.
 * @param using another password that is valid, and stays
 * @throws Failure('surroundings') where `using` is not taken or Redis does not answer
 */
export async function endPassword(
  stack: Stack,
  container: Container,
  using: Secret,
  ended: Secret,
): Promise<void> {
  if (using.reveal() === ended.reveal()) throw new Error('That would end the last password')
  const [reply = ''] = await perform(stack, container, using, setUser('<', ended))
  if (reply !== 'OK' && !notAPassword.test(reply)) throw failed(container, reply)
}

/**
 * How the append-only file is: only with `on` may the container be recreated without losing data.
 * @param using undefined where Redis needs no password
 * @throws Failure('surroundings') where `using` is not taken or Redis does not answer
 */
export async function appends(
  stack: Stack,
  container: Container,
  using: Secret | undefined,
): Promise<Appends> {
  const lines = await perform(stack, container, using, ['INFO', 'persistence'])
  const facts = new Map(lines.map((line) => [line.split(':')[0], line.split(':')[1]]))
  if (facts.get('aof_enabled') !== '1') return 'off'
  const busy = ['aof_rewrite_in_progress', 'aof_rewrite_scheduled']
  if (busy.some((name) => facts.get(name) === '1')) return 'rewriting'
  const healthy = ['aof_last_bgrewrite_status', 'aof_last_write_status']
  return healthy.every((name) => facts.get(name) === 'ok') ? 'on' : 'failing'
}

/**
 * Turns the append-only file on and waits until it holds all data: a Redis that starts with
 * `--appendonly yes` reads that file alone, and starts empty where there is none (measured with Redis 7.0.15).
 * @param limitMs for the first rewrite
 * @throws Failure('surroundings') where it is not complete by then, or Redis does not answer
 */
export async function turnOnAppends(
  stack: Stack,
  container: Container,
  using: Secret | undefined,
  limitMs = 120_000,
): Promise<void> {
  const [reply = ''] = await perform(stack, container, using, [
    'CONFIG',
    'SET',
    'appendonly',
    'yes',
  ])
  if (reply !== 'OK') throw failed(container, reply)
  for (const end = stack.now().getTime() + limitMs; ; await stack.pause(betweenLooksMs)) {
    const state = await appends(stack, container, using)
    if (state === 'on') return
    if (stack.now().getTime() >= end) throw failed(container, `its append-only file is ${state}`)
  }
}

function setUser(sign: '>' | '<', password: Secret): Command {
  return ['ACL', 'SETUSER', 'default', `${sign}${password.reveal()}`]
}

/** The lines that a command answers. Nothing is sent before the password was taken: without one, Redis would obey too. */
async function perform(
  stack: Stack,
  container: Container,
  using: Secret | undefined,
  command: Command,
): Promise<readonly string[]> {
  const answer = await accepts(stack, container, using)
  if (answer === 'refused') throw failed(container, 'it does not take the password that we have')
  const lines = isUnreachable(answer) ? answer : await converse(stack, container, using, command)
  if (isUnreachable(lines)) throw failed(container, lines.unreachable)
  return using === undefined ? lines : lines.slice(1)
}

/**
 * What redis-cli prints, without blank lines: with a password, the answer to AUTH comes first. It exits 0
 * whatever Redis answers (measured with redis-cli 7.0.15).
 */
async function converse(
  stack: Stack,
  container: Container,
  password: Secret | undefined,
  command: Command,
): Promise<readonly string[] | Unreachable> {
  const sent: Command[] =
    password === undefined ? [command] : [['AUTH', password.reveal()], command]
  const result = await outcome(
    stack.exec(container, ['redis-cli'], {
      // Always set: the container's own would sign in for us.
      env: { REDISCLI_AUTH: password?.reveal() ?? '' },
      stdin: sent.map((words) => `${words.map(quoted).join(' ')}\n`).join(''),
      timeoutMs: programTimeoutMs,
    }),
  )
  if (isUnreachable(result)) return result
  const lines = result.stdout.split(/\r?\n/).filter((line) => line !== '')
  return result.exitCode === 0 && lines.length > 0 ? lines : { unreachable: reasonOf(result) }
}

/** A word for redis-cli's parser of lines: all but plain ASCII as `\xHH` between double quotes. */
function quoted(word: string): string {
  const bytes = [...Buffer.from(word)].map((byte) => {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
    return isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`
  })
  return `"${bytes.join('')}"`
}

/** Redis repeats the password in its complaint about one. */
function failed({ service }: Container, why: string): Failure {
  const safe = why.replace(/modifier '.*'/s, `modifier '${mask}'`)
  return new Failure('surroundings', `${service} could not be changed or asked: ${safe}`)
}
