import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { controls } from '../../src/controls/registry.ts'
import { formatConnectionUri, parseConnectionUri } from '../../src/servers/uri.ts'
import { caseOf, look } from '../controls/case.ts'

const parts = (text: string) => {
  const uri = parseConnectionUri(text)
  return uri === undefined ? undefined : [uri.user, uri.password, uri.host, uri.port, uri.rest]
}

describe('a sound URI is read as it is written', () => {
  test.each([
    ['redis://redis:6379', ['', '', 'redis', '6379', '']],
    ['redis://:pw@redis:6379/0', ['', 'pw', 'redis', '6379', '/0']],
    ['redis://redis:6379/0?client_name=a@b', ['', '', 'redis', '6379', '/0?client_name=a@b']],
    ['postgresql://u:p@h:5432/db?options=a@b', ['u', 'p', 'h', '5432', '/db?options=a@b']],
    ['postgresql://u:p@h/db?options=a@b', ['u', 'p', 'h', '', '/db?options=a@b']],
    ['postgresql://u:p@h?options=a@b&x=1', ['u', 'p', 'h', '', '?options=a@b&x=1']],
    ['postgresql://u:p@h:5432/a@b', ['u', 'p', 'h', '5432', '/a@b']],
    ['postgresql://u:p%40x@[::1]:5432/db', ['u', 'p@x', '[::1]', '5432', '/db']],
    ['postgresql://u@a.example:p@h:5432/db', ['u@a.example', 'p', 'h', '5432', '/db']],
    ['postgresql://u:p@h1:5432,h2:5432/db', ['u', 'p', 'h1', '5432', ',h2:5432/db']],
    ['postgresql://u:p@h:${PORT}/db', ['u', 'p', 'h', '', ':${PORT}/db']],
    ['postgresql://h/db', ['', '', 'h', '', '/db']],
    ['postgresql:///db', undefined],
    ['postgresql://u:p@/db', undefined],
    ['redis', undefined],
  ])('%s', (text, expected) => {
    expect(parts(text)).toEqual(expected)
    expect(parseConnectionUri(text)?.hasBareAt).toBeUndefined()
  })
})

describe('a password that is not encoded is no host', () => {
  test.each([
    ['kJ8@xQ2mVb7L/pZ4t', true],
    ['a@b:1/c', true],
    ['a@b?c=d', true],
    ['a@b#c', true],
    ['a/b@c?d#e@f', true],
    ['7/x', false],
    ['a?b=c', false],
    ['@', true],
  ])('%s', (password, hasBareAt) => {
    for (const [host, port, rest] of [
      ['postgres_db', '5432', '/postgres'],
      ['postgres_db', '5432', '/postgres?options=a@b'],
      ['redis', '6379', ''],
    ]) {
      const uri = parseConnectionUri(`redis://u:${password}@${host}:${port}${rest}`)
      expect(uri).toMatchObject({ user: 'u', password, host, port, rest })
      expect(uri?.hasBareAt === true).toBe(hasBareAt)
    }
  })

  test('whatever @, /, ? and # it has', () => {
    const word = fc.string({ unit: fc.constantFrom(...'aZ09_.-@/?#:=&!'), maxLength: 12 })
    fc.assert(
      fc.property(
        word,
        fc.constantFrom('/postgres', '/0', '', '/db?options=a@b'),
        (password, rest) => {
          const uri = parseConnectionUri(`postgresql://u:${password}@postgres_db:5432${rest}`)
          expect(uri).toMatchObject({ user: 'u', password, host: 'postgres_db', rest })
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('nor without a port', () => {
    const word = fc.string({ unit: fc.constantFrom(...'aZ09_-@/#'), maxLength: 12 })
    fc.assert(
      fc.property(word, (password) => {
        expect(parseConnectionUri(`redis://:${password}@redis/0`)).toMatchObject({
          password,
          host: 'redis',
        })
      }),
      { numRuns: 2000 },
    )
  })
})

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (user, password) => {
      const uri = { scheme: 'redis', user, password, host: 'h', port: '1', rest: '/0?a=b@c' }
      expect(parseConnectionUri(formatConnectionUri(uri))).toEqual(uri)
    }),
  )
})

test.each([
  ['TRACECAT__POSTGRES_PASSWORD', 'bare @'],
  ['REDIS_URL', ''],
])('no finding shows a part of the password in %s', (name, evidence) => {
  const password = 'kJ8@xQ2mVb7L/pZ4tRw9sDf6Gh3Jk1'
  const value = name === 'REDIS_URL' ? `redis://:${password}@redis:6379` : `'${password}'`
  const c = caseOf({ env: { [name]: value } })
  const verdicts = JSON.stringify(controls.map((control) => [look(control, c), control.inspect(c)]))
  expect(verdicts).toContain(evidence)
  expect(verdicts).not.toMatch(/xQ2mVb7L|pZ4tRw9s/)
})
