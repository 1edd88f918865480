import { execFileSync } from 'node:child_process'
import { chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { applyPlan } from '../../src/apply/engine.ts'
import { pendingJournal, recover } from '../../src/apply/recover.ts'
import { Failure } from '../../src/failure.ts'
import type { Files } from '../../src/world/files.ts'
import { realFiles } from '../../src/world/real-files.ts'
import { fakeWorld, temporaryFolder } from '../world/fake.ts'
import { asNobody, childProgram, runNode } from './program.ts'
import {
  after,
  allFiles,
  allFolders,
  before,
  filesOnly,
  layOut,
  sampleChanges,
  snapshot,
} from './samples.ts'

// Many syncs and processes: a loaded machine needs longer than usual.
vi.setConfig({ testTimeout: 30_000 })

const plan = { command: 'init', changes: sampleChanges }

/** Refuses the rename of a staged copy over a file whose name ends so. */
function refusing(ending: string, code: string): Files {
  const files = realFiles()
  return {
    ...files,
    async rename(from, to) {
      if (to.endsWith(ending)) throw Object.assign(new Error(code), { code })
      await files.rename(from, to)
    },
  }
}

function install(): string {
  const root = temporaryFolder()
  layOut(root)
  return root
}

describe('a file that cannot be switched over', () => {
  test('as the first one: everything is undone', async () => {
    const root = install()
    const world = fakeWorld({ files: refusing('.env', 'EBUSY') })
    await expect(applyPlan(world, root, plan)).rejects.toMatchObject({
      kind: 'surroundings',
      message: 'Could not write the files: it is in use as a mount point. Nothing was changed.',
    })
    expect(snapshot(root)).toEqual(before)
    expect(allFolders(root)).toEqual([])
  })

  test('after others: the plan waits, and the next run finishes it', async () => {
    const root = install()
    const world = fakeWorld({ files: refusing('deep.conf', 'EIO') })
    await expect(applyPlan(world, root, plan)).rejects.toMatchObject({
      kind: 'midway',
      exitCode: 4,
      message: 'Stopped midway while writing the files: the disk reports an error',
    })
    expect(await pendingJournal(fakeWorld(), root)).toMatchObject({
      command: 'init',
      next: 'finish',
      started: '2026-11-23T16:00:00.000Z',
    })
    expect(await recover(fakeWorld(), root, filesOnly)).toMatchObject({
      outcome: 'finished',
      command: 'init',
    })
    expect(snapshot(root)).toEqual(after)
  })
})

describe('a file edited after a crash', () => {
  async function stopMidway(ending: string): Promise<string> {
    const root = install()
    const world = fakeWorld({ files: refusing(ending, 'EIO') })
    await expect(applyPlan(world, root, plan)).rejects.toMatchObject({ kind: 'midway' })
    return root
  }

  /** Recovery fails because of this file, and says what to do. */
  async function expectRefusal(root: string, path: string): Promise<string> {
    const there = snapshot(root)
    const failure = await recover(fakeWorld(), root, filesOnly).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      kind: 'midway',
      message: `An interrupted "init" cannot be finished: ${path} is neither as it was nor as planned`,
      where: { file: join(root, path) },
    })
    expect(snapshot(root)).toEqual(there)
    return failure instanceof Failure ? (failure.remedy ?? '') : ''
  }

  const copies = '.tracecat-harden/backups/2026-11-23T16-00-00Z/files'

  test('that waited for its turn: with the old one back, the plan is finished', async () => {
    const root = await stopMidway('deep.conf')
    writeFileSync(join(root, 'old.conf'), 'EDITED=1\n')
    expect(await expectRefusal(root, 'old.conf')).toBe(
      `Put your version aside and the old one, ${copies}/old.conf, in its place. Then run again, and carry over what you need.`,
    )
    writeFileSync(join(root, 'old.conf'), readFileSync(join(root, copies, 'old.conf')))
    expect(await recover(fakeWorld(), root, filesOnly)).toMatchObject({ outcome: 'finished' })
    expect(snapshot(root)).toEqual(after)
  })

  test('that was switched over: with all old ones back, the plan is undone', async () => {
    const root = await stopMidway('deep.conf')
    writeFileSync(join(root, '.env'), 'EDITED=1\n')
    expect(await expectRefusal(root, '.env')).toBe(
      `Put your version aside, put all files of ${copies} back in their places, move these away: caddy/Caddyfile, caddy/parts/deep.conf, .tracecat-harden/written.json. Then run again, and carry over what you need.`,
    )
    for (const path of ['.env', 'docker-compose.override.yml', 'old.conf']) {
      writeFileSync(join(root, path), readFileSync(join(root, copies, path)))
    }
    rmSync(join(root, 'caddy/Caddyfile'))
    expect(await recover(fakeWorld(), root, filesOnly)).toMatchObject({ outcome: 'undone' })
    expect(snapshot(root)).toEqual({ ...before, '.env': '600 A=old\n' })
    expect(allFolders(root)).toEqual([])
  })

  test('before any file was switched over: the plan is undone, the edit stays', async () => {
    const root = install()
    const files = realFiles()
    const stop = fakeWorld({
      files: {
        ...files,
        async rename(from, to) {
          if (to.endsWith('.env')) writeFileSync(join(root, 'old.conf'), 'EDITED=1\n')
          if (to.endsWith('.env')) throw Object.assign(new Error('EIO'), { code: 'EIO' })
          await files.rename(from, to)
        },
      },
    })
    await expect(applyPlan(stop, root, plan)).rejects.toMatchObject({ kind: 'surroundings' })
    expect(snapshot(root)).toEqual({ ...before, 'old.conf': '640 EDITED=1\n' })
    expect(allFolders(root)).toEqual([])
  })

  test('between plan and commit, while copies are made: nothing is changed', async () => {
    const root = install()
    const files = realFiles()
    const world = fakeWorld({
      files: {
        ...files,
        async create(path, ...rest) {
          if (path.includes('.env.tracecat-harden-')) writeFileSync(join(root, 'old.conf'), 'MINE')
          await files.create(path, ...rest)
        },
      },
    })
    await expect(applyPlan(world, root, plan)).rejects.toThrow('old.conf was changed by someone')
    expect(snapshot(root)).toEqual({ ...before, 'old.conf': '640 MINE' })
    expect(allFolders(root)).toEqual([])
  })
})

