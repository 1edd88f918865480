import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { sha256 } from '../../src/apply/state-folder.ts'
import {
  alice,
  asRoot,
  installOf,
  isRoot,
  mallory,
  openFolder,
  own,
  pictureOf,
  programs,
  put,
  treasure,
  unlessRoot,
  victim,
} from './program.ts'

// What the owner of a folder tries when root works in it. He wins where anything of root's is read, written,
// run or removed that he could not.

vi.setConfig({ testTimeout: 60_000 })

const { cli } = programs()
const initArguments = ['init', '--yes', '--offline', '--fresh', '--dir']
const hashOf = (text: string) => sha256(new TextEncoder().encode(text))
const id = '2026-01-01T00-00-00Z'
const staged = '.tracecat-harden-abcdefghijkl'

const changing: readonly (readonly [string, readonly string[]])[] = [
  ['init', initArguments],
  ['rotate', ['rotate', '--all', '--yes', '--dir']],
  ['restore', ['restore', id, '--yes', '--files-only', '--dir']],
  ['restore --prune', ['restore', '--prune', '--yes', '--dir']],
]

describe.skipIf(!isRoot)(`who may be trusted${unlessRoot}`, () => {
  /** [what, how the folder is made, who called sudo] */
  const untrusted: readonly (readonly [string, () => string, number | undefined])[] = [
    ["somebody's folder, from a root shell", () => installOf(alice), undefined],
    ['the folder of another than who called sudo', () => installOf(mallory), alice],
    [
      'a folder that everybody may write',
      () => {
        const folder = installOf(0)
        chmodSync(folder, 0o777)
        return folder
      },
      undefined,
    ],
    [
      'a folder that a group may write',
      () => {
        const folder = installOf(alice)
        chmodSync(folder, 0o775)
        return folder
      },
      alice,
    ],
    [
      'a sticky folder that everybody may write',
      () => {
        const folder = installOf(0)
        chmodSync(folder, 0o1777)
        return folder
      },
      undefined,
    ],
    [
      "root's folder below somebody else's",
      () => {
        const above = join(openFolder(), 'above')
        mkdirSync(above)
        const folder = installOf(0, join(above, 'tracecat'))
        execFileSync('chown', [`${mallory}`, above])
        return folder
      },
      alice,
    ],
    [
      "root's folder by somebody else's link",
      () => {
        const link = join(openFolder(), 'link')
        symlinkSync(installOf(0), link)
        own(mallory, link)
        return link
      },
      alice,
    ],
    [
      "somebody else's state folder in it",
      () => {
        const folder = installOf(0)
        mkdirSync(join(folder, '.tracecat-harden'), { mode: 0o700 })
        own(mallory, join(folder, '.tracecat-harden'))
        return folder
      },
      alice,
    ],
    [
      'a state folder that everybody may write',
      () => {
        const folder = installOf(0)
        mkdirSync(join(folder, '.tracecat-harden'))
        chmodSync(join(folder, '.tracecat-harden'), 0o777)
        return folder
      },
      undefined,
    ],
  ]

  test('every command that changes something asks the same', async () => {
    const folder = installOf(mallory)
    for (const [, args] of changing) {
      const { exitCode, stdout } = await asRoot(cli(), [...args, folder], { sudo: alice })
      expect([exitCode, stdout]).toEqual([3, ''])
    }
  })

  test.each(untrusted)('%s: init stops with exit 3, and audit reads on', async (_, make, sudo) => {
    const folder = make()
    const before = pictureOf(folder)
    const run = sudo === undefined ? {} : { sudo }
    const { exitCode, stdout, said } = await asRoot(cli(), [...initArguments, folder], run)
    expect([exitCode, stdout]).toEqual([3, ''])
    expect(said).toMatch(/As root, nothing is changed where somebody else could lead it/)
    expect(said).toMatch(/chown -R root: |chmod go-w /)
    const audited = await asRoot(cli(), ['audit', folder], run)
    expect([audited.exitCode, audited.stderr]).toEqual([1, ''])
    expect(audited.stdout).toContain('Redis accepts connections without a password')
    expect(pictureOf(folder)).toBe(before)
  })

  test.each<readonly [string, () => string, number | undefined, number]>([
    ["root's own", () => installOf(0), undefined, 0],
    ["root's own, by sudo", () => installOf(0), alice, 0],
    ['that of who called sudo', () => installOf(alice), alice, alice],
    [
      "root's below that of who called sudo",
      () => {
        const above = join(openFolder(), 'above')
        mkdirSync(above)
        const folder = installOf(0, join(above, 'tracecat'))
        execFileSync('chown', [`${alice}`, above])
        return folder
      },
      alice,
      0,
    ],
    [
      'one below a sticky folder of all',
      () => {
        const above = join(openFolder(), 'above')
        mkdirSync(above)
        chmodSync(above, 0o1777)
        return installOf(alice, join(above, 'tracecat'))
      },
      alice,
      alice,
    ],
  ])('%s is worked in, and what is new is of who owns the folder', async (_, make, sudo, owner) => {
    const folder = make()
    const run = sudo === undefined ? {} : { sudo }
    const { exitCode, stderr } = await asRoot(cli(), [...initArguments, folder], run)
    expect([exitCode, stderr]).toEqual([0, ''])
    const paths = readdirSync(folder, { recursive: true }).map(String)
    expect(paths).toContain('.tracecat-harden/last/env')
    for (const path of paths)
      expect([path, lstatSync(join(folder, path)).uid]).toEqual([path, owner])
    const again = await asRoot(
      cli(),
      [...initArguments.filter((arg) => arg !== '--fresh'), folder],
      run,
    )
    expect([again.exitCode, again.stdout]).toEqual([
      0,
      expect.stringContaining('Nothing had to change'),
    ])
  })

  test('a file of root in the folder of who called sudo becomes his, who could replace it anyway', async () => {
    const folder = installOf(alice)
    own(0, join(folder, '.env'))
    const { exitCode } = await asRoot(cli(), [...initArguments, folder], { sudo: alice })
    expect([exitCode, lstatSync(join(folder, '.env')).uid]).toEqual([0, alice])
  })
})

