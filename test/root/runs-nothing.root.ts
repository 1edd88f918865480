import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { Masker } from '../../src/secrets/masker.ts'
import { readGit } from '../../src/surroundings/git.ts'
import { realWorld } from '../../src/world/real.ts'
import { temporaryFolder } from '../world/fake.ts'
import {
  alice,
  asRoot,
  installOf,
  isRoot,
  openFolder,
  own,
  programs,
  unlessRoot,
} from './program.ts'

// What a folder says is run by nobody: not by git, which it configures, and not by us.

vi.setConfig({ testTimeout: 60_000 })

const { cli } = programs()
const me = process.getuid?.() ?? 0

function git(folder: string, ...args: readonly string[]): void {
  const options = [
    '-c',
    'user.name=x',
    '-c',
    'user.email=x@example.com',
    '-c',
    'commit.gpgsign=false',
  ]
  execFileSync('git', ['-C', folder, ...options, ...args], { stdio: 'ignore' })
}

/** A checkout whose configuration has git run a program wherever it may; each leaves a file in `marks`. */
function trap(folder: string, marks: string): void {
  rmSync(join(folder, '.git'), { recursive: true, force: true })
  git(folder, 'init', '--quiet')
  git(folder, 'add', '-f', '.env')
  git(folder, 'commit', '--quiet', '-m', 'x')
  git(folder, 'rm', '--quiet', '--cached', '.env')
  git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'y')
  chmodSync(marks, 0o777)
  const run = (name: string) => {
    const path = join(marks, `${name}.sh`)
    writeFileSync(path, `#!/bin/sh\nid -u >> ${marks}/${name}.ran\ncat >/dev/null\nexit 0\n`)
    chmodSync(path, 0o755)
    return path
  }
  const hooks = join(folder, '.git/hooks')
  mkdirSync(hooks, { recursive: true })
  for (const hook of ['post-index-change', 'fsmonitor-watchman', 'reference-transaction']) {
    writeFileSync(join(hooks, hook), `#!/bin/sh\nexec ${run(`hook-${hook}`)}\n`, { mode: 0o755 })
  }
  writeFileSync(
    join(folder, '.git/config'),
    [
      '[core]',
      'repositoryformatversion = 1',
      `fsmonitor = ${run('fsmonitor')}`,
      `pager = ${run('pager')}`,
      `sshCommand = ${run('ssh')}`,
      `editor = ${run('editor')}`,
      `askPass = ${run('askpass')}`,
      `gitProxy = ${run('proxy')}`,
      '[gpg]',
      `program = ${run('gpg')}`,
      '[gpg "ssh"]',
      `program = ${run('gpg-ssh')}`,
      '[log]',
      'showSignature = true',
      '[pager]',
      `log = ${run('pager-log')}`,
      'rev-list = true',
      '[alias]',
      ...['rev-parse', 'ls-files', 'rev-list', 'log'].map(
        (name) => `${name} = !${run(`alias-${name}`)}`,
      ),
      '[filter "x"]',
      `clean = ${run('clean')}`,
      `process = ${run('process')}`,
      '[diff "x"]',
      `textconv = ${run('textconv')}`,
      `command = ${run('diff')}`,
      '[diff]',
      `external = ${run('external')}`,
      '[credential]',
      `helper = ${run('credential')}`,
      '[extensions]',
      'partialClone = origin',
      '[protocol]',
      'allow = always',
      '[remote "origin"]',
      `url = ext::${run('ext')}`,
      `uploadpack = ${run('uploadpack')}`,
      'promisor = true',
      'partialclonefilter = tree:0',
      '',
    ].join('\n'),
  )
  writeFileSync(join(folder, '.gitattributes'), '* filter=x diff=x\n')
}

const ran = (marks: string) => readdirSync(marks).filter((name) => name.endsWith('.ran'))

describe('git in a checkout that configures programs', () => {
  test('runs none of them, and answers all the same', async () => {
    const folder = temporaryFolder()
    const marks = temporaryFolder()
    writeFileSync(join(folder, '.env'), 'A=b\n')
    trap(folder, marks)
    // The trap is none where git as people call it walks past.
    execFileSync('git', ['-C', folder, 'ls-files', '-m'], { stdio: 'ignore' })
    expect(ran(marks)).toContain('fsmonitor.ran')
    for (const name of ran(marks)) rmSync(join(marks, name))
    const facts = await readGit(realWorld(new Masker()), folder, '.env')
    expect(facts).toEqual({
      known: true,
      value: { checkout: true, trackedEnv: false, envInHistory: true },
    })
    expect(ran(marks)).toEqual([])
  })

  test('fetches nothing where the history has holes', async () => {
    const folder = temporaryFolder()
    const marks = temporaryFolder()
    writeFileSync(join(folder, '.env'), 'A=b\n')
    trap(folder, marks)
    // The tree of the newest commit goes, as in a clone that left trees out.
    const tree = execFileSync('git', ['-C', folder, 'rev-parse', 'HEAD^{tree}'], {
      encoding: 'utf8',
    }).trim()
    rmSync(join(folder, '.git/objects', tree.slice(0, 2), tree.slice(2)), { force: true })
    await readGit(realWorld(new Masker()), folder, '.env')
    expect(ran(marks)).toEqual([])
  })

  test('is not led elsewhere by variables of ours', async () => {
    const folder = temporaryFolder()
    const other = temporaryFolder()
    const marks = temporaryFolder()
    writeFileSync(join(other, '.env'), 'A=b\n')
    trap(other, marks)
    for (const name of ran(marks)) rmSync(join(marks, name))
    process.env.GIT_DIR = join(other, '.git')
    process.env.GIT_EXTERNAL_DIFF = join(marks, 'external.sh')
    onTestFinished(() => {
      delete process.env.GIT_DIR
      delete process.env.GIT_EXTERNAL_DIFF
    })
    expect(await readGit(realWorld(new Masker()), folder, '.env')).toEqual({
      known: true,
      value: { checkout: false, trackedEnv: false },
    })
    expect(ran(marks)).toEqual([])
  })

  test.skipIf(!isRoot)(`of somebody else is unknown, and said so${unlessRoot}`, async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, '.env'), 'A=b\n')
    trap(folder, temporaryFolder())
    own(alice, folder)
    expect(await readGit(realWorld(new Masker()), folder, '.env')).toEqual({
      known: false,
      why: 'git does not read this checkout: somebody else owns it, or it is damaged',
    })
  })
})