/** A file system of this size of our own; false where we may not mount one. */
function mountSmall(folder: string, options: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return false
  }
  onTestFinished(() => {
    execFileSync('umount', [folder], { stdio: 'ignore' })
  })
  return true
}

describe('on a real file system', () => {
  test('that is full: nothing is changed', async (context) => {
    const root = temporaryFolder()
    if (!mountSmall(root, 'size=64k')) context.skip('no right to mount a tmpfs')
    layOut(root)
    let reached = 0
    for (let free = 0; free <= 60; free += 4) {
      const filler = join(root, 'filler')
      writeFileSync(filler, '')
      try {
        writeFileSync(filler, Buffer.alloc((60 - free) * 1024))
      } catch {
        // As full as it gets.
      }
      const there = snapshot(root)
      const failure = await applyPlan(fakeWorld(), root, plan).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (failure === undefined) break
      reached += 1
      expect(failure).toMatchObject({ kind: 'surroundings' })
      expect(String(failure)).toMatch(/the disk is full\. Nothing was changed\./)
      expect(snapshot(root)).toEqual(there)
      expect(allFolders(root)).toEqual([])
    }
    expect(reached).toBeGreaterThan(2)
    rmSync(join(root, 'filler'))
    expect(snapshot(root)).toEqual(after)
  })

  test('that is read-only: it says so before it writes', async (context) => {
    const root = temporaryFolder()
    if (!mountSmall(root, 'size=1m')) context.skip('no right to mount a tmpfs')
    layOut(root)
    execFileSync('mount', ['-o', 'remount,ro', root])
    await expect(applyPlan(fakeWorld(), root, plan)).rejects.toMatchObject({
      kind: 'surroundings',
      message: expect.stringContaining('No right to write in the folder'),
    })
    expect(snapshot(root)).toEqual(before)
  })
})

describe('as another user', () => {
  const program = childProgram()

  test('who may not write in the folder: it says so, and nothing is there', async (context) => {
    if (process.geteuid?.() !== 0) context.skip('only root can become another user')
    const root = install()
    const { stderr } = await runNode([...asNobody, program(), 'apply', root])
    expect(stderr).toMatch(/No right to write in the folder|permission denied/)
    expect(snapshot(root)).toEqual(before)
    expect(allFolders(root)).toEqual([])
  })

  test('who cannot keep the owner of a file: nothing is changed', async (context) => {
    if (process.geteuid?.() !== 0) context.skip('only root can become another user')
    const root = install()
    chownSync(root, 65534, 65534)
    for (const path of allFiles(root)) {
      if (path !== '.env') chownSync(join(root, path), 65534, 65534)
    }
    const { stderr } = await runNode([...asNobody, program(), 'apply', root])
    expect(stderr).toContain('Could not write .env: its owner or group cannot be kept')
    expect(stderr).toContain('Nothing was changed')
    expect(snapshot(root)).toEqual(before)
    expect(allFolders(root)).toEqual([])
  })
})
