import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  alice,
  asRoot,
  installOf,
  isRoot,
  openFolder,
  own,
  programs,
  unlessRoot,
  victim,
} from './program.ts'

// Whoever owns a folder exchanges it for a link with renameat2(2), over and over, while root works in it:
// between any look and any use. Node has no openat(2); this is what shows that it does not need it.

const runs = 200

/** Exchanges two names as one act, as a user, until it is told to end. Root could not do it for him. */
const swapper = `
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
one, other, uid = sys.argv[1].encode(), sys.argv[2].encode(), int(sys.argv[3])
os.setgroups([]); os.setgid(uid); os.setuid(uid)
if libc.renameat2(-100, one, -100, other, 2) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
print("begun", flush=True)
while True:
    libc.renameat2(-100, one, -100, other, 2)
`

const hasPython = isRoot && canRun('python3', ['-c', 'import ctypes; ctypes.CDLL(None).renameat2'])

function canRun(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function swapping(one: string, other: string): Promise<void> {
  const child = spawn('python3', ['-c', swapper, one, other, `${alice}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await new Promise((begun, failed) => {
    child.stdout.once('data', begun)
    child.once('exit', (code) => failed(new Error(`The swapper ended with ${code}`)))
  })
}

const titled = `${runs} runs against a folder that is exchanged for a link all the time${
  isRoot && !hasPython ? ' (skipped: needs python3 and renameat2)' : unlessRoot
}`

describe.skipIf(!hasPython)(titled, () => {
  const { racer } = programs()

  async function race(directory: string, path: string): Promise<Readonly<Record<string, number>>> {
    const { stdout, stderr } = await asRoot(racer(), [directory, path, `${runs}`], { sudo: alice })
    expect(stderr).toBe('')
    return JSON.parse(stdout)
  }

  test('a folder of the install, in the folder of who called sudo: none writes outside', async () => {
    const outside = victim()
    const install = installOf(alice)
    mkdirSync(join(install, 'caddy'))
    symlinkSync(outside.folder, join(install, 'link'))
    own(alice, install)
    await swapping(join(install, 'caddy'), join(install, 'link'))
    const endings = await race(install, 'caddy/Caddyfile')
    expect(outside.unharmed()).toBe(true)
    expect(Object.values(endings).reduce((sum, count) => sum + count, 0)).toBe(runs)
  }, 300_000)

  test('the state folder: none writes outside', async () => {
    const outside = victim()
    const install = installOf(alice)
    mkdirSync(join(install, '.tracecat-harden'), { mode: 0o700 })
    symlinkSync(outside.folder, join(install, 'link'))
    own(alice, install)
    await swapping(join(install, '.tracecat-harden'), join(install, 'link'))
    await race(install, 'tracecat-harden.yaml')
    expect(outside.unharmed()).toBe(true)
  }, 300_000)

  test("root's own install below his folder: each run is wholly in the one that it began with", async () => {
    const outside = victim()
    const home = join(openFolder(), 'home')
    mkdirSync(home)
    const install = join(home, 'tracecat')
    installOf(0, install)
    const way = join(home, 'way')
    symlinkSync(outside.folder, way)
    own(alice, way)
    execFileSync('chown', [`${alice}`, home])
    await swapping(install, way)
    const endings = await race(install, 'written.txt')
    expect(outside.unharmed()).toBe(true)
    // Both were met: some runs found the folder and wrote there, others found the link.
    expect(endings.written).toBeGreaterThan(0)
    expect(endings.surroundings).toBeGreaterThan(0)
    expect(readdirSync(outside.folder)).toEqual(['key'])
  }, 300_000)
})