describe.skipIf(!isRoot)(`links in the folder of who called sudo${unlessRoot}`, () => {
  test.each([
    'caddy',
    '.tracecat-harden',
    '.tracecat-harden/backups',
    '.tracecat-harden/last',
    'docker-compose.override.yml',
    'caddy/Caddyfile',
    '.tracecat-harden/written.json',
    '.gitignore',
  ])('%s that leads to what is root’s: nothing there is read or written', async (path) => {
    for (const owner of [alice, 0]) {
      const outside = victim()
      const folder = installOf(owner)
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      const isFile = /\.\w+$/.test(basename(path)) && path !== '.tracecat-harden'
      symlinkSync(
        isFile || path.endsWith('Caddyfile') ? outside.file : outside.folder,
        join(folder, path),
      )
      own(owner, folder)
      const { stdout, stderr } = await asRoot(cli(), [...initArguments, folder], { sudo: alice })
      expect(stdout + stderr).not.toContain(treasure)
      expect(stderr).not.toMatch(/\n\s+at /)
      expect(outside.unharmed()).toBe(true)
      expect(pictureOf(folder)).not.toContain(treasure)
    }
  })

  test.each([
    ['docker-compose.override.yml', 'services: {}\n'],
    ['.tracecat-harden/written.json', '{"version":1,"places":{}}\n'],
    ['.tracecat-harden/history.json', '{"version":1,"secrets":{}}\n'],
    ['caddy/Caddyfile', ':80 {\n}\n'],
  ])('%s that leads to such a file of root’s: it stays as it is', async (path, content) => {
    for (const owner of [alice, 0]) {
      const outside = victim(content)
      const folder = installOf(owner)
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      symlinkSync(outside.file, join(folder, path))
      own(owner, folder)
      const run = await asRoot(cli(), [...initArguments, folder], { sudo: alice })
      expect([run.exitCode, run.said]).toEqual([
        2,
        expect.stringContaining('a symbolic link out of the install'),
      ])
      expect(outside.unharmed()).toBe(true)
    }
  })

  test('seccomp, which an answer has written', async () => {
    const outside = victim()
    const folder = installOf(alice)
    symlinkSync(outside.folder, join(folder, 'seccomp'))
    own(alice, folder)
    const confined = ['--set', 'executorPrivileges=confined']
    const run = await asRoot(cli(), [...initArguments, folder, ...confined], { sudo: alice })
    expect([run.exitCode, run.stderr]).toEqual([
      2,
      expect.stringMatching(/seccomp is a symbolic link.*Nothing was changed/s),
    ])
    expect(outside.unharmed()).toBe(true)
    expect(existsSync(join(folder, '.tracecat-harden'))).toBe(false)
  })

  test.each([
    'Caddyfile',
    '.env',
    '.env.example',
    'docker-compose.yml',
    'tracecat-harden.yaml',
  ])('%s that leads to a key of root is not followed, nor copied, whoever made the link', async (name) => {
    for (const owner of [alice, 0]) {
      const outside = victim()
      const folder = installOf(owner)
      rmSync(join(folder, name), { force: true })
      symlinkSync(outside.file, join(folder, name))
      own(owner, folder)
      for (const args of [initArguments, ['audit']]) {
        const { exitCode, stdout, stderr } = await asRoot(cli(), [...args, folder], { sudo: alice })
        expect(exitCode).toBe(2)
        expect(stderr).toMatch(/a symbolic link out of the install/)
        expect(stdout + stderr).not.toContain(treasure)
      }
      expect(pictureOf(folder)).not.toContain(treasure)
      expect(outside.unharmed()).toBe(true)
    }
  })

  test('a link within the install is followed and stays, and one out of it where the admin names its target', async () => {
    const folder = installOf(alice)
    renameSync(join(folder, '.env'), join(folder, 'real.env'))
    symlinkSync('real.env', join(folder, '.env'))
    const elsewhere = installOf(alice)
    renameSync(join(folder, 'Caddyfile'), join(elsewhere, 'shared'))
    symlinkSync(join(elsewhere, 'shared'), join(folder, 'Caddyfile'))
    chmodSync(join(elsewhere, 'shared'), 0o640)
    own(alice, folder)
    const refused = await asRoot(cli(), [...initArguments, folder], { sudo: alice })
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining(`TRACECAT_HARDEN_LINKS=${join(elsewhere, 'shared')}`),
    ])
    const env = { TRACECAT_HARDEN_LINKS: join(elsewhere, 'shared') }
    const { exitCode, stderr } = await asRoot(cli(), [...initArguments, folder], {
      sudo: alice,
      env,
    })
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(lstatSync(join(folder, '.env')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(folder, 'real.env'), 'utf8')).toContain('REDIS_PASSWORD=')
    // Who may not read the one may not read what was made of it.
    expect(lstatSync(join(folder, 'caddy/Caddyfile')).mode & 0o777).toBe(0o640)
  })

  test("a link that root's folder has from somebody else is not followed, even within", async () => {
    const folder = installOf(0)
    renameSync(join(folder, '.env'), join(folder, 'real.env'))
    symlinkSync('real.env', join(folder, '.env'))
    execFileSync('chown', ['-h', `${mallory}`, join(folder, '.env')])
    const { exitCode, stderr } = await asRoot(cli(), [...initArguments, folder])
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('a symbolic link that somebody else made'),
    ])
  })
})

