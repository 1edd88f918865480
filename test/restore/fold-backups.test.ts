import { describe, expect, test } from 'vitest'
import type { Backup } from '../../src/apply/backup.ts'
import { foldBackups } from '../../src/restore/fold-backups.ts'

const state = (sha256: string) => ({ sha256, mode: 0o600, uid: 0, gid: 0 })

/** A backup of files by path: the hash before, and after. */
function backup(id: string, files: Readonly<Record<string, readonly [string, string]>>): Backup {
  return {
    ...{ version: 1, id, command: 'rotate', created: '2026-11-23T16:00:00Z' },
    files: Object.entries(files).map(([path, [before, after]]) => ({
      ...{ path, after },
      before: before === 'absent' ? 'absent' : state(before),
    })),
  }
}

const chain = [
  backup('1', { '.env': ['a', 'b'], 'only-first': ['x', 'y'] }),
  backup('2', { '.env': ['b', 'c'], made: ['absent', 'm'] }),
  backup('3', { '.env': ['c', 'd'], made: ['m', 'n'], later: ['p', 'q'] }),
]

describe('of each file, the first backup from the chosen one on counts', () => {
  test.each([
    ['1', { '.env': 'a', 'only-first': 'x', made: 'absent', later: 'p' }],
    ['2', { '.env': 'b', made: 'absent', later: 'p' }],
    ['3', { '.env': 'c', made: 'm', later: 'p' }],
  ])('%s', (id, expected) => {
    const found = [...foldBackups(chain, id)].map(([path, { before }]) => [
      path,
      before === 'absent' ? before : before.sha256,
    ])
    expect(Object.fromEntries(found)).toEqual(expected)
  })

  test('its copy lies there, and all that was written since is known for ours', () => {
    const folded = foldBackups(chain, '1')
    expect(folded.get('.env')).toMatchObject({ backup: '1', written: new Set(['b', 'c', 'd']) })
    expect(folded.get('made')).toMatchObject({ backup: '2', written: new Set(['m', 'n']) })
  })
})

test.each([
  '/etc/passwd',
  '../outside',
  'a/../../outside',
  './.env',
  'folder/',
  '.tracecat-harden/lock',
  '.tracecat-harden/backups/1/manifest.json',
  '.tracecat-harden/journal.json',
])('a manifest that names %s is damaged', (path) => {
  const stranger = backup('1', { [path]: ['a', 'b'] })
  expect(() => foldBackups([stranger], '1')).toThrow('The backup 1 is damaged')
})
