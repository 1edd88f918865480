import { describe, expect, test } from 'vitest'
import { ageOf, secretTable } from '../../../src/report/rotate/secret-table.ts'
import { type SecretRow, secretRows } from '../../../src/rotation/choice.ts'
import { secretIds } from '../../../src/secrets/catalogue.ts'
import { isSecretName } from '../../../src/secrets/names.ts'
import { isWellKnown } from '../../../src/secrets/well-known.ts'
import { hardened } from '../../controls/case.ts'

const now = new Date('2026-11-23T16:00:00Z')

describe('the age', () => {
  test.each([
    [undefined, 'age unknown'],
    ['2026-11-23T15:59:59Z', 'from today'],
    ['2026-11-22T16:00:01Z', 'from today'],
    ['2026-11-22T16:00:00Z', '1 day old'],
    ['2026-11-21T16:00:00Z', '2 days old'],
    ['2025-11-23T16:00:00Z', '365 days old'],
    // A clock that was wrong once.
    ['2027-01-01T00:00:00Z', 'from today'],
  ])('%s: %s', (changed, words) => {
    expect(ageOf(changed, now)).toBe(words)
  })
})

describe('the table', () => {
  const install = hardened()
  const rows = secretRows(install, new Map([['redis', '2026-11-20T00:00:00Z']]))
  const table = (columns: number) => secretTable(rows, now, columns)

  test('has every secret once, in the order in which they are rotated', () => {
    const ids = table(80).flatMap((line) => /^ {2}([a-z][a-z-]*) {2,}/.exec(line)?.[1] ?? [])
    expect(ids).toEqual(secretIds)
  })

  test('says age, what it does, what it breaks, and why not', () => {
    const text = table(80).join('\n').replace(/\s+/g, ' ')
    expect(text).toContain('redis 3 days old Its clients move to a new password')
    expect(text).toContain('What breaks: Every webhook and agent channel URL changes')
    expect(text).toContain('db-encryption-key age unknown Not here: it is never rotated')
  })

  test.each([40, 60, 80, 120])('fits into %i columns, but for words that do not', (columns) => {
    const long = table(columns).filter((line) => line.length > columns)
    expect(long.filter((line) => /\S \S/.test(line.trimStart()))).toEqual([])
    if (columns >= 80) expect(long).toEqual([])
  })

  test('shows no secret', () => {
    const secrets = [...install.install.values].flatMap(([name, value]) =>
      isSecretName(name) && value.length > 7 && !isWellKnown(value) ? [value] : [],
    )
    expect(secrets.length).toBeGreaterThan(6)
    const text = table(80).join('\n')
    expect(secrets.filter((value) => text.includes(value))).toEqual([])
  })

  test('one row is as good as many', () => {
    const [row] = rows
    const one: readonly SecretRow[] = row === undefined ? [] : [row]
    expect(secretTable(one, now, 80)[0]).toBe('  postgres  age unknown')
  })
})