describe.skipIf(!isRoot)(`state files that were forged${unlessRoot}`, () => {
  const journal = (phase: string, file: object) => ({
    version: 1,
    command: 'init',
    started: '2026-01-01T00:00:00.000Z',
    phase,
    live: phase === 'undoing' ? [] : null,
    backup: id,
    folders: [],
    files: [
      { path: '.env', target: '.env', staged: null, before: 'absent', after: 'absent', ...file },
    ],
  })
  const manifest = (files: readonly object[]) => ({
    version: 1,
    command: 'init',
    created: '2026-01-01T00:00:00.000Z',
    files,
  })

  test('a journal that takes back into a setuid file elsewhere', async () => {
    for (const [owner, sudo] of [
      [alice, alice],
      [0, undefined],
    ] as const) {
      const outside = victim()
      const folder = installOf(owner)
      const shell = '#!/bin/sh\nid\n'
      const target = join(outside.folder, 'suid')
      const staged_ = `suid${staged}`
      put(
        join(folder, '.tracecat-harden/journal.json'),
        journal('undoing', {
          path: 'x',
          target,
          staged: staged_,
          before: hashOf(shell),
          after: hashOf('y'),
        }),
        owner,
      )
      const before = { sha256: hashOf(shell), mode: 0o4755, uid: 0, gid: 0 }
      const backup = join(folder, '.tracecat-harden/backups', id)
      put(
        join(backup, 'manifest.json'),
        manifest([{ path: 'x', before, after: hashOf('y') }]),
        owner,
      )
      put(join(backup, 'files/x'), shell, owner)
      const run = sudo === undefined ? {} : { sudo }
      for (const [, args] of changing) {
        const { exitCode, said } = await asRoot(cli(), [...args, folder], run)
        expect(exitCode).toBe(2)
        expect(said).toMatch(
          /\.tracecat-harden\/journal\.json is damaged, or not ours: x is not where/,
        )
      }
      expect(outside.unharmed()).toBe(true)
    }
  })

  test.each([
    'prepared',
    'committed',
  ])('a %s journal that removes or renames a file elsewhere', async (phase) => {
    const outside = victim()
    const folder = installOf(alice)
    const file = {
      path: '.env',
      target: join(outside.folder, 'x'),
      staged: 'key',
      before: 'absent',
      after: hashOf(treasure),
    }
    put(join(folder, '.tracecat-harden/journal.json'), journal(phase, file), alice)
    for (const [, args] of changing) {
      const { exitCode, said } = await asRoot(cli(), [...args, folder], { sudo: alice })
      expect(exitCode).toBe(2)
      expect(said).toContain('files.0.staged is not the name of a staged copy')
    }
    expect(outside.unharmed()).toBe(true)
  })

  test.each([
    '',
    '.removing',
  ])('a manifest%s that removes a file elsewhere when backups are pruned', async (end) => {
    for (const owner of [alice, 0]) {
      const outside = victim()
      const folder = installOf(owner)
      const way = `../../../../../../../../../../..${outside.file}`
      const forged = manifest([{ path: way, before: 'absent', after: 'absent' }])
      put(join(folder, `.tracecat-harden/backups/${id}${end}/manifest.json`), forged, owner)
      const other = join(folder, '.tracecat-harden/backups/2026-02-02T00-00-00Z/manifest.json')
      put(other, manifest([]), owner)
      const third = join(folder, '.tracecat-harden/backups/2026-03-03T00-00-00Z/manifest.json')
      put(third, manifest([]), owner)
      const { exitCode, said } = await asRoot(
        cli(),
        ['restore', '--prune', '--yes', '--dir', folder],
        { sudo: alice },
      )
      expect([exitCode, said]).toEqual([
        2,
        expect.stringMatching(/manifest\.json is damaged, or not ours: files\.0\.path is no path/),
      ])
      expect(outside.unharmed()).toBe(true)
      expect([existsSync(other), existsSync(third)]).toEqual([true, true])
    }
  })

  test('a backup that makes a setuid file of root', async () => {
    for (const owner of [alice, 0]) {
      const folder = installOf(owner)
      const env = readFileSync(join(folder, '.env'), 'utf8')
      const shell = '#!/bin/sh\nid\n'
      const old = (text: string) => ({ sha256: hashOf(text), mode: 0o6755, uid: 0, gid: 0 })
      const files = [
        { path: '.env', before: old(env), after: hashOf('x') },
        { path: 'sh', before: old(shell), after: hashOf('x') },
      ]
      const backup = join(folder, '.tracecat-harden/backups', id)
      put(join(backup, 'manifest.json'), manifest(files), owner)
      put(join(backup, 'files/.env'), env, owner)
      put(join(backup, 'files/sh'), shell, owner)
      const args = ['restore', id, '--files-only', '--yes', '--dir', folder]
      const { exitCode } = await asRoot(cli(), args, { sudo: alice })
      expect(exitCode).toBe(0)
      expect(readFileSync(join(folder, 'sh'), 'utf8')).toBe(shell)
      expect(lstatSync(join(folder, 'sh')).mode & 0o7000).toBe(0)
      expect(lstatSync(join(folder, 'sh')).uid).toBe(owner)
    }
  })

  test.each([
    [
      'fingerprints.json',
      {
        version: 1,
        parts: { 'db-encryption-key': `scrypt$2$99$1$${'a'.repeat(22)}$${'b'.repeat(43)}` },
      },
    ],
    [
      'written.json',
      {
        version: 1,
        places: { 'file:../../x': { hash: 'a'.repeat(43), before: { kind: 'absent' } } },
      },
    ],
    ['history.json', { version: 1, secrets: { redis: 'yesterday' } }],
    ['privileges.json', { version: 1, level: 'confined', how: 'probed', why: 'x', run: 'y' }],
    [
      'lock',
      {
        version: 1,
        nonce: 'abcdefghijkl',
        processId: -1,
        host: 'x',
        boot: 'x',
        started: 'x',
        since: 'x',
      },
    ],
  ])('%s: one message with the file, exit 2, nothing changed', async (name, content) => {
    const folder = installOf(alice)
    put(join(folder, '.tracecat-harden', name), content, alice)
    const before = pictureOf(folder)
    const { exitCode, stderr } = await asRoot(cli(), [...initArguments, folder], { sudo: alice })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`.tracecat-harden/${name}`)
    expect(stderr).toMatch(/damaged/)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(pictureOf(folder)).toBe(before)
  })
})

