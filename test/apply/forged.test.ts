import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { discardBackups, listBackups } from '../../src/apply/backup.ts'
import { removeBackups } from '../../src/apply/prune.ts'
import { recover } from '../../src/apply/recover.ts'
import { sha256 } from '../../src/apply/state-folder.ts'
import { fakeWorld, temporaryFolder } from '../world/fake.ts'
import { filesOnly, layOut } from './samples.ts'

// State files that no run of ours wrote, as somebody makes them who may write the folder.

const id = '2026-01-01T00-00-00Z'
const staged = '.tracecat-harden-abcdefghijkl'
const hashOf = (text: string) => sha256(new TextEncoder().encode(text))

function put(root: string, path: string, content: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
}

function install(): { readonly root: string; readonly outside: string; readonly victim: string } {
  const root = temporaryFolder()
  const outside = temporaryFolder()
  layOut(root)
  const victim = join(outside, 'victim')
  writeFileSync(victim, 'precious')
  return { root, outside, victim }
}

const journal = (file: object, more: object = {}) => ({
  version: 1,
  command: 'init',
  started: '2026-01-01T00:00:00.000Z',
  phase: 'committed',
  live: null,
  backup: id,
  folders: [],
  files: [
    {
      path: '.env',
      target: '.env',
      staged: `.env${staged}`,
      before: hashOf('A=old\n'),
      after: hashOf('new'),
      ...file,
    },
  ],
  ...more,
})

const manifest = (file: object, more: object = {}) => ({
  version: 1,
  command: 'init',
  created: '2026-01-01T00:00:00.000Z',
  files: [
    {
      path: '.env',
      before: { sha256: hashOf('A=old\n'), mode: 0o600, uid: 0, gid: 0 },
      after: hashOf('new'),
      ...file,
    },
  ],
  ...more,
})

describe('a forged journal is refused with its file and what is wrong, and nothing happens', () => {
  test.each<readonly [string, (victim: string) => object, RegExp]>([
    [
      'an absolute target',
      (victim) => journal({ target: victim, staged: `victim${staged}` }, { phase: 'undoing' }),
      /\.env is not where it says/,
    ],
    [
      'a target outside',
      (victim) => journal({ target: `../${dirname(victim).split('/').at(-1)}/victim` }),
      /files\.0\.target is no path of a file/,
    ],
    ['a path outside', () => journal({ path: '../x' }), /files\.0\.path is no path inside/],
    ['a path that is not normal', () => journal({ path: 'a/../.env' }), /files\.0\.path/],
    ['an absolute path', (victim) => journal({ path: victim }), /files\.0\.path/],
    ['another staged file', () => journal({ staged: 'docker-compose.yml' }), /files\.0\.staged/],
    ['a staged file of another', () => journal({ staged: `.en${staged}` }), /files\.0\.staged/],
    ['a staged file elsewhere', () => journal({ staged: '../x' }), /files\.0\.staged/],
    ['a removal that has a copy', () => journal({ after: 'absent' }), /files\.0\.after/],
    ['a backup elsewhere', () => journal({}, { backup: '..' }), /backup is no name/],
    ['a folder elsewhere', () => journal({}, { folders: ['../x'] }), /folders\.0 is no path/],
    ['an absolute folder', () => journal({}, { folders: ['/tmp'] }), /folders\.0 is no path/],
    ['no time', () => journal({}, { started: '\u001b[2J' }), /started is no time/],
    ['a field more', () => journal({}, { run: 'x' }), /it has an unknown field, run/],
    ['a field more in a file', () => journal({ mode: 0o4755 }), /unknown field, files\.0\.mode/],
  ])('%s', async (_, make, message) => {
    const { root, victim } = install()
    put(root, '.tracecat-harden/journal.json', make(victim))
    for (const phase of ['prepared', 'committed', 'undoing']) {
      put(root, '.tracecat-harden/journal.json', { ...make(victim), phase })
      await expect(recover(fakeWorld(), root, filesOnly)).rejects.toMatchObject({
        kind: 'badInput',
        message: expect.stringMatching(message),
        where: { file: '.tracecat-harden/journal.json' },
        remedy: expect.stringContaining('Nothing was changed'),
      })
    }
    expect(readFileSync(victim, 'utf8')).toBe('precious')
    expect(readFileSync(join(root, '.env'), 'utf8')).toBe('A=old\n')
    expect(existsSync(join(root, 'docker-compose.yml'))).toBe(true)
  })

  test('with a link on the way that was not there', async () => {
    const { root, outside } = install()
    symlinkSync(outside, join(root, 'caddy'))
    const file = { path: 'caddy/victim', target: 'caddy/victim', staged: `victim${staged}` }
    put(root, '.tracecat-harden/journal.json', journal(file))
    put(outside, `victim${staged}`, 'new')
    await expect(recover(fakeWorld(), root, filesOnly)).rejects.toThrow('is not where it says')
    expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('precious')
    expect(existsSync(join(outside, `victim${staged}`))).toBe(true)
  })
})

