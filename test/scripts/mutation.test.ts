import { describe, expect, test } from 'vitest'
import { mutantsOf } from '../../scripts/mutation/points.mjs'
import { relatedTests } from '../../scripts/mutation/related-tests.mjs'

/** Every change of a source, as the source that it gives. */
const changed = (text: string) =>
  mutantsOf('src/plan/x.ts', text).map(
    ({ start, end, becomes }) => text.slice(0, start) + becomes + text.slice(end),
  )

describe('a source is changed in one place at a time', () => {
  test.each<readonly [string, string, readonly string[]]>([
    [
      'a comparison',
      'a(); if (n < 2) {}',
      [
        '; if (n < 2) {}',
        'a(); if (!(n < 2)) {}',
        'a(); if (n <= 2) {}',
        'a(); if (n < (2 + 1)) {}',
      ],
    ],
    ['a connective', 'const a = b && c', ['const a = b || c']],
    ['a boolean', 'const a = true', ['const a = false']],
    ['a call that is waited for', 'await a(b)', [';']],
    ['an assignment', 'a.b ??= c', [';']],
    ['a throw', 'throw a', [';']],
    ['a return', 'function a() { return b }', ['function a() { return (undefined as never) }']],
    ['what an arrow gives', 'const a = () => b', ['const a = () => (undefined as never)']],
    ['a choice', 'const a = b ? c : d', ['const a = !(b) ? c : d']],
  ])('%s', (_, text, expected) => expect(changed(text)).toEqual(expected))

  test.each([
    'import a from "a"',
    'type A = true | 1',
    'interface A { b: 1 }',
    'const a = (): undefined => undefined',
    'class A { constructor() { super() } }',
  ])('and not where nothing runs, or nothing would change: %s', (text) => {
    expect(changed(text)).toEqual([])
  })

  test('and each change has a name by its place', () => {
    expect(mutantsOf('src/plan/x.ts', '\n  a()').map(({ id }) => id)).toEqual([
      'src/plan/x.ts:2:3 statement',
    ])
  })
})

test('the tests of a file are all that load it, the nearest first, of these its own room', () => {
  const importers = new Map([
    ['src/plan/x.ts', ['src/plan/y.ts', 'test/live/x.test.ts', 'test/plan/x.test.ts']],
    ['src/plan/y.ts', ['src/plan/x.ts', 'test/far.test.ts', 'test/helper.ts']],
    ['test/helper.ts', ['test/farther.test.ts']],
    ['src/other.ts', ['test/other.test.ts']],
  ])
  expect(relatedTests(importers, 'src/plan/x.ts')).toEqual([
    'test/plan/x.test.ts',
    'test/live/x.test.ts',
    'test/far.test.ts',
    'test/farther.test.ts',
  ])
})
