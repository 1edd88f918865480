import { describe, expect, test, vi } from 'vitest'
import { applyPlan } from '../../src/apply/engine.ts'
import { pendingJournal, type Recovered, recover } from '../../src/apply/recover.ts'
import type { Processes } from '../../src/world/process.ts'
import { fakeWorld } from '../world/fake.ts'
import { MemoryDisk, type Remains, remains } from '../world/memory-files.ts'
import { after, before, filesOnly, sampleChanges, sampleSecret } from './samples.ts'

// Many syncs and processes: a loaded machine needs longer than usual.
vi.setConfig({ testTimeout: 30_000 })

const root = '/install'
const plan = { command: 'init', changes: sampleChanges }

function install(): MemoryDisk {
  const disk = new MemoryDisk(root)
  for (const [path, text] of Object.entries(before)) {
    const [mode = '', ...content] = text.split(' ')
    disk.put(`${root}/${path}`, content.join(' '), Number.parseInt(mode, 8))
  }
  return disk
}

let nextProcess = 1

/** A world on this disk with a process of its own; of all processes, only this one is alive. */
function worldOn(disk: MemoryDisk) {
  const processId = nextProcess++
  const identity: Processes['identity'] = async (id) =>
    id === processId ? { host: 'host', boot: 'boot', started: String(id) } : 'gone'
  const world = fakeWorld({ files: disk.files() })
  return { ...world, processId, processes: { ...world.processes, identity } }
}

type Act = (world: ReturnType<typeof worldOn>) => Promise<unknown>
const apply: Act = (world) => applyPlan(world, root, plan)
const mend: Act = (world) => recover(world, root, filesOnly)

/** How many operations `act` does on this disk when nothing goes wrong. */
async function countOperations(disk: MemoryDisk, act: Act): Promise<number> {
  const copy = disk.clone()
  copy.repair()
  await act(worldOn(copy))
  return copy.operations
}

/** Runs until the power fails during operation `step`. The disk as it is then. */
async function cutAt(disk: MemoryDisk, act: Act, step: number, kept: Remains): Promise<MemoryDisk> {
  const copy = disk.clone()
  copy.failAfter(step, kept)
  const failure = new Promise<void>((resolve) => {
    copy.onFailure = resolve
  })
  await Promise.race([failure, act(worldOn(copy))])
  return copy.clone()
}

function installFiles(disk: MemoryDisk): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(disk.contents(root)).filter(
      ([path]) => !/^\.tracecat-harden\/(?!written\.json)/.test(path),
    ),
  )
}

/** Recovers, and checks that all files are old, or all are new, and that nothing else is left. */
async function expectWhole(disk: MemoryDisk): Promise<'nothing' | Recovered> {
  const outcome = await recover(worldOn(disk), root, filesOnly)
  const files = installFiles(disk)
  const isNew = files['.env'] === after['.env']
  expect(files).toEqual(isNew ? after : before)
  if (outcome !== 'nothing') expect(outcome.outcome).toBe(isNew ? 'finished' : 'undone')
  expect(await recover(worldOn(disk), root, filesOnly)).toBe('nothing')
  expect(await pendingJournal(worldOn(disk), root)).toBeUndefined()
  const state = Object.entries(disk.contents(root)).filter(([path]) => path.startsWith('.tr'))
  if (!isNew) {
    expect(disk.folders(root).filter((folder) => folder !== '.tracecat-harden')).toEqual([])
    expect(JSON.stringify(state)).not.toContain(sampleSecret)
    // Nothing but a lock, or its draft: a crash before the journal has nothing to tell.
    expect(state.filter(([path]) => !path.includes('/lock'))).toEqual([])
  }
  return outcome
}

describe('a power failure', () => {
  test('during any operation of an apply leaves all old or all new', async () => {
    const disk = install()
    const steps = await countOperations(disk, apply)
    expect(steps * remains.length).toBeGreaterThan(100)
    const outcomes = new Map<string, number>()
    for (let step = 0; step < steps; step += 1) {
      for (const kept of remains) {
        const broken = await cutAt(disk, apply, step, kept)
        const outcome = await expectWhole(broken)
        // And the same plan can be made anew.
        if (installFiles(broken)['.env'] === before['.env']) await apply(worldOn(broken))
        expect(installFiles(broken)).toEqual(after)
        const name = outcome === 'nothing' ? outcome : outcome.outcome
        outcomes.set(name, (outcomes.get(name) ?? 0) + 1)
      }
    }
    for (const name of ['nothing', 'undone', 'finished']) {
      expect([name, outcomes.get(name)]).toEqual([name, expect.any(Number)])
    }
  })

  test('during any operation of the recovery from any of them does, too', async () => {
    const disk = install()
    const steps = await countOperations(disk, apply)
    let points = 0
    for (let step = 0; step < steps; step += 1) {
      const broken = await cutAt(disk, apply, step, 'torn')
      const repairs = await countOperations(broken, mend)
      for (let again = 0; again < repairs; again += 1) {
        for (const kept of ['nothing', 'torn'] as const) {
          points += 1
          await expectWhole(await cutAt(broken, mend, again, kept))
        }
      }
    }
    expect(points).toBeGreaterThan(500)
  }, 60_000)
})

describe('a disk that refuses', () => {
  test.each([
    ['ENOSPC', 'the disk is full'],
    ['EROFS', 'the file system is read-only'],
    ['EACCES', 'permission denied'],
  ])('%s at any operation: nothing is changed, and it says so', async (code, words) => {
    const steps = await countOperations(install(), apply)
    let refused = 0
    for (let step = 0; step < steps; step += 1) {
      const disk = install()
      disk.refuseAfter(step, code)
      const failure = await apply(worldOn(disk)).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (failure === undefined) {
        expect(installFiles(disk)).toEqual(after)
        continue
      }
      refused += 1
      expect(failure).toMatchObject({ name: 'Failure', kind: 'surroundings' })
      expect(String(failure)).toContain(words)
      expect(String(failure)).toContain('Nothing was changed')
      expect(installFiles(disk)).toEqual(before)
      expect(disk.folders(root)).toEqual([])
    }
    expect(refused).toBeGreaterThan(20)
  })
})
