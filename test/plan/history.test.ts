import { expect, test } from 'vitest'
import { parseHistory, renderHistory, withChanged } from '../../src/plan/history.ts'

const now = new Date('2026-11-23T16:00:00Z')

test('what was changed has the time, the rest keeps its own', () => {
  const before = withChanged(new Map(), ['redis', 'minio'], new Date('2025-01-01T00:00:00Z'))
  const after = withChanged(before, ['redis', 'postgres'], now)
  expect(Object.fromEntries(parseHistory(renderHistory(after)))).toEqual({
    minio: '2025-01-01T00:00:00.000Z',
    postgres: '2026-11-23T16:00:00.000Z',
    redis: '2026-11-23T16:00:00.000Z',
  })
})

test('the same history gives the same bytes, whatever came first', () => {
  const one = withChanged(new Map(), ['redis', 'minio'], now)
  const other = withChanged(new Map(), ['minio', 'redis'], now)
  expect(renderHistory(one)).toBe(renderHistory(other))
  expect(renderHistory(one)).toMatch(/\}\n$/)
})

test('no file is an empty history', () => {
  expect([...parseHistory(undefined)]).toEqual([])
})

test.each([
  ['an empty one', ''],
  ['no JSON', '{"version":1,'],
  ['another version', '{"version":2,"secrets":{"redis":"2026-11-23T16:00:00Z"}}'],
  ['no times', '{"version":1,"secrets":{"redis":1}}'],
  ['null', 'null'],
  ['a field more', '{"version":1,"secrets":{},"also":1}'],
  ['what is no time', '{"version":1,"secrets":{"redis":"yesterday"}}'],
  ['a secret that there is not', '{"version":1,"secrets":{"a":"2026-11-23T16:00:00Z"}}'],
])('%s is refused, with its file', (_, text) => {
  expect(() => parseHistory(text)).toThrow('.tracecat-harden/history.json is damaged, or not ours')
})
