import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { realFiles } from '../../src/world/real-files.ts'
import { temporaryFolder } from './fake.ts'

const files = realFiles()
const bytes = new TextEncoder().encode('secret\n')
const isRoot = process.geteuid?.() === 0

describe('reading', () => {
  test('gives content and access rights, through links', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'real'), 'content')
    chmodSync(join(folder, 'real'), 0o640)
    symlinkSync('real', join(folder, 'link'))
    const found = await files.read(join(folder, 'link'), 7)
    expect(found).toEqual({
      kind: 'file',
      bytes: new TextEncoder().encode('content'),
      mode: 0o640,
      uid: process.getuid?.(),
      gid: statSync(join(folder, 'real')).gid,
    })
  })

  test('never waits for what is not a regular file', async () => {
    const folder = temporaryFolder()
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    symlinkSync('loop', join(folder, 'loop'))
    symlinkSync('missing', join(folder, 'dangling'))
    symlinkSync('pipe/below', join(folder, 'below-a-pipe'))
    const kinds: Record<string, unknown> = {}
    for (const path of [
      pipe,
      folder,
      '/dev/zero',
      join(folder, 'loop'),
      join(folder, 'dangling'),
      join(folder, 'below-a-pipe'),
    ]) {
      const found = await files.read(path, 100)
      kinds[path.replace(folder, '')] = found.kind === 'not-a-file' ? found.what : found.kind
    }
    expect(kinds).toEqual({
      '/pipe': 'a named pipe',
      '': 'a directory',
      '/dev/zero': 'a device',
      '/loop': 'a loop of symbolic links',
      '/dangling': 'a symbolic link that leads nowhere',
      '/below-a-pipe': 'a symbolic link that leads nowhere',
    })
  })

  test('stops at the limit, also where the size says nothing', async () => {
    const path = join(temporaryFolder(), 'file')
    writeFileSync(path, '123456')
    expect(await files.read(path, 5)).toEqual({ kind: 'too-large', size: 6, limit: 5 })
    expect(await files.read(path, 6)).toMatchObject({ kind: 'file' })
    if (process.platform !== 'linux') return
    // The kernel says 0 bytes for it.
    expect(await files.read('/proc/self/status', 100)).toMatchObject({ kind: 'too-large' })
    expect(await files.read('/proc/self/status', 100_000)).toMatchObject({ kind: 'file' })
  })

  test('tells what is absent from what may not be read', async () => {
    const folder = temporaryFolder()
    expect(await files.read(join(folder, 'missing'), 9)).toEqual({ kind: 'absent' })
    writeFileSync(join(folder, 'file'), '')
    expect(await files.read(join(folder, 'file/below'), 9)).toEqual({ kind: 'absent' })
    if (isRoot) return
    chmodSync(join(folder, 'file'), 0)
    expect(await files.read(join(folder, 'file'), 9)).toEqual({
      kind: 'unreadable',
      reason: 'permission denied',
    })
  })
})

describe('creating', () => {
  test.each([
    [0o600, 0o000],
    [0o644, 0o077],
    [0o640, 0o777],
    [0o444, 0o022],
  ])('gives mode %o under umask %o', async (mode, mask) => {
    const folder = temporaryFolder()
    const usual = process.umask(mask)
    try {
      await files.create(join(folder, 'file'), bytes, mode)
      await files.makeDirectory(join(folder, 'a/b'), 0o750)
    } finally {
      process.umask(usual)
    }
    const modeOf = (path: string) => statSync(join(folder, path)).mode & 0o7777
    expect([modeOf('file'), modeOf('a'), modeOf('a/b')]).toEqual([mode, 0o750, 0o750])
  })

  test('never writes through a link, nor over a file', async () => {
    const folder = temporaryFolder()
    symlinkSync('elsewhere', join(folder, 'link'))
    writeFileSync(join(folder, 'file'), 'mine')
    for (const name of ['link', 'file']) {
      await expect(files.create(join(folder, name), bytes, 0o600)).rejects.toMatchObject({
        code: 'EEXIST',
      })
    }
    expect(readdirSync(folder)).toEqual(['file', 'link'])
    expect(readlinkSync(join(folder, 'link'))).toBe('elsewhere')
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('mine')
  })

  test.runIf(isRoot)('gives folders and files to the owner', async () => {
    const folder = temporaryFolder()
    await files.makeDirectory(join(folder, 'a/b'), 0o700, { uid: 1234, gid: 1235 })
    await files.create(join(folder, 'a/b/c'), bytes, 0o600, { uid: 1234, gid: 1235 })
    for (const path of ['a', 'a/b', 'a/b/c']) {
      expect(statSync(join(folder, path))).toMatchObject({ uid: 1234, gid: 1235 })
    }
  })

  test('makes a second name only where there is none', async () => {
    const folder = temporaryFolder()
    await files.create(join(folder, 'a'), bytes, 0o600)
    await files.link(join(folder, 'a'), join(folder, 'b'))
    expect(readFileSync(join(folder, 'b'))).toEqual(Buffer.from(bytes))
    await expect(files.link(join(folder, 'a'), join(folder, 'b'))).rejects.toMatchObject({
      code: 'EEXIST',
    })
  })
})

describe('folders', () => {
  test('what they are', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    symlinkSync('nowhere', join(folder, 'dangling'))
    const kinds = ['', 'file', 'missing', 'dangling', 'file/below'].map((name) =>
      files.directory(join(folder, name)),
    )
    expect(await Promise.all(kinds)).toEqual([
      'writable',
      'not-a-directory',
      'absent',
      'not-a-directory',
      'not-a-directory',
    ])
  })

  test('are removed only where they are empty', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'full'))
    writeFileSync(join(folder, 'full/file'), '')
    for (const name of ['full', 'missing', 'full/file']) {
      await files.removeDirectory(join(folder, name))
    }
    expect(await files.list(join(folder, 'full'))).toEqual(['file'])
    expect(await files.list(join(folder, 'missing'))).toEqual([])
    await files.remove(join(folder, 'full/file'))
    await files.remove(join(folder, 'full/file'))
    await files.removeDirectory(join(folder, 'full'))
    expect(await files.list(folder)).toEqual([])
  })

  test('are found behind links, as far as they exist', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'real'))
    symlinkSync('real', join(folder, 'link'))
    const real = await files.resolve(folder)
    expect(await files.resolve(join(folder, 'link/new/file'))).toBe(`${real}/real/new/file`)
  })
})
