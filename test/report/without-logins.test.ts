import { expect, test } from 'vitest'
import { withoutLogins } from '../../src/report/without-logins.ts'

test.each([
  ['http://me:hidden@example.com/x', 'http://***@example.com/x'],
  ['https://token@example.com', 'https://***@example.com'],
  ['redis://:a@hidden@redis:6379', 'redis://***@redis:6379'],
  ['two: a://u:p@h, b://u:p@h', 'two: a://***@h, b://***@h'],
  ['https://example.com/@somebody', 'https://example.com/@somebody'],
  ['mail me@example.com', 'mail me@example.com'],
  ['redis://:${REDIS_PASSWORD}@redis:6379', 'redis://:${REDIS_PASSWORD}@redis:6379'],
  ['a://${USER}:${PASSWORD}@h', 'a://${USER}:${PASSWORD}@h'],
  ['a://${USER}:hidden@h', 'a://***@h'],
  ['a://me:********@h', 'a://me:********@h'],
  ['a://me:********hidden@h', 'a://***@h'],
])('%s', (text, shown) => {
  expect(withoutLogins(text)).toBe(shown)
})

test('a long text takes no time', () => {
  const start = performance.now()
  withoutLogins('a://'.repeat(100_000))
  withoutLogins('a'.repeat(500_000))
  expect(performance.now() - start).toBeLessThan(1000)
})
