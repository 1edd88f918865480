import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { damagedBackups, listBackups } from '../../src/apply/backup.ts'
import { applyPlan } from '../../src/apply/engine.ts'
import { pendingJournal, recover } from '../../src/apply/recover.ts'
import { sha256 } from '../../src/apply/state-folder.ts'
import type { FileChange } from '../../src/apply/step.ts'
import { realFiles } from '../../src/world/real-files.ts'
import { fakeWorld, temporaryFolder } from '../world/fake.ts'
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
const isRoot = process.geteuid?.() === 0

function install(): string {
  const root = temporaryFolder()
  layOut(root)
  return root
}

/** A change of one file from what it holds now. */
function change(root: string, path: string, text: string | undefined, mode = 0o600): FileChange {
  let hash: string
  try {
    hash = sha256(readFileSync(join(root, path)))
  } catch {
    hash = 'absent'
  }
  const bytes = text === undefined ? undefined : new TextEncoder().encode(text)
  return { path, before: hash, after: bytes, mode }
}

describe('a plan of files', () => {
  test('is applied as a whole, with a backup of what was there', async () => {
    const root = install()
    const world = fakeWorld()
    expect(await applyPlan(world, root, plan)).toEqual({
      backup: '2026-11-23T16-00-00Z',
      changed: [
        { path: '.env', kind: 'update' },
        { path: 'docker-compose.override.yml', kind: 'update' },
        { path: 'caddy/Caddyfile', kind: 'create' },
        { path: 'caddy/parts/deep.conf', kind: 'create' },
        { path: '.tracecat-harden/written.json', kind: 'create' },
        { path: 'old.conf', kind: 'remove' },
      ],
    })
    expect(snapshot(root)).toEqual(after)
    const backup = '.tracecat-harden/backups/2026-11-23T16-00-00Z'
    expect(allFiles(root).filter((path) => path.startsWith('.tracecat-harden/'))).toEqual([
      `${backup}/files/.env`,
      `${backup}/files/docker-compose.override.yml`,
      `${backup}/files/old.conf`,
      `${backup}/manifest.json`,
      '.tracecat-harden/written.json',
    ])
    expect(readFileSync(join(root, backup, 'files/old.conf'), 'utf8')).toBe('gone soon\n')
    const [kept] = await listBackups(world, root)
    expect(kept).toMatchObject({ id: '2026-11-23T16-00-00Z', command: 'init' })
    expect(kept?.files.find((file) => file.path === 'old.conf')?.before).toMatchObject({
      mode: 0o640,
      sha256: sha256(new TextEncoder().encode('gone soon\n')),
    })
    expect(kept?.files.find((file) => file.path === 'caddy/Caddyfile')?.before).toBe('absent')
    expect(await recover(world, root, filesOnly)).toBe('nothing')
  })

  test('that changes nothing leaves no trace', async () => {
    const root = install()
    const same = [change(root, '.env', 'A=old\n', 0o644), change(root, 'not-there', undefined)]
    const result = await applyPlan(fakeWorld(), root, { command: 'init', changes: same })
    expect(result).toEqual({ backup: null, changed: [] })
    expect(allFolders(root)).toEqual([])
  })

  test('changes access rights alone, too', async () => {
    const root = install()
    const changes = [change(root, '.env', 'A=old\n', 0o600)]
    await applyPlan(fakeWorld(), root, { command: 'init', changes })
    expect(snapshot(root)['.env']).toBe('600 A=old\n')
  })

  test.each([0o000, 0o077])('gives exact modes under umask %o', async (mask) => {
    const root = install()
    const usual = process.umask(mask)
    try {
      await applyPlan(fakeWorld(), root, plan)
    } finally {
      process.umask(usual)
    }
    expect(snapshot(root)).toEqual(after)
    const modes = Object.fromEntries(
      [...allFiles(root), ...allFolders(root)].map((path) => [
        path,
        statSync(join(root, path)).mode & 0o777,
      ]),
    )
    const backup = '.tracecat-harden/backups/2026-11-23T16-00-00Z'
    expect(modes).toMatchObject({
      caddy: 0o755,
      'caddy/parts': 0o755,
      '.tracecat-harden': 0o700,
      '.tracecat-harden/backups': 0o700,
      [backup]: 0o700,
      [`${backup}/files`]: 0o700,
      [`${backup}/files/.env`]: 0o600,
      [`${backup}/files/old.conf`]: 0o600,
      [`${backup}/manifest.json`]: 0o600,
    })
  })

  test.runIf(isRoot)('keeps owners, and gives new files to who called sudo', async () => {
    const root = install()
    const { chownSync } = await import('node:fs')
    chownSync(join(root, '.env'), 1000, 1001)
    await applyPlan(fakeWorld({ owner: { uid: 1234, gid: 1235 } }), root, plan)
    const owner = (path: string) => {
      const { uid, gid } = statSync(join(root, path))
      return `${uid}:${gid}`
    }
    expect(owner('.env')).toBe('1000:1001')
    expect(owner('docker-compose.override.yml')).toBe('0:0')
    for (const path of [
      'caddy',
      'caddy/Caddyfile',
      'caddy/parts/deep.conf',
      '.tracecat-harden',
      '.tracecat-harden/written.json',
      '.tracecat-harden/backups/2026-11-23T16-00-00Z/files/.env',
    ]) {
      expect([path, owner(path)]).toEqual([path, '1234:1235'])
    }
  })

  test('makes no two backups of one name', async () => {
    const root = install()
    const world = fakeWorld()
    const ids: (string | null)[] = []
    for (let count = 0; count < 3; count += 1) {
      const changes = [change(root, '.env', `A=${count}\n`)]
      ids.push((await applyPlan(world, root, { command: 'init', changes })).backup)
    }
    const time = '2026-11-23T16-00-00Z'
    expect(ids).toEqual([time, `${time}-2`, `${time}-3`])
    expect((await listBackups(world, root)).map(({ id }) => id)).toEqual(ids)
  })

  test('of one run with an earlier one that covers its files: no half of its own backup is left by a crash', async () => {
    const root = install()
    const runBackup = (await applyPlan(fakeWorld(), root, plan)).backup ?? undefined
    const changes = [change(root, '.env', 'A=1\n'), change(root, 'caddy/Caddyfile', 'b {\n}\n')]
    const files = realFiles()
    let removed = 0
    const dies = async (path: string) => {
      if (/\/backups\/.*\/files\//.test(path) && removed++ > 0) throw new Error('the power goes')
      await files.remove(path)
    }
    const world = fakeWorld({ files: { ...files, remove: dies } })
    const second = { command: 'init', changes, runBackup }
    await expect(applyPlan(world, root, second)).rejects.toThrow('the power goes')
    expect(removed).toBe(2)
    expect((await listBackups(fakeWorld(), root)).map(({ id }) => id)).toEqual([runBackup])
    expect(await damagedBackups(fakeWorld(), root)).toEqual([])

    const again = { ...second, changes: [change(root, '.env', 'A=2\n')] }
    expect((await applyPlan(fakeWorld(), root, again)).backup).toBe(runBackup)
    const left = await fakeWorld().files.list(join(root, '.tracecat-harden/backups'))
    expect(left).toEqual([runBackup])
  })

  test('names the earlier backup of the run also where its own cannot be removed wholly', async () => {
    const root = install()
    const runBackup = (await applyPlan(fakeWorld(), root, plan)).backup ?? undefined
    const files = realFiles()
    const refuses = async (path: string) => {
      if (path.includes('/backups/')) throw Object.assign(new Error('EIO'), { code: 'EIO' })
      await files.remove(path)
    }
    const world = fakeWorld({ files: { ...files, remove: refuses } })
    const second = { command: 'init', changes: [change(root, '.env', 'A=1\n')], runBackup }
    expect((await applyPlan(world, root, second)).backup).toBe(runBackup)
  })

  test('keeps the oldest backup and the ten newest, and what is not ours', async () => {
    const root = install()
    mkdirSync(join(root, '.tracecat-harden/backups/mine'), { recursive: true })
    for (let hour = 0; hour < 14; hour += 1) {
      const world = fakeWorld({ now: new Date(Date.UTC(2026, 0, 1, hour)) })
      const changes = [change(root, '.env', `A=${hour}\n`)]
      await applyPlan(world, root, { command: 'init', changes })
    }
    const hours = (await listBackups(fakeWorld(), root)).map(({ id }) => Number(id.slice(11, 13)))
    expect(hours).toEqual([0, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
    expect(await fakeWorld().files.list(join(root, '.tracecat-harden/backups'))).toHaveLength(12)
  })
})

describe('symbolic links', () => {
  test('are written through, and stay', async () => {
    const root = install()
    const elsewhere = temporaryFolder()
    writeFileSync(join(elsewhere, 'real.env'), 'B=1\n', { mode: 0o640 })
    symlinkSync(join(elsewhere, 'real.env'), join(root, 'linked.env'))
    const changes = [change(root, 'linked.env', 'B=2\n', 0o640)]
    await applyPlan(fakeWorld(), root, { command: 'init', changes })
    expect(readlinkSync(join(root, 'linked.env'))).toBe(join(elsewhere, 'real.env'))
    expect(readFileSync(join(elsewhere, 'real.env'), 'utf8')).toBe('B=2\n')
    expect(lstatSync(join(elsewhere, 'real.env')).mode & 0o777).toBe(0o640)
    expect(allFiles(elsewhere)).toEqual(['real.env'])
  })

  test('go without their file where the plan removes them', async () => {
    const root = install()
    const elsewhere = temporaryFolder()
    writeFileSync(join(elsewhere, 'kept'), 'kept')
    symlinkSync(join(elsewhere, 'kept'), join(root, 'link'))
    const changes = [change(root, 'link', undefined)]
    await applyPlan(fakeWorld(), root, { command: 'init', changes })
    expect(allFiles(root)).not.toContain('link')
    expect(allFiles(elsewhere)).toEqual(['kept'])
  })

  test.each([
    ['leads nowhere', 'missing', /a symbolic link that leads nowhere/],
    ['leads to a folder', '.', /a directory, not a file/],
    ['leads to itself', '.env-link', /a loop of symbolic links/],
  ])('one that %s is refused', async (_, to, message) => {
    const root = install()
    symlinkSync(to, join(root, '.env-link'))
    const changes = [{ ...change(root, '.env-link', 'x'), before: 'absent' }]
    await expect(applyPlan(fakeWorld(), root, { command: 'init', changes })).rejects.toMatchObject({
      name: 'Failure',
      kind: 'badInput',
      message: expect.stringMatching(message),
    })
    expect(readlinkSync(join(root, '.env-link'))).toBe(to)
    expect(allFolders(root)).toEqual([])
  })

  test('two names of one file cannot both be written', async () => {
    const root = install()
    symlinkSync('.env', join(root, 'same.env'))
    const changes = [change(root, '.env', 'A=1\n'), change(root, 'same.env', 'A=2\n')]
    await expect(applyPlan(fakeWorld(), root, { command: 'init', changes })).rejects.toThrow(
      '.env and same.env are one file',
    )
  })
})

describe('nothing changes', () => {
  test('where a file was changed since the plan was made', async () => {
    const root = install()
    writeFileSync(join(root, 'docker-compose.override.yml'), 'services: { mine: {} }\n')
    const there = snapshot(root)
    await expect(applyPlan(fakeWorld(), root, plan)).rejects.toMatchObject({
      kind: 'surroundings',
      message: 'docker-compose.override.yml was changed by someone else since the plan was made',
    })
    expect(snapshot(root)).toEqual(there)
    expect(allFolders(root)).toEqual([])
  })

  test('where a file to be created is there by now', async () => {
    const root = install()
    mkdirSync(join(root, 'caddy'))
    writeFileSync(join(root, 'caddy/Caddyfile'), 'mine')
    await expect(applyPlan(fakeWorld(), root, plan)).rejects.toThrow(/caddy\/Caddyfile was changed/)
    expect(readFileSync(join(root, 'caddy/Caddyfile'), 'utf8')).toBe('mine')
    expect(allFolders(root)).toEqual(['caddy'])
  })

  test('where a file stands where a folder is needed', async () => {
    const root = install()
    writeFileSync(join(root, 'caddy'), 'a file')
    await expect(applyPlan(fakeWorld(), root, plan)).rejects.toThrow(/it is not a folder/)
    expect(allFolders(root)).toEqual([])
  })

  test('where an interrupt came before the commit point', async () => {
    const root = install()
    const interrupts = { hold: () => ({ requested: () => true, release() {} }) }
    await expect(applyPlan(fakeWorld({ interrupts }), root, plan)).rejects.toMatchObject({
      kind: 'canceled',
    })
    expect(snapshot(root)).toEqual(before)
    expect(allFolders(root)).toEqual([])
  })

  test('where the folder is missing', async () => {
    const root = join(temporaryFolder(), 'missing')
    await expect(applyPlan(fakeWorld(), root, plan)).rejects.toMatchObject({ kind: 'badInput' })
  })

  test('where a path leads out of the install: a fault of ours', async () => {
    const root = install()
    const changes = [{ path: '../x', before: 'absent', after: new Uint8Array(), mode: 0o600 }]
    await expect(applyPlan(fakeWorld(), root, { command: 'init', changes })).rejects.toThrow(
      'Not a path of a file inside an install',
    )
  })

  test('where a journal waits to be recovered', async () => {
    const root = install()
    mkdirSync(join(root, '.tracecat-harden'))
    const journal = join(root, '.tracecat-harden/journal.json')
    writeFileSync(journal, '{ "version": 1, "comm')
    const acts = [
      () => applyPlan(fakeWorld(), root, plan),
      () => recover(fakeWorld(), root, filesOnly),
    ]
    for (const act of acts) {
      await expect(act()).rejects.toMatchObject({
        kind: 'badInput',
        message: '.tracecat-harden/journal.json is damaged, or not ours: it is no JSON.',
        where: { file: '.tracecat-harden/journal.json' },
      })
    }
    expect(await pendingJournal(fakeWorld(), root)).toBe('damaged')
    expect(snapshot(root)).toEqual(before)
    expect(allFiles(root)).toContain('.tracecat-harden/journal.json')
    expect(allFiles(root)).not.toContain('.tracecat-harden/lock')
  })

  test.skipIf(isRoot)('in a folder without the right to write', async () => {
    const root = install()
    chmodSync(root, 0o555)
    try {
      await expect(applyPlan(fakeWorld(), root, plan)).rejects.toMatchObject({
        kind: 'surroundings',
        message: expect.stringContaining('No right to write'),
      })
    } finally {
      chmodSync(root, 0o755)
    }
    expect(snapshot(root)).toEqual(before)
  })
})
