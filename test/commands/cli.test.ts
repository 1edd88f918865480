import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { asNobody, bundled, ended } from '../apply/program.ts'
import { stockFolder } from './installs.ts'

const program = bundled(fileURLToPath(new URL('../../src/cli.ts', import.meta.url)))

/** The command line as a user who owns nothing here. */
async function asAnother(args: readonly string[]) {
  const child = spawn(process.execPath, [...asNobody, program(), ...args], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return await ended(child)
}

describe.skipIf(process.getuid?.() !== 0)('what the system refuses is said in one message', () => {
  test('a list of backups that are another user’s', async () => {
    const folder = stockFolder()
    chmodSync(folder, 0o755)
    const backups = join(folder, '.tracecat-harden/backups')
    mkdirSync(backups, { recursive: true, mode: 0o700 })
    chmodSync(join(folder, '.tracecat-harden'), 0o700)
    const { exitCode, stdout, stderr } = await asAnother(['restore', '--dir', folder])
    expect([exitCode, stdout, stderr.replace(/\s+/g, ' ')]).toEqual([
      3,
      '',
      `Could not list ${backups}: permission denied. Run as the owner of the install, or with sudo. `,
    ])
  })

  test.each([
    'audit',
    'init',
    'restore',
    'rotate',
  ])('%s in a folder that cannot be entered', async (command) => {
    const folder = stockFolder()
    chmodSync(folder, 0o700)
    const inside = join(folder, 'inside')
    const rest = command === 'init' ? ['--yes'] : command === 'rotate' ? ['--all', '--yes'] : []
    const where = command === 'audit' ? [inside] : ['--dir', inside]
    const { exitCode, stderr } = await asAnother([command, ...where, ...rest])
    expect([exitCode, stderr]).toEqual([
      command === 'audit' ? 2 : 3,
      expect.stringMatching(/denied|No right|no Compose file/),
    ])
    expect(stderr).not.toMatch(/\n\s+at |node:internal/)
  })

  test('rotate --dry-run beside a journal that is another user’s', async () => {
    const folder = stockFolder()
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, '.tracecat-harden'), { mode: 0o700 })
    const args = ['rotate', '--dry-run', '--all', '--dir', folder]
    const { exitCode, stderr } = await asAnother(args)
    expect([exitCode, stderr.replace(/\s+/g, ' ')]).toEqual([
      3,
      `Could not read ${folder}/.tracecat-harden/journal.json: permission denied. Run as the owner of the install, or with sudo. `,
    ])
  })

  test('audit beside a journal that is another user’s: what keeps an install from being read is input', async () => {
    const folder = stockFolder()
    chmodSync(folder, 0o755)
    chmodSync(join(folder, '.env'), 0o644)
    mkdirSync(join(folder, '.tracecat-harden'), { mode: 0o755 })
    writeFileSync(join(folder, '.tracecat-harden/journal.json'), '{}', { mode: 0o600 })
    const { exitCode, stderr } = await asAnother(['audit', folder])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('permission denied')])
  })

  test('a name that is too long', async () => {
    const { exitCode, stderr } = await asAnother(['init', '--dir', `/${'a'.repeat(300)}`, '--yes'])
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/the name is too long/)])
    expect(stderr).not.toMatch(/\n\s+at |node:internal/)
  })
})
