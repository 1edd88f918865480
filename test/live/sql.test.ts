import fc from 'fast-check'
import { expect, test } from 'vitest'
import { identifier, literal } from '../../src/live/sql.ts'

/** Texts as PostgreSQL's grammar reads them; undefined where something is left over. */
const readIdentifier = (sql: string) =>
  /^"(?:[^"]|"")+"$/.test(sql) ? sql.slice(1, -1).replaceAll('""', '"') : undefined
const readPlain = (sql: string) =>
  /^'(?:[^'\\]|'')*'$/.test(sql) ? sql.slice(1, -1).replaceAll("''", "'") : undefined
const readEscaped = (sql: string) =>
  /^ E'(?:[^'\\]|''|\\\\)*'$/.test(sql)
    ? sql.slice(3, -1).replace(/''|\\\\/g, (pair) => pair.charAt(0))
    : undefined

const name = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\0')),
  fc.string({ unit: fc.constantFrom('"', "'", '\\', ';', '$', ':', '\n', '-', 'x'), minLength: 1 }),
)

test('a name stays one name', () => {
  fc.assert(fc.property(name, (text) => readIdentifier(identifier(text)) === text))
})

// With a backslash, '...' would depend on standard_conforming_strings.
test('a text stays one text', () => {
  fc.assert(
    fc.property(name, (text) => {
      const read = text.includes('\\') ? readEscaped : readPlain
      return read(literal(text)) === text
    }),
  )
})

test('nothing is cut off at a NUL', () => {
  expect(() => identifier('a\0b')).toThrow('NUL')
  expect(() => literal('a\0b')).toThrow('NUL')
})
