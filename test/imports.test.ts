import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readLayers } from '../scripts/layers.mjs'
import { circles, violations } from './import-rules.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const layers = readLayers(readFileSync(join(root, 'docs/architecture.md'), 'utf8'))

test('the table of layers is read from docs/architecture.md', () => {
  expect(layers.get('cli')).toEqual({ row: 1, pure: false })
  expect(layers.get('surroundings')?.row).toBeLessThan(layers.get('live')?.row ?? 0)
  expect(layers.get('controls')?.pure).toBe(true)
  expect(layers.get('world')?.row).toBeGreaterThan(layers.get('secrets')?.row ?? Infinity)
})

const sources = new Map(
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [`src/${file}`, readFileSync(join(root, 'src', file), 'utf8')]),
)

/** A node of YAML is edited inside of another one, in block style and in flow style: a true recursion. */
const recursion = ['src/plan/yaml/flow.ts', 'src/plan/yaml/reconcile.ts']

test('no files import each other, but for the one recursion', { timeout: 30_000 }, () => {
  expect(circles(sources)).toEqual([recursion])
})

test('a circle is found, through types and other files as well', () => {
  const files = new Map([
    ['src/a.ts', "import type { B } from './b/b.ts'"],
    ['src/b/b.ts', "export { c } from '../c.ts'"],
    ['src/c.ts', "const a = await import('./a.ts')"],
    ['src/d.ts', "import { a } from './a.ts'"],
  ])
  expect(circles(files)).toEqual([['src/a.ts', 'src/b/b.ts', 'src/c.ts']])
})

test(
  'every source file imports downward, and only world/ touches anything',
  { timeout: 30_000 },
  () => {
    expect(sources.size).toBeGreaterThan(10)
    expect([...sources].flatMap(([file, text]) => violations(file, text, layers))).toEqual([])
  },
)

test.each([
  ['src/plan/a.ts', "import { b } from '../controls/b.ts'"],
  ['src/controls/data/a.ts', "import type { B } from '../../edge/b.ts'"],
  ['src/surroundings/a.ts', "import { b } from '../live/b.ts'"],
  ['src/world/a.ts', "import { Masked } from '../secrets/masked.ts'"],
  ['src/world/a.ts', "import { spawn } from 'node:child_process'"],
  ['src/install/a.ts', "import { Failure } from '../failure.ts'"],
  ['src/install/a.ts', "import text from '../../templates/edge/site.caddyfile'"],
  ['src/install/a.ts', "import { posix } from 'node:path'"],
  ['src/secrets/a.ts', "import { randomBytes } from 'node:crypto'"],
  ['src/commands/a.ts', "const { b } = await import('../wizard/b.ts')"],
  ['src/wizard/a.ts', "import { input } from '@inquirer/prompts'"],
  ['src/report/a.ts', 'const day = (when: string) => new Date(when)'],
  ['src/report/a.ts', 'const running = (service: Service) => service.process.fetch()'],
])('%s may say: %s', (path, text) => {
  expect(violations(path, text, layers)).toEqual([])
})

test.each([
  ['src/edge/a.ts', "import { b } from '../plan/b.ts'", 'upward or sideways from plan'],
  [
    'src/live/a.ts',
    "import { b } from '../surroundings/b.ts'",
    'upward or sideways from surroundings',
  ],
  ['src/release/a.ts', "import { b } from '../secrets/b.ts'", 'upward or sideways from secrets'],
  ['src/world/a.ts', "import { b } from '../answers/b.ts'", 'upward or sideways from answers'],
  [
    'src/report/a.ts',
    "import type { World } from '../world/world.ts'",
    'is pure, and imports world',
  ],
  ['src/report/a.ts', "export { b } from '../commands/b.ts'", 'upward or sideways from commands'],
  ['src/plan/a.ts', "type A = import('../apply/a.ts').A", 'upward or sideways from apply'],
  ['src/commands/a.ts', 'await import(name)', 'by a computed name'],
  ['src/commands/a.ts', "import { b } from '../../test/b.ts'", 'outside of src/'],
  ['src/elsewhere/a.ts', '', 'elsewhere is not in the table'],
  ['src/apply/a.ts', "import { rename } from 'node:fs/promises'", 'rename of node:fs/promises'],
  ['src/live/a.ts', "import { connect } from 'node:net'", 'connect of node:net'],
  ['src/install/a.ts', "import path from 'node:path'", '* of node:path'],
  ['src/plan/a.ts', "import { resolve } from 'node:path'", 'resolve of node:path'],
  ['src/plan/a.ts', "import { randomBytes } from 'node:crypto'", 'randomBytes of node:crypto'],
  ['src/live/a.ts', "import { execa } from 'execa'", 'is for world'],
  ['src/live/a.ts', 'const home = process.env.HOME', 'uses process'],
  ['src/surroundings/a.ts', "await fetch('http://localhost')", 'uses fetch'],
  ['src/plan/a.ts', 'const now = new Date()', 'uses Date.now'],
  ['src/plan/a.ts', 'const chance = Math.random()', 'uses Math.random'],
])('%s may not say: %s', (path, text, reason) => {
  expect(violations(path, text, layers)).toEqual([expect.stringContaining(reason)])
})

test('every part that is loaded later is loaded where file operations wait for it', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  const loose = files
    .filter((file) => file.endsWith('.ts') && file !== 'cli.ts')
    .flatMap((file) => {
      const text = readFileSync(join(root, 'src', file), 'utf8')
      const all = text.match(/(?<![\w.])import\(/g)?.length ?? 0
      const gated = text.match(/load\(\(\) => import\(/g)?.length ?? 0
      return all === gated ? [] : [file]
    })
  // The command line itself goes into no install before it has loaded its command.
  expect(loose).toEqual([])
})
