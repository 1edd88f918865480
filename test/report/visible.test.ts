import { expect, test } from 'vitest'
import { visible } from '../../src/report/visible.ts'

test.each([
  ['\u001b[2Jgone', '\uFFFD[2Jgone'],
  ['one\r\ntwo\tthree', 'one two three'],
  ['a\u202egnp.exe', 'a\uFFFDgnp.exe'],
  ['\u0085\u009b', '\uFFFD\uFFFD'],
  ['half \ud83d', 'half \uFFFD'],
  ['Grüße, 東京 🙂', 'Grüße, 東京 🙂'],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown)
})

test('a text without end is cut, between characters', () => {
  expect(visible('x'.repeat(100_000))).toHaveLength(1003)
  expect(visible(`${'x'.repeat(999)}🙂`)).toBe(`${'x'.repeat(999)}\uFFFD...`)
})