describe.skipIf(!isRoot)(`what only root may read${unlessRoot}`, () => {
  test('is read where the command line names it, and only then', async () => {
    const outside = openFolder()
    const answers = join(outside, 'answers.yaml')
    const folder = installOf(alice)
    renameSync(join(folder, 'tracecat-harden.yaml'), answers)
    chmodSync(answers, 0o600)
    own(0, answers)
    const named = [...initArguments, folder, '--answers', answers]
    expect((await asRoot(cli(), [...named, '--dry-run'], { sudo: alice })).exitCode).toBe(0)
    // A link of his own at that place is not what the admin meant.
    own(alice, outside)
    const refused = await asRoot(cli(), [...named, '--dry-run'], { sudo: alice })
    expect(refused.exitCode).toBe(0)
    rmSync(answers)
    const { file } = victim()
    symlinkSync(file, answers)
    const led = await asRoot(cli(), [...named, '--dry-run'], { sudo: alice })
    expect(led.exitCode).not.toBe(0)
    expect(led.stdout + led.stderr).not.toContain(treasure)
  })

  test('is not read since a file of the folder names it', async () => {
    const { file } = victim()
    const folder = installOf(alice)
    writeFileSync(join(folder, '.env'), `COMPOSE_FILE=docker-compose.yml:${file}\n`)
    for (const args of [initArguments, ['audit']]) {
      const { exitCode, stdout, stderr } = await asRoot(cli(), [...args, folder], { sudo: alice })
      expect(exitCode).toBeGreaterThan(1)
      expect(stdout + stderr).not.toContain(treasure)
      expect(stderr).toContain('permission denied')
    }
  })
})
