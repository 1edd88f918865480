import { spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { Masker } from '../../src/secrets/masker.ts'
import { Secret } from '../../src/secrets/secret.ts'
import { realProcesses } from '../../src/world/real-processes.ts'
import { childProgram, ended } from '../apply/program.ts'
import { temporaryFolder } from './fake.ts'

// Many syncs and processes: a loaded machine needs longer than usual.
vi.setConfig({ testTimeout: 30_000 })

const processes = realProcesses(new Masker())
const timeoutMs = 10_000

describe('a program', () => {
  test('gets its arguments as they are, through no shell', async () => {
    const args = ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '$HOME; `id`', '']
    expect(await processes.run(process.execPath, args, { timeoutMs })).toEqual({
      exitCode: 0,
      timedOut: false,
      stdout: '["$HOME; `id`",""]\n',
      stderr: '',
    })
  })

  test('gets folder, environment and standard input, which is closed otherwise', async () => {
    const cwd = temporaryFolder()
    const script = 'pwd; echo "$GIVEN"; cat; exit 3'
    const options = { cwd, env: { GIVEN: 'value' }, timeoutMs }
    const given = await processes.run('sh', ['-c', script], { ...options, stdin: 'input' })
    expect(given).toMatchObject({ exitCode: 3, stdout: `${cwd}\nvalue\ninput` })
    const closed = await processes.run('sh', ['-c', script], options)
    expect(closed).toMatchObject({ exitCode: 3, stdout: `${cwd}\nvalue\n` })
  })

  test('does not get a variable of ours that is taken out', async () => {
    vi.stubEnv('TAKEN_OUT', 'ours')
    try {
      const script = 'echo "${TAKEN_OUT-not set}"'
      const told = await processes.run('sh', ['-c', script], { timeoutMs })
      expect(told).toMatchObject({ stdout: 'ours\n' })
      const env = { TAKEN_OUT: undefined }
      const taken = await processes.run('sh', ['-c', script], { env, timeoutMs })
      expect(taken).toMatchObject({ stdout: 'not set\n' })
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('that is not installed is missing; a missing folder is a fault of ours', async () => {
    expect(await processes.run('no-such-program-here', [], { timeoutMs })).toBe('missing')
    await expect(processes.run('sh', [], { cwd: '/no/such', timeoutMs })).rejects.toThrow('ENOENT')
  })

  test('gets no more memory than it may have, and is missing all the same where it is not there', async () => {
    const half = ['if=/dev/zero', 'of=/dev/null', 'bs=512M', 'count=1']
    const limit = { timeoutMs, memoryKiB: 200_000 }
    expect(await processes.run('dd', half, { timeoutMs })).toMatchObject({ exitCode: 0 })
    expect(await processes.run('dd', half, limit)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/memory/),
    })
    expect(await processes.run('no-such-program', [], limit)).toBe('missing')
  })

  test('that the system does not start says why', async () => {
    const tooLong = await processes.run('sh', ['-c', ':', 'x'.repeat(1024 * 1024)], { timeoutMs })
    expect(tooLong).toMatchObject({ exitCode: undefined, stderr: 'spawn E2BIG' })
    const folder = await processes.run(temporaryFolder(), [], { timeoutMs })
    expect(folder).toMatchObject({ exitCode: undefined, stderr: expect.stringMatching(/EACCES$/) })
  })

  test('that does not read what it is given is no fault', async () => {
    const stdin = 'x'.repeat(1024 * 1024)
    const result = await processes.run('sh', ['-c', 'exec <&-; sleep 0.2'], { stdin, timeoutMs })
    expect(result).toMatchObject({ exitCode: 0 })
  })

  test('ends with all that it started when its time is up', async () => {
    const script = 'sleep 60 & echo $!; wait'
    const result = await processes.run('sh', ['-c', script], { timeoutMs: 300 })
    expect(result).toMatchObject({ exitCode: undefined, timedOut: true })
    const grandchild = result === 'missing' ? 0 : Number(result.stdout)
    await expect
      .poll(() => processes.identity(grandchild), { timeout: 3_000, interval: 50 })
      .toBe('gone')
  })

  test('that does not listen to the end of its time is killed', async () => {
    const result = await processes.run('sh', ['-c', 'trap "" TERM; sleep 60; sleep 60'], {
      timeoutMs: 100,
    })
    expect(result).toMatchObject({ exitCode: undefined, timedOut: true })
  })

  test('that never stops printing is stopped', async () => {
    const result = await processes.run('sh', ['-c', 'yes'], { timeoutMs })
    expect(result).toMatchObject({ exitCode: undefined, timedOut: false })
    expect(result === 'missing' ? 0 : result.stdout.length).toBeLessThanOrEqual(8 * 1024 * 1024)
  })

  test('never gets a learned secret as an argument', async () => {
    const masker = new Masker()
    const secret = new Secret('r7Yp2c9Qn4Xb6Vt8Ks1L')
    masker.learn(secret)
    const run = realProcesses(masker).run
    const args = ['-c', `echo PASSWORD=${secret.reveal()}`]
    const failure = await run('sh', args, { timeoutMs }).catch(String)
    expect(failure).toBe('Error: An argument of sh holds a secret: every user of the host sees it')
    const env = { PASSWORD: secret.reveal() }
    const result = await run('sh', ['-c', 'echo "$PASSWORD"'], { env, timeoutMs })
    expect(result).toMatchObject({ stdout: `${secret.reveal()}\n` })
  })
})

test('a slow program is told of once, a fast one not at all', async () => {
  const tell = vi.fn()
  await processes.run('sh', ['-c', 'sleep 0.5'], { timeoutMs, whenSlow: { afterMs: 100, tell } })
  expect(tell).toHaveBeenCalledTimes(1)
  await processes.run('sh', ['-c', ':'], { timeoutMs, whenSlow: { afterMs: 5_000, tell } })
  expect(tell).toHaveBeenCalledTimes(1)
})

describe('an interrupt while a program runs', () => {
  const program = childProgram()

  /** To the whole process group of ours, as the terminal does it; and once more for the impatient. */
  const interrupted = async (kind: string, signal: NodeJS.Signals) => {
    const child = spawn(process.execPath, [program(), 'wait', kind], { detached: true })
    const end = ended(child)
    child.stdout.once('data', () => {
      process.kill(-(child.pid ?? Number.NaN), signal)
      setTimeout(() => child.kill(signal), 200)
    })
    const { stdout, ...how } = await end
    return { ...how, said: stdout.trim().split('\n').slice(1).join() }
  }

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s', async (signal) => {
    const [finished, noted, unheld] = await Promise.all([
      interrupted('finish', signal),
      interrupted('note', signal),
      interrupted('nothing', signal),
    ])
    expect(finished).toMatchObject({
      exitCode: 0,
      said: JSON.stringify({ requested: true, stdout: 'ended\n' }),
    })
    expect(noted).toMatchObject({
      exitCode: 0,
      said: JSON.stringify({ requested: true, stdout: '' }),
    })
    expect(unheld).toMatchObject({ exitCode: null, signal, said: '' })
  })
})

describe('an identity', () => {
  test('stays, and differs between two processes', async () => {
    const own = await processes.identity(process.pid)
    await wait(20)
    expect(await processes.identity(process.pid)).toEqual(own)
    const other = await processes.run('sh', ['-c', 'cut -d" " -f22 /proc/$$/stat'], { timeoutMs })
    if (process.platform !== 'linux' || other === 'missing' || own === 'gone') return
    expect(own.started).not.toBe(other.stdout.trim())
    expect(own.started).toMatch(/^\d+$/)
    expect(own.boot).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('of a process that does not run is gone', async () => {
    const result = await processes.run('sh', ['-c', 'echo $$'], { timeoutMs })
    expect(await processes.identity(result === 'missing' ? 0 : Number(result.stdout))).toBe('gone')
  })
})
