import { spawn } from 'node:child_process'
import { PassThrough, Readable } from 'node:stream'
import { build } from 'esbuild'
import { describe, expect, test, vi } from 'vitest'
import { Masked } from '../../src/secrets/masked.ts'
import { readingKeys } from '../../src/world/reading-keys.ts'
import { callingUser } from '../../src/world/real.ts'
import { realTerminal } from '../../src/world/real-terminal.ts'
import { temporaryFolder } from './fake.ts'

// Many syncs and processes: a loaded machine needs longer than usual.
vi.setConfig({ testTimeout: 30_000 })

function streams(parts: { tty?: boolean; inputTty?: boolean; columns?: number; input?: Buffer[] }) {
  const output = Object.assign(new PassThrough(), {
    isTTY: parts.tty ?? false,
    columns: parts.columns ?? 120,
  })
  const input = Object.assign(Readable.from(parts.input ?? []), { isTTY: parts.inputTty ?? false })
  return { input, output, errors: new PassThrough() }
}

describe('a prompt', () => {
  test('goes on reading after Ctrl-Z and fg, and nothing listens when it is answered', async () => {
    const input = new PassThrough()
    const listeners = process.listenerCount('SIGCONT')
    await readingKeys(input, async () => {
      input.pause()
      process.kill(process.pid, 'SIGCONT')
      await vi.waitFor(() => expect(input.isPaused()).toBe(false))
    })
    expect(process.listenerCount('SIGCONT')).toBe(listeners)
  })

  test('is made as on any terminal where TERM is dumb', async () => {
    vi.stubEnv('TERM', 'dumb')
    const made = await readingKeys(new PassThrough(), async () => process.env.TERM)
    expect([made, process.env.TERM]).toEqual([undefined, 'dumb'])
    vi.unstubAllEnvs()
  })
})

describe('the terminal', () => {
  test.each([
    ['a terminal', {}, false, true, true],
    ['a pipe', {}, false, false, false],
    ['NO_COLOR', { NO_COLOR: '1' }, false, true, false],
    ['an empty NO_COLOR', { NO_COLOR: '' }, false, true, true],
    ['a dumb terminal', { TERM: 'dumb' }, false, true, false],
    ['--no-color', {}, true, true, false],
  ])('color with %s', (_, env, noColor, tty, color) => {
    expect(realTerminal(env, noColor, streams({ tty })).color).toBe(color)
  })

  test('asks only where both ends are a person', () => {
    const interactive = (tty: boolean, inputTty: boolean) =>
      realTerminal({}, false, streams({ tty, inputTty })).interactive
    expect([interactive(true, true), interactive(true, false), interactive(false, true)]).toEqual([
      true,
      false,
      false,
    ])
  })

  test('wraps at its width, elsewhere at 80', () => {
    const columns = (tty: boolean) =>
      realTerminal({}, false, streams({ tty, columns: 132 })).columns
    expect([columns(true), columns(false)]).toEqual([132, 80])
  })

  test('prints results and messages apart, a line each', () => {
    const { input, output, errors } = streams({})
    const terminal = realTerminal({}, false, { input, output, errors })
    terminal.out(Masked.trusted('result'))
    terminal.err(Masked.trusted('message'))
    expect([String(output.read()), String(errors.read())]).toEqual(['result\n', 'message\n'])
  })

  test('reads all input, as UTF-8, up to a limit', async () => {
    const read = (input: Buffer[]) =>
      realTerminal({}, false, streams({ input }))
        .readInput()
        .catch((error: unknown) => error)
    const letter = Buffer.from('ä')
    expect(await read([letter.subarray(0, 1), letter.subarray(1)])).toBe('ä')
    expect(await read([letter.subarray(0, 1)])).toMatchObject({ kind: 'badInput' })
    expect(await read([Buffer.alloc(1024 * 1024 + 1)])).toMatchObject({ kind: 'badInput' })
  })

  test('does not mind a reader that has seen enough', async () => {
    const outfile = `${temporaryFolder()}/print.mjs`
    await build({
      stdin: {
        contents: `
          import { Masked } from './src/secrets/masked.ts'
          import { realTerminal } from './src/world/real-terminal.ts'
          const terminal = realTerminal({}, false)
          for (let line = 0; line < 50000; line += 1) terminal.out(Masked.trusted('a line of text'))
          terminal.err(Masked.trusted('done'))`,
        resolveDir: `${import.meta.dirname}/../..`,
        loader: 'ts',
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
    })
    const script = `'${process.execPath}' '${outfile}' | head -n 1`
    const child = spawn('bash', ['-o', 'pipefail', '-c', script])
    let stderr = ''
    child.stderr.on('data', (data) => {
      stderr += data
    })
    const exitCode = await new Promise((resolve) => child.on('close', resolve))
    expect([exitCode, stderr]).toEqual([0, 'done\n'])
  })
})

test('output on a full disk is said once, and ends nothing midway', async () => {
  const output = Object.assign(new PassThrough(), { columns: 80 })
  const errors = new PassThrough()
  const parts = { input: Readable.from([]), output, errors }
  for (const noColor of [false, true]) realTerminal({}, noColor, parts)
  const before = process.exitCode
  try {
    output.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC' }))
    output.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC' }))
    errors.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC' }))
    expect(process.exitCode).toBe(3)
    expect(String(errors.read())).toBe(
      'Standard output cannot be written (ENOSPC): what was printed is incomplete.\n',
    )
  } finally {
    process.exitCode = before
  }
})

test('new files belong to who called sudo, where we are root', () => {
  const env = { SUDO_UID: '1000', SUDO_GID: '1001' }
  expect(callingUser(env, 0)).toEqual({ uid: 1000, gid: 1001 })
  expect(callingUser(env, 1000)).toBeUndefined()
  expect(callingUser({}, 0)).toBeUndefined()
  expect(callingUser({ ...env, SUDO_UID: '-1' }, 0)).toBeUndefined()
})
