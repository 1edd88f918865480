import { expect, test } from 'vitest'
import { readArguments } from '../../src/commands/arguments.ts'
import { help } from '../../src/commands/help.ts'

const defaults = {
  ...{ directory: '.', backup: undefined, yes: false, dryRun: false },
  ...{ filesOnly: false, prune: false, json: false, verbose: false },
}

test.each([
  [['restore'], {}],
  [['restore', 'an-id', '--dir', 'a', '-y'], { backup: 'an-id', directory: 'a', yes: true }],
  [['restore', '--files-only', '--dry-run'], { filesOnly: true, dryRun: true }],
  [['restore', '--prune', '--json'], { prune: true, json: true }],
])('%j', (args, options) => {
  expect(readArguments(args)).toEqual({
    kind: 'restore',
    noColor: false,
    options: { ...defaults, ...options },
  })
})

test.each([
  [['restore', 'a', 'b'], /one backup/],
  [['restore', '--all'], /--all is an option of rotate, not of restore/],
  [['init', '--prune'], /--prune is an option of restore, not of init/],
])('%j is refused', (args, message) => {
  expect(() => readArguments(args)).toThrow(message)
})

test('help names every option, within 80 columns', () => {
  const lines = help.slice(help.indexOf('Options of restore')).split('\n\n')[0]?.split('\n') ?? []
  for (const option of ['--yes', '--dry-run', '--files-only', '--prune'])
    expect(lines.some((line) => line.includes(option))).toBe(true)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
})

test('the help fits 80 columns', () => {
  expect(help.split('\n').filter((line) => line.length > 80)).toEqual([])
})
