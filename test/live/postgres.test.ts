import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Failure } from '../../src/failure.ts'
import {
  findSuperuser,
  type PostgresServer,
  setPassword,
  signsIn,
  storedVerifier,
} from '../../src/live/postgres.ts'
import { scramVerifier } from '../../src/secrets/scram.ts'
import { Secret } from '../../src/secrets/secret.ts'
import { type Answer, container, scriptedStack } from './scripted-stack.ts'

// Messages as psql 15 prints them.
const overNetwork =
  'psql: error: connection to server at "postgres_db" (172.18.0.2), port 5432 failed:'
const overSocket =
  'psql: error: connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed:'
const paused = {
  exitCode: 1,
  stderr:
    'Error response from daemon: Container 1f2e is paused, unpause the container before exec\n',
}
const startingUp = {
  exitCode: 2,
  stderr: `${overNetwork} FATAL:  the database system is starting up\n`,
}
const database = container('postgres_db')
const password = new Secret('a-password-of-the-test')

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** What comes of it, with all pauses over at once. */
async function atOnce<Value>(promise: Promise<Value>): Promise<Value | Failure> {
  const settled = promise.catch((error: unknown) => {
    if (error instanceof Failure) return error
    throw error
  })
  await vi.runAllTimersAsync()
  return await settled
}

describe('findSuperuser', () => {
  const roles: Answer = ({ env: { PGUSER: role } }) => {
    if (role === 'postgres') return { stdout: 'on\n' }
    if (role === 'reader') return { stdout: 'off\n' }
    return { exitCode: 2, stderr: `${overSocket} FATAL:  role "${role}" does not exist\n` }
  }

  test('is the first that signs in and is one; names stay out of the arguments', async () => {
    const { stack, calls } = scriptedStack(roles)
    const candidates = ['--version', 'reader', 'reader', 'postgres', 'tracecat']
    expect(await atOnce(findSuperuser(stack, database, candidates))).toBe('postgres')
    expect(calls.map(({ env }) => env.PGUSER)).toEqual(['--version', 'reader', 'postgres'])
    for (const { how, command, timeoutMs } of calls) {
      expect({ how, command }).toMatchObject({ how: 'exec', command: calls[0]?.command })
      expect(command).not.toContain('--version')
      expect(timeoutMs).toBeGreaterThan(0)
    }
  })

  test('names those it tried, and why not', async () => {
    const { stack } = scriptedStack(roles)
    const failure = await atOnce(findSuperuser(stack, database, ['tracecat', 'reader']))
    expect(failure).toMatchObject({ kind: 'surroundings' })
    expect(String(failure)).toMatch(/tracecat: .*does not exist; reader: it is not a superuser/)
  })

  test.each([
    ['paused', paused],
    ['silent', { exitCode: undefined, timedOut: true }],
  ])('a container that is %s is asked once, not once for each role', async (_, answer) => {
    const { stack, calls } = scriptedStack(() => answer)
    const failure = await atOnce(findSuperuser(stack, database, ['tracecat', 'postgres']))
    expect(failure).toMatchObject({ kind: 'surroundings' })
    expect(String(failure)).toMatch(/paused|no answer in time/)
    expect(calls).toHaveLength(1)
  })

  test('waits for a server that is on its way up', async () => {
    let asked = 0
    const { stack } = scriptedStack(() => {
      asked += 1
      const down = `${overSocket} No such file or directory\n\tIs the server running locally?\n`
      return asked < 3 ? { exitCode: 2, stderr: down } : { stdout: 'on\n' }
    })
    expect(await atOnce(findSuperuser(stack, database, ['postgres']))).toBe('postgres')
  })
})

describe('storedVerifier', () => {
  const asked = (stdout: string) => {
    const { stack, calls } = scriptedStack(() => ({ stdout }))
    return { server: { stack, container: database, superuser: 'postgres' }, calls }
  }

  test('gives what the server keeps', async () => {
    const { server, calls } = asked('found|md547822528ab76fe9ed800d40f5f6f92ee\n')
    const verifier = await storedVerifier(server, "o'brien")
    expect(verifier instanceof Secret && verifier.reveal()).toBe(
      'md547822528ab76fe9ed800d40f5f6f92ee',
    )
    expect(calls[0]?.stdin).toContain("rolname = 'o''brien';")
  })

  test('tells a role without a password from no role', async () => {
    expect(await storedVerifier(asked('found|\n').server, 'a')).toBe('no password')
    expect(await storedVerifier(asked('').server, 'a')).toBe('no such role')
  })

  test('never takes a server that cannot be asked for one without the role', async () => {
    for (const answer of [paused, { exitCode: 2, stderr: `${overSocket} FATAL:  no\n` }]) {
      const { stack } = scriptedStack(() => answer)
      const server = { stack, container: database, superuser: 'postgres' }
      expect(await atOnce(storedVerifier(server, 'a'))).toBeInstanceOf(Failure)
    }
  })
})

