import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { acquireLock } from '../../src/apply/lock.ts'
import { sha256 } from '../../src/apply/state-folder.ts'
import type { Files } from '../../src/world/files.ts'
import type { ProcessIdentity } from '../../src/world/process.ts'
import type { World } from '../../src/world/world.ts'
import { fakeWorld, temporaryFolder } from '../world/fake.ts'
import { MemoryDisk } from '../world/memory-files.ts'
import { childProgram } from './program.ts'

// Many syncs and processes: a loaded machine needs longer than usual.
vi.setConfig({ testTimeout: 30_000 })

const folder = '/install/.tracecat-harden'
const path = `${folder}/lock`

/** A world where each process in `running` is alive; `act` comes before every operation on the disk. */
function worldOf(
  disk: MemoryDisk,
  processId: number,
  running: ReadonlySet<number>,
  act: () => Promise<void> = async () => undefined,
): World {
  const base = fakeWorld()
  const identity = async (id: number): Promise<ProcessIdentity | 'gone'> =>
    running.has(id) ? { host: 'host', boot: 'boot', started: `s${id}` } : 'gone'
  const files = slowed(disk.files(), act)
  return { ...base, files, processId, processes: { ...base.processes, identity } }
}

function slowed(files: Files, act: () => Promise<void>): Files {
  const first =
    <Args extends unknown[], Result>(next: (...args: Args) => Promise<Result>) =>
    async (...args: Args) => {
      await act()
      return await next(...args)
    }
  return {
    ...files,
    read: first(files.read),
    list: first(files.list),
    create: first(files.create),
    link: first(files.link),
    remove: first(files.remove),
  }
}

function holder(over: object): string {
  const holder = { version: 1, nonce: 'abcdefghijkl', processId: 7, host: 'host', boot: 'boot' }
  return JSON.stringify({ ...holder, started: 's7', since: '2026-01-01T00:00:00.000Z', ...over })
}

describe('a lock', () => {
  test('keeps a second run out until it is released', async () => {
    const disk = new MemoryDisk(folder)
    const running = new Set([1, 2])
    const lock = await acquireLock(worldOf(disk, 1, running), path)
    await expect(acquireLock(worldOf(disk, 2, running), path)).rejects.toMatchObject({
      kind: 'surroundings',
      message:
        'Another tracecat-harden (process 1 on host) is at work here since 2026-11-23T16:00:00.000Z',
    })
    await lock.release()
    expect(disk.contents(folder)).toEqual({})
    await acquireLock(worldOf(disk, 2, running), path)
  })

  test.each([
    ['its process is gone', {}, true],
    ['its process id is used again', { processId: 2, started: 'earlier' }, true],
    ['the host was started anew', { processId: 2, started: 's2', boot: 'other' }, true],
    ['its process runs', { processId: 2, started: 's2' }, false],
    ['nobody knows when its process started', { processId: 2, started: '' }, false],
    ['it is of another host, which cannot be asked', { host: 'other' }, false],
  ])('where %s', async (_, over, isTaken) => {
    const disk = new MemoryDisk(folder)
    disk.put(path, holder(over))
    const take = acquireLock(worldOf(disk, 1, new Set([1, 2])), path)
    if (isTaken) await (await take).release()
    else await expect(take).rejects.toThrow('is at work here')
    expect(Object.keys(disk.contents(folder))).toEqual(isTaken ? [] : ['lock'])
  })

  test('that is not ours is not touched', async () => {
    const disk = new MemoryDisk(folder)
    disk.put(path, 'of another program')
    await expect(acquireLock(worldOf(disk, 1, new Set([1])), path)).rejects.toThrow(
      'is not one of ours, or damaged',
    )
    expect(disk.contents(folder)).toEqual({ lock: '644 of another program' })
  })

  test('has one owner at a time, however takers of a dead one interleave and crash', async () => {
    const crashes = fc.array(fc.option(fc.nat(14), { freq: 2 }), { minLength: 3, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), crashes, async (scheduler, crashAt) => {
        const disk = new MemoryDisk(folder)
        disk.put(path, holder({}))
        const running = new Set([101, 102, 103])
        let owners = 0
        let everOwned = 0
        const taker = async (processId: number, crash: number | null | undefined) => {
          let left = crash ?? Number.POSITIVE_INFINITY
          const world = worldOf(disk, processId, running, async () => {
            await scheduler.schedule(Promise.resolve(), `${processId}`)
            left -= 1
            if (left >= 0) return
            running.delete(processId)
            throw new Error('crashed')
          })
          const lock = await acquireLock(world, path)
          owners += 1
          everOwned += 1
          expect(owners).toBe(1)
          await scheduler.schedule(Promise.resolve(), `${processId} works`)
          owners -= 1
          await lock.release()
        }
        const takers = [...running].map((processId, index) =>
          taker(processId, crashAt[index]).catch((error: unknown) => {
            if (!/at work here|crashed/.test(String(error))) throw error
          }),
        )
        await scheduler.waitFor(Promise.all(takers))
        if (crashAt.every((crash) => crash === null)) {
          expect(everOwned).toBeGreaterThan(0)
          expect(disk.contents(folder)).toEqual({})
        }
        // Whatever they left, a later run gets in.
        await acquireLock(worldOf(disk, 200, new Set([200])), path)
        expect(Object.keys(disk.contents(folder))).toEqual(['lock'])
      }),
      { numRuns: 300 },
    )
  })
})

describe('processes at the same time', () => {
  const program = childProgram()

  test('exactly one of them changes the files, with and without a dead lock in the way', async () => {
    const children = [1, 2, 3].map(() => spawn(process.execPath, [program(), 'serve']))
    onTestFinished(() => {
      for (const child of children) child.kill()
    })
    const answers = children.map((child) => createInterface({ input: child.stdout }))
    await Promise.all(answers.map((answer) => once(answer, 'line')))
    const old = 'A=old\n'
    for (let round = 0; round < 16; round += 1) {
      const root = temporaryFolder()
      writeFileSync(join(root, '.env'), old)
      if (round % 2 === 1) {
        mkdirSync(join(root, '.tracecat-harden'))
        const { host, boot } = await thisHost()
        const dead = holder({ processId: 2 ** 22 + 1, host, boot })
        writeFileSync(join(root, '.tracecat-harden/lock'), dead)
      }
      const replies = answers.map((answer) => once(answer, 'line'))
      for (const child of children) {
        child.stdin.write(`${root} ${sha256(new TextEncoder().encode(old))}\n`)
      }
      const results = (await Promise.all(replies)).map(([line]) => JSON.parse(String(line)))
      expect(results.filter((result) => result === 'won')).toEqual(['won'])
      for (const result of results) {
        expect(result).toMatch(/^won$|is at work here|changed by someone else/)
      }
      expect(readdirSync(root).sort()).toEqual(['.env', '.tracecat-harden'])
      expect(readdirSync(join(root, '.tracecat-harden'))).toEqual(['backups'])
    }
  }, 30_000)
})

async function thisHost(): Promise<ProcessIdentity> {
  const identity = await fakeWorld().processes.identity(process.pid)
  if (identity === 'gone') throw new Error('gone')
  return identity
}