describe('what a backup is put back with', () => {
  const running = {
    ...filesOnly,
    makeSteps: async () => ({ before: [], after: [] }),
  }

  test('has no setuid bit, whatever the manifest says', async () => {
    const { root } = install()
    put(root, '.env', 'new')
    put(root, '.tracecat-harden/journal.json', journal({}, { phase: 'undoing', live: [] }))
    const before = {
      sha256: hashOf('A=old\n'),
      mode: 0o6755,
      uid: process.getuid?.(),
      gid: process.getgid?.(),
    }
    put(root, `.tracecat-harden/backups/${id}/manifest.json`, manifest({ before }))
    put(root, `.tracecat-harden/backups/${id}/files/.env`, 'A=old\n')
    expect(await recover(fakeWorld(), root, running)).toMatchObject({ outcome: 'undone' })
    expect(readFileSync(join(root, '.env'), 'utf8')).toBe('A=old\n')
    expect(statSync(join(root, '.env')).mode & 0o7777).toBe(0o755)
  })

  test('is what the journal names, by its hash', async () => {
    const { root } = install()
    put(root, '.env', 'new')
    put(root, '.tracecat-harden/journal.json', journal({}, { phase: 'undoing', live: [] }))
    put(root, `.tracecat-harden/backups/${id}/manifest.json`, manifest({}))
    put(root, `.tracecat-harden/backups/${id}/files/.env`, 'A=of somebody else\n')
    await expect(recover(fakeWorld(), root, running)).rejects.toMatchObject({
      kind: 'midway',
      message: expect.stringContaining('The backup of .env was changed since'),
    })
    expect(readFileSync(join(root, '.env'), 'utf8')).toBe('new')
  })
})

describe('a forged manifest is refused with its file and what is wrong, and nothing happens', () => {
  test.each<readonly [string, object, RegExp]>([
    ['a path outside', manifest({ path: '../../../../victim' }), /files\.0\.path is no path/],
    ['an absolute path', manifest({ path: '/etc/passwd' }), /files\.0\.path is no path/],
    ['a hash that is none', manifest({ after: 'x' }), /files\.0\.after/],
    ['a mode out of bounds', manifest({ before: { mode: 2 ** 20 } }), /files\.0\.before/],
    ['an owner out of bounds', manifest({ before: { uid: -1 } }), /files\.0\.before/],
    ['no time', manifest({}, { created: 'x' }), /created is no time/],
    ['a command without an end', manifest({}, { command: 'x'.repeat(2000) }), /too long/],
    ['a field more', manifest({}, { post: 'x' }), /unknown field, post/],
  ])('%s', async (_, forged, message) => {
    for (const folder of [id, `${id}.removing`]) {
      const { root, victim } = install()
      const file = `.tracecat-harden/backups/${folder}/manifest.json`
      put(root, file, forged)
      put(root, `.tracecat-harden/backups/${folder}/files/.env`, 'A=old\n')
      const acts = [
        () => removeBackups(fakeWorld(), root, [id]),
        () => discardBackups(fakeWorld(), root, [id]),
        ...(folder === id ? [() => listBackups(fakeWorld(), root)] : []),
      ]
      for (const act of acts) {
        await expect(act()).rejects.toMatchObject({
          kind: 'badInput',
          message: expect.stringMatching(message),
          where: { file },
        })
      }
      expect(readFileSync(victim, 'utf8')).toBe('precious')
      expect(existsSync(join(root, file))).toBe(true)
      expect(existsSync(join(root, `.tracecat-harden/backups/${folder}/files/.env`))).toBe(true)
    }
  })

  test('one that a crash has cut off is no whole backup, and costs nobody his others', async () => {
    const { root } = install()
    put(root, `.tracecat-harden/backups/${id}/manifest.json`, '{ "version": 1, "comm')
    put(root, '.tracecat-harden/backups/2026-01-02T00-00-00Z/manifest.json', manifest({}))
    const found = await listBackups(fakeWorld(), root)
    expect(found.map((one) => one.id)).toEqual(['2026-01-02T00-00-00Z'])
  })
})

test('a written file has access rights alone: neither setuid nor setgid', async () => {
  const folder = temporaryFolder()
  const { files } = fakeWorld()
  await files.create(join(folder, 'file'), new Uint8Array(), 0o6755)
  await files.makeDirectory(join(folder, 'folder'), 0o7755)
  expect(statSync(join(folder, 'file')).mode & 0o7777).toBe(0o755)
  expect(statSync(join(folder, 'folder')).mode & 0o7777).toBe(0o755)
})