describe('setPassword', () => {
  const verifier = scramVerifier(password)
  const serverThat = (answer: Answer) => {
    const { stack, calls } = scriptedStack(answer)
    const server: PostgresServer = { stack, container: database, superuser: 'postgres' }
    return { server, calls }
  }

  test('sends the verifier by standard input only', async () => {
    const { server, calls } = serverThat(() => ({}))
    await setPassword(server, 'trace"cat', verifier)
    expect(calls).toHaveLength(1)
    expect(calls[0]?.stdin).toContain(`ALTER ROLE "trace""cat" PASSWORD '${verifier.reveal()}';\n`)
    const visible = JSON.stringify([calls[0]?.command, calls[0]?.env])
    expect(visible).not.toContain('SCRAM')
    expect(visible).not.toContain('trace')
  })

  test('gives up later than the server does', async () => {
    const { server, calls } = serverThat(() => ({}))
    await setPassword(server, 'a', verifier)
    const seconds = /SET statement_timeout = '(\d+)s'/.exec(calls[0]?.stdin ?? '')?.[1]
    expect(Number(seconds) * 1000).toBeLessThan(calls[0]?.timeoutMs ?? 0)
  })

  test('never sends a password in clear', async () => {
    const { server, calls } = serverThat(() => ({}))
    await expect(setPassword(server, 'a', password)).rejects.toThrow('Only a verifier')
    expect(calls).toEqual([])
  })

  test.each([
    ['refuses', { exitCode: 3, stderr: `ERROR:  at or near "${verifier.reveal()}"\n` }],
    ['is paused', paused],
    ['is silent', { exitCode: undefined, timedOut: true }],
    ['stays away', startingUp],
  ])('a server that %s is a failure without the verifier', async (_, answer) => {
    const { server } = serverThat(() => answer)
    const failure = await atOnce(setPassword(server, 'a', verifier))
    expect(failure).toMatchObject({ kind: 'surroundings' })
    expect(String(failure)).not.toContain('SCRAM')
  })
})

describe('signsIn', () => {
  const answers = async (...script: ReturnType<Answer>[]) => {
    const { stack, calls } = scriptedStack(() => script[calls.length - 1] ?? script.at(-1) ?? {})
    const answer = await atOnce(signsIn(stack, database, '--help', password))
    return { answer, calls }
  }

  test('asks from another container, with nothing but the address of the server in arguments', async () => {
    const { answer, calls } = await answers({ stdout: '1\n' })
    expect(answer).toBe('yes')
    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject({
      how: 'runBeside',
      env: { PGHOST: 'postgres_db', PGUSER: '--help', PGPASSWORD: password.reveal() },
    })
    expect(calls[0]?.command.join(' ')).not.toMatch(/help|a-password/)
  })

  test.each([
    `${overNetwork} FATAL:  password authentication failed for user "a"`,
    `${overNetwork} FATAL:  password authentication failed for user "starting up"`,
    `${overNetwork} fe_sendauth: no password supplied`,
    `${overNetwork} FATAL:  role "a\nb" does not exist`,
    `${overNetwork} FATAL:  role "a" is not permitted to log in`,
  ])('refused: %s', async (stderr) => {
    const { answer, calls } = await answers({ exitCode: 2, stderr: `${stderr}\n` })
    expect(answer).toBe('refused')
    expect(calls).toHaveLength(1)
  })

  test.each([
    [
      'psql: error: could not translate host name "postgres_db" to address: Name or service not known',
      1,
    ],
    [`${overNetwork} timeout expired`, 1],
    [`${overNetwork} FATAL:  sorry, too many clients already`, 1],
    ['docker: Error response from daemon: network core not found.', 1],
    [`${overNetwork} Connection refused\n\tIs the server running on that host?`, 5],
    [`${overNetwork} FATAL:  the database system is starting up`, 5],
  ])('unreachable: %s', async (stderr, asked) => {
    const { answer, calls } = await answers({ exitCode: 2, stderr: `${stderr}\n` })
    expect(answer).toEqual({ unreachable: stderr.split('\n')[0] })
    expect(calls).toHaveLength(asked)
  })

  test('says yes once a starting server is up, and never without an answer', async () => {
    expect((await answers(startingUp, startingUp, { stdout: '1\n' })).answer).toBe('yes')
    expect((await answers({ stdout: '' })).answer).toEqual({ unreachable: 'exit code 0' })
    expect((await answers({ exitCode: undefined, timedOut: true })).answer).toEqual({
      unreachable: 'no answer in time',
    })
  })

  test('Docker that does not answer is unreachable; a fault of ours stays one', async () => {
    const { stack: silent } = scriptedStack(() => {
      throw new Failure('surroundings', 'Docker does not answer')
    })
    expect(await atOnce(signsIn(silent, database, 'a', password))).toEqual({
      unreachable: 'Docker does not answer',
    })
    const { stack: faulty } = scriptedStack(() => {
      throw new TypeError('fault')
    })
    await expect(signsIn(faulty, database, 'a', password)).rejects.toThrow('fault')
  })
})
