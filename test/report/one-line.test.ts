import { expect, test } from 'vitest'
import { oneLine } from '../../src/report/one-line.ts'

test.each([
  ['one\r\ntwo\tthree', 'one two three'],
  ['one\u2028two\u0085three', 'one two three'],
  ['half \ud83d', 'half \uFFFD'],
  ['Grüße, 東京 🙂', 'Grüße, 東京 🙂'],
])('%j is shown as %j', (text, shown) => {
  expect(oneLine(text)).toBe(shown)
})

test('a text without end is cut, between characters', () => {
  expect(oneLine('x'.repeat(100_000))).toHaveLength(1003)
  expect(oneLine(`${'x'.repeat(999)}🙂`)).toBe(`${'x'.repeat(999)}\uFFFD...`)
})