describe('a program', () => {
  test('is never one of the folder that it is started in', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'harden-trap'), '#!/bin/sh\necho ran\n', { mode: 0o755 })
    const path = process.env.PATH
    onTestFinished(() => {
      process.env.PATH = path
    })
    for (const entries of ['.', '', 'bin']) {
      mkdirSync(join(folder, 'bin'), { recursive: true })
      writeFileSync(join(folder, 'bin/harden-trap'), '#!/bin/sh\necho ran\n', { mode: 0o755 })
      process.env.PATH = `${entries}:${path}`
      const { processes } = realWorld(new Masker())
      const result = await processes.run('harden-trap', [], { cwd: folder, timeoutMs: 5000 })
      expect(result).toBe('missing')
    }
  })

  test.skipIf(!isRoot)(
    `as the owner has no way back, no group and nothing of our environment${unlessRoot}`,
    async () => {
      const folder = installOf(alice)
      process.env.HARDEN_TEST_SECRET = 'of root'
      onTestFinished(() => void delete process.env.HARDEN_TEST_SECRET)
      const world = realWorld(new Masker())
      const result = await world.inside(folder, 'look', [], (inside) =>
        inside.processes.run('sh', ['-c', 'grep -E "^(Uid|Gid|Groups)" /proc/self/status; env'], {
          timeoutMs: 5000,
          as: 'owner',
        }),
      )
      if (result === 'missing') throw new Error('There is no sh')
      const lines = result.stdout.split('\n')
      const ids = [alice, alice, alice, alice].join('\t')
      expect(lines.slice(0, 2)).toEqual([`Uid:\t${ids}`, `Gid:\t${ids}`])
      expect(lines[2]?.trim()).toBe('Groups:')
      expect(result.stdout).not.toContain('HARDEN_TEST_SECRET')
    },
  )
})

describe.skipIf(!isRoot)(`audit of somebody's folder, as root${unlessRoot}`, () => {
  const hasStrace = existsSync('/usr/bin/strace')

  function customer(): { readonly folder: string; readonly marks: string } {
    const folder = installOf(me)
    const marks = openFolder()
    trap(folder, marks)
    own(alice, folder)
    return { folder, marks }
  }

  test('runs nothing that the folder says', async () => {
    const { folder, marks } = customer()
    // Git takes who called sudo for root, and would trust his checkout.
    for (const run of [{}, { sudo: alice }]) {
      const { exitCode } = await asRoot(cli(), ['audit', folder], run)
      expect(exitCode).toBe(1)
      expect(ran(marks)).toEqual([])
    }
  })

  test.skipIf(!hasStrace)(
    `executes git alone, as the owner, and opens nothing to write${hasStrace ? '' : ' (skipped: needs strace)'}`,
    async () => {
      const { folder } = customer()
      const trace = join(openFolder(), 'trace')
      execFileSync(
        '/usr/bin/strace',
        [
          '-f',
          '-qq',
          '-s',
          '300',
          '-e',
          'trace=execve,openat,setuid',
          '-o',
          trace,
          process.execPath,
          cli(),
          'audit',
          '--fail-on',
          'never',
          folder,
        ],
        { stdio: 'ignore', env: { PATH: process.env.PATH, HOME: process.env.HOME } },
      )
      const lines = execFileSync('cat', [trace], { encoding: 'utf8', maxBuffer: 2 ** 28 }).split(
        '\n',
      )
      const executed = lines.flatMap((line) => {
        const [, program = '', first = '', rest = ''] =
          /execve\("([^"]*)", \["([^"]*)"(.*?)\], .* = 0$/.exec(line) ?? []
        return program === '' ? [] : [[program.split('/').at(-1), first, rest] as const]
      })
      expect(executed[0]?.[0]).toBe('node')
      const others = executed.slice(1)
      expect(new Set(others.map(([program]) => program))).toEqual(new Set(['git']))
      expect(others.every(([, , rest]) => rest.includes('core.fsmonitor=false'))).toBe(true)
      expect(
        lines
          .filter((line) => /setuid\(\d+\)/.test(line))
          .every((line) => line.includes(`(${alice})`)),
      ).toBe(true)
      const written = lines.filter(
        (line) =>
          /openat\(.*(?:O_WRONLY|O_RDWR|O_CREAT)/.test(line) &&
          !/"\/dev\/(?:null|tty)"|= -1/.test(line),
      )
      expect(written).toEqual([])
    },
  )
})
