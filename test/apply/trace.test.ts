import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { temporaryFolder } from '../world/fake.ts'
import { childProgram, runNode } from './program.ts'
import { after, before, layOut, sampleSecret, snapshot } from './samples.ts'

// Many syncs and processes: a loaded machine needs longer than usual.
vi.setConfig({ testTimeout: 30_000 })

const program = childProgram()
const hasStrace = spawnSync('strace', ['-V']).status === 0

/** The system calls of an apply in `root`, in the order in which they were done. */
async function traceApply(root: string): Promise<readonly string[]> {
  const log = join(temporaryFolder(), 'trace')
  const calls =
    'execve,openat,write,pwrite64,writev,fchmod,chmod,fsync,fdatasync,rename,renameat,renameat2'
  const strace = ['-f', '-y', '-s', '4096', '-e', `trace=${calls}`, '-o', log]
  // umask 000: whatever we leave to chance is open to everybody.
  const script = `umask 000; exec strace ${strace.join(' ')} '${process.execPath}' '${program()}' apply '${root}'`
  const done = spawnSync('sh', ['-c', script], { encoding: 'utf8' })
  expect([done.status, done.stderr]).toEqual([0, ''])
  return joinUnfinished(readFileSync(log, 'utf8').split('\n'))
}

/** strace splits calls of concurrent threads: put them together where they end. */
function joinUnfinished(lines: readonly string[]): readonly string[] {
  const open = new Map<string, string>()
  const whole: string[] = []
  for (const line of lines) {
    const [, thread = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
    const [, start] = /^(.*) <unfinished \.\.\.>$/.exec(text) ?? []
    const [, rest] = /^<\.\.\. \w+ resumed>(.*)$/.exec(text) ?? []
    if (start !== undefined) open.set(thread, start)
    else if (rest !== undefined) whole.push((open.get(thread) ?? '') + rest)
    else whole.push(text)
  }
  return whole
}

test.skipIf(!hasStrace)(
  'the system sees: synced before renamed, closed to others, no secret in an argument (needs strace)',
  async () => {
    const root = temporaryFolder()
    layOut(root)
    const calls = await traceApply(root)
    expect(snapshot(root)).toEqual(after)

    const at = (pattern: RegExp, from = 0) =>
      calls.findIndex((call, index) => index >= from && pattern.test(call))
    const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

    for (const call of calls)
      if (call.startsWith('execve')) expect(call).not.toContain(sampleSecret)

    const created = calls.filter((call) => call.includes('O_CREAT') && call.includes(root))
    expect(created.length).toBeGreaterThan(10)
    for (const call of created) {
      expect(call).toMatch(/O_EXCL/)
      expect(call).toMatch(/O_NOFOLLOW/)
      expect(call).toMatch(/, 0[0-6]00\)/)
    }

    const holders = calls.flatMap((call) => {
      const [, path] = /^(?:write|pwrite64|writev)\(\d+<([^>]+)>/.exec(call) ?? []
      return path !== undefined && call.includes(sampleSecret) ? [path] : []
    })
    expect(holders).toHaveLength(1)
    for (const path of holders) {
      const modes = calls.filter((call) => call.startsWith('fchmod') && call.includes(`<${path}>`))
      for (const call of modes) expect(call).toMatch(/, 0[0-6]00\)/)
    }

    const renames = calls.flatMap((call, index) => {
      const [, from, to] =
        /^rename\w*\((?:AT_FDCWD[^,]*, )?"([^"]+)", (?:AT_FDCWD[^,]*, )?"([^"]+)"/.exec(call) ?? []
      return from === undefined || to === undefined ? [] : [{ index, from, to }]
    })
    // Five new files, and the journal twice.
    expect(renames).toHaveLength(7)
    const committed = renames.filter(({ to }) => to.endsWith('journal.json'))[1]?.index ?? -1
    for (const { index, from, to } of renames) {
      const written = at(new RegExp(`^(write|pwrite64)\\(\\d+<${literal(from)}>`))
      const synced = at(new RegExp(`^fsync\\(\\d+<${literal(from)}>`), written)
      const named = at(new RegExp(`^fsync\\(\\d+<${literal(dirname(to))}>`), index)
      expect([to, written >= 0, synced > written, synced < index]).toEqual([to, true, true, true])
      // The folder is synced after this rename and before the next one.
      const next = renames.find((other) => other.index > index)?.index ?? calls.length
      expect([to, named > index, named < next]).toEqual([to, true, true])
      // No file is switched over before the journal says so, and every copy is on disk by then.
      if (to.endsWith('journal.json')) continue
      expect([to, index > committed, synced < committed]).toEqual([to, true, true])
    }
  },
  30_000,
)

test('an interrupt during an apply does not end it midway', async () => {
  const root = temporaryFolder()
  layOut(root)
  const late = await runNode([program(), 'apply', root], { INTERRUPT_AT: '.env' })
  expect([late.exitCode, late.signal]).toEqual([0, null])
  expect(snapshot(root)).toEqual(after)
})

test('an interrupt before the commit point undoes it', async () => {
  const root = temporaryFolder()
  layOut(root)
  const early = await runNode([program(), 'apply', root], { INTERRUPT_AT: 'journal.json' })
  expect(early.stderr).toContain('Canceled. Nothing was changed.')
  expect(snapshot(root)).toEqual(before)
})
