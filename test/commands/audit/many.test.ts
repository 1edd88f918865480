import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type AuditRequest, auditHere, auditMany } from '../../../src/commands/audit/many.ts'
import type { AuditContext } from '../../../src/commands/audit/one.ts'
import { controls } from '../../../src/controls/registry.ts'
import { readHost } from '../../../src/surroundings/host.ts'
import type { World } from '../../../src/world/world.ts'
import { fakeWorld, temporaryFolder } from '../../world/fake.ts'
import { stockFolder } from '../installs.ts'

const world = fakeWorld()
const context: AuditContext = { controls, host: await readHost(world), withSeen: true, columns: 80 }

/** Mostly empty folders, which are quickly said to be none: what counts here is who does which. */
function installs(count: number): readonly string[] {
  const folder = temporaryFolder()
  const empty = Array.from({ length: count - 2 }, (_, index) => join(folder, String(index)))
  for (const one of empty) mkdirSync(one)
  return [stockFolder(), ...empty, stockFolder()]
}

/** A world whose threads answer so, each request taking another time; gives what became of them. */
function withThreads(answer: (request: AuditRequest) => Promise<unknown>) {
  const threads = { asked: [] as AuditRequest[], started: 0, ended: 0 }
  const startThread = async () => {
    threads.started += 1
    return {
      async ask(request: AuditRequest) {
        threads.asked.push(request)
        await new Promise((resolve) => setTimeout(resolve, (threads.asked.length % 3) * 5))
        // As between real threads: what cannot be copied does not arrive.
        return structuredClone(await answer(structuredClone(request)))
      },
      async end() {
        threads.ended += 1
      },
    }
  }
  return { threads, threaded: { ...world, startThread } as unknown as World }
}

describe('many installs', () => {
  test('are audited by threads, and stand in their order', async () => {
    const directories = installs(100)
    const { threads, threaded } = withThreads(({ directories: some }) =>
      auditHere(world, some, context),
    )
    const outcomes = await auditMany(threaded, directories, context)
    expect(outcomes).toEqual(await auditHere(world, directories, context))
    expect(outcomes.map((one) => ('audited' in one ? one.audited.dir : one.failed.dir))).toEqual(
      directories,
    )
    expect(threads.asked.flatMap((one) => one.directories)).toEqual(directories)
    expect(threads.asked[0]?.controls).toEqual(controls.map(({ meta }) => meta.id))
    expect([threads.started, threads.ended]).toEqual([2, 2])
  })

  test('are audited all the same where a thread has ended', async () => {
    const directories = installs(100)
    let left = 2
    const { threads, threaded } = withThreads(async ({ directories: some }) => {
      left -= 1
      if (left < 0) throw new Error('out of memory')
      return await auditHere(world, some, context)
    })
    expect(await auditMany(threaded, directories, context)).toEqual(
      await auditHere(world, directories, context),
    )
    expect(threads.ended).toBe(2)
  })
})

test('for a few installs no thread is started', async () => {
  const { threads, threaded } = withThreads(async () => [])
  expect(await auditMany(threaded, installs(20), context)).toHaveLength(20)
  expect(threads.started).toBe(0)
})
