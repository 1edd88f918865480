import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { drawRooms } from '../../scripts/rooms.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('docs/rooms.svg is what the imports say: npm run docs makes it', () => {
  // Not toBe: nobody wants to read a difference of SVG.
  const isCurrent = readFileSync(join(root, 'docs/rooms.svg'), 'utf8') === drawRooms(root)
  expect(isCurrent).toBe(true)
})

/** The picture of a project of two rooms, in which the upper one imports the lower one so often. */
function drawn(imports: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'tracecat-rooms-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const files = {
    'docs/architecture.md': '| `attic/` | old things | no |\n| `cellar/` | wine | yes |\n',
    'src/attic/a.ts': Array.from(
      { length: imports },
      (_, index) => `import type { B${index} } from '../cellar/b.ts'\n`,
    ).join(''),
    'src/cellar/b.ts': "import { c } from './c.ts'\nimport { join } from 'node:path'\n",
    'src/cellar/c.ts': '',
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return drawRooms(folder)
}

test('an arrow is as wide as there are imports, and within a room there is none', () => {
  expect(drawn(0)).not.toContain('imports cellar')
  for (const [imports, width] of [
    [1, 1],
    [3, 2],
    [10, 4],
    [30, 7],
  ] as const) {
    const picture = drawn(imports)
    expect(picture.match(/<title>(?:attic|cellar) imports \w+/g)).toEqual([
      '<title>attic imports cellar',
    ])
    expect(picture).toMatch(
      new RegExp(`C[^"]*" fill="none" stroke="#\\w+" stroke-width="${width}"`),
    )
  }
  expect(drawn(4)).toBe(drawn(5))
})
