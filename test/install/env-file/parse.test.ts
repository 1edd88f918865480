import { describe, expect, it } from 'vitest'
import { Failure } from '../../../src/failure.ts'
import { parseEnvFile } from '../../../src/install/env-file/parse.ts'
import { resolveEnvFile } from './resolved.ts'

const value = (text: string, shell = {}) =>
  resolveEnvFile(parseEnvFile(text, '.env'), shell).get(text[0] ?? '')

describe('values that other readers take differently', () => {
  it.each([
    ['B=abc$def', 'abc'],
    ["C='abc$def'", 'abc$def'],
    ['E="abc\\$def"', 'abc$def'],
    ['F=abc$$def', 'abc$def'],
    ['G=val#nothash', 'val#nothash'],
    ['K="a\\"b"', 'a"b'],
    ["L='a\\'b'", "a'b"],
    ['U="a\\\\b"', 'a\\b'],
    ['M=a #b', 'a'],
    ['N={"k":{"v":1}}', '{"k":{"v":1}}'],
    ['A=1\nA=2', '2'],
  ])('%s', (text, expected) => {
    expect(value(text)).toBe(expected)
  })

  it('the shell beats the file, an empty one too', () => {
    expect(value('A=file', { A: 'shell' })).toBe('shell')
    expect(value('A=file', { A: '' })).toBe('')
    expect(value('A=file', { A: undefined })).toBe('file')
  })

  it('a bare name is the shell’s or is not there', () => {
    expect(value('A\n', { A: 'shell' })).toBe('shell')
    expect(value('A\n')).toBeUndefined()
  })
})

it('says where each assignment stands', () => {
  const env = parseEnvFile('# c\r\nexport A = a #b\r\nB="x\ny" C=\nD\n', '.env')
  expect(env.assignments).toEqual([
    { name: 'A', line: 2, endLine: 2, raw: 'a', start: 5, valueStart: 16, inherits: false },
    { name: 'B', line: 3, endLine: 4, raw: '"x\ny"', start: 22, valueStart: 24, inherits: false },
    { name: 'C', line: 4, endLine: 4, raw: '', start: 30, valueStart: 32, inherits: false },
    { name: 'D', line: 5, endLine: 5, raw: '', start: 33, valueStart: 34, inherits: true },
  ])
})

describe('what Compose rejects is a Failure with file and line', () => {
  const failureOf = (text: string): Failure => {
    try {
      value(text)
    } catch (error) {
      if (error instanceof Failure) return error
      throw error
    }
    throw new Error(`accepted: ${text}`)
  }

  it.each([
    ["A=1\nI='sq''x'\n", 2, 'cannot hold "\'"'],
    ['\n\nA B=1', 3, 'cannot hold a space'],
    ['A=1\nB="x\n\n\n', 2, 'never closes'],
    ['A="x\ny"\nB=${\n', 3, 'in B'],
    ['A=1\n\nB=${NEEDED:?say why}\n', 3, 'NEEDED is required but has no value: say why'],
  ])('%j', (text, line, message) => {
    const failure = failureOf(text)
    expect(failure).toMatchObject({ kind: 'badInput', where: { file: '.env', line } })
    expect(failure.message).toContain(message)
    expect(failure.remedy).toContain(`line ${line}`)
  })

  it.each([
    'A="hunter2',
    'A=hunter2${',
    'A=${B:-hunter2',
    'A=\nhunter2!=1',
  ])('and shows nothing of a value: %s', (text) => {
    const failure = failureOf(text)
    expect(`${failure.message} ${failure.remedy}`).not.toContain('hunter2')
  })
})

describe('half a megabyte of hostile text ends soon', () => {
  const half = 512 * 1024
  const doubling = Array.from({ length: 60 }, (_, index) => `A${index + 1}=$A${index}$A${index}`)
  it.each([
    ['empty assignments', 'A=\n'.repeat(half / 3)],
    ['bare names', 'A\n'.repeat(half / 2)],
    ['one line of statements', "A=''".repeat(half / 4)],
    ['white space', `A=a${' '.repeat(half)}b`],
    ['white space before every comment', `A=${' \t'.repeat(half / 2)}`],
    ['open quote', `A="${'\\"'.repeat(half / 2)}`],
    ['comments', '#\n'.repeat(half / 2)],
    ['one long name', 'A'.repeat(half)],
    ['escapes', `A="${'\\0123'.repeat(half / 5)}"`],
    ['references', `A=1\nB=${'$A'.repeat(half / 2)}`],
    ['nesting', `A=${'${B:-'.repeat(half / 5)}`],
    ['values that double', ['A0=xxxxxxxxxx', ...doubling].join('\n')],
    [
      'long values, often',
      `A=${'x'.repeat(1000)}\nB=${'$A'.repeat(900)}\n${'C=$B\n'.repeat(9999)}`,
    ],
    ['Compose names', 'COMPOSE_A=$COMPOSE_A\n'.repeat(half / 21)],
  ])('%s', (_name, text) => {
    const start = performance.now()
    try {
      value(text)
    } catch (error) {
      expect(error).toBeInstanceOf(Failure)
    }
    expect(performance.now() - start).toBeLessThan(2000)
  })
})
