import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeBackup } from '../../src/apply/backup.ts'
import { writeJournal } from '../../src/apply/journal.ts'
import { acquireLock } from '../../src/apply/lock.ts'
import { removeBackups } from '../../src/apply/prune.ts'
import { statePaths } from '../../src/apply/state-folder.ts'
import { fakeWorld, temporaryFolder } from '../world/fake.ts'

const ids = ['2026-11-23T16-00-00Z', '2026-11-23T17-00-00Z', '2026-11-23T18-00-00Z'] as const

async function withBackups() {
  const folder = temporaryFolder()
  const world = fakeWorld()
  for (const id of ids) {
    const before = { sha256: 'a'.repeat(64), mode: 0o600, uid: 0, gid: 0 }
    const files = [{ path: 'caddy/Caddyfile', before, after: 'absent' }]
    const manifest = {
      version: 1,
      command: 'init',
      created: '2026-11-23T16:00:00Z',
      files,
    } as const
    await writeBackup(
      world,
      folder,
      id,
      manifest,
      new Map([['caddy/Caddyfile', new Uint8Array(3)]]),
    )
  }
  return { folder, world, left: () => readdirSync(statePaths(folder).backups) }
}

test('removes those that are named, and nothing of the others', async () => {
  const { folder, world, left } = await withBackups()
  const removed = await removeBackups(world, folder, [ids[0], ids[1], 'no-such'])
  expect([removed, left()]).toEqual([[ids[0], ids[1]], [ids[2]]])
  expect(readdirSync(join(statePaths(folder).backups, ids[2], 'files/caddy'))).toHaveLength(1)
})

test('one that an unfinished run needs to go back stays', async () => {
  const { folder, world, left } = await withBackups()
  await writeJournal(world, folder, {
    ...{ version: 1, command: 'init', started: '2026-11-23T17:00:00Z', phase: 'committed' },
    ...{ live: null, backup: ids[1], folders: [], files: [] },
  })
  expect(await removeBackups(world, folder, ids.slice(0, 2))).toEqual([ids[0]])
  expect(left()).toEqual([ids[1], ids[2]])
})

test('waits for nobody who is at work', async () => {
  const { folder, world, left } = await withBackups()
  const lock = await acquireLock(world, statePaths(folder).lock)
  await expect(removeBackups(world, folder, ids)).rejects.toThrow('Another tracecat-harden')
  await lock.release()
  expect(left()).toEqual([...ids])
})
