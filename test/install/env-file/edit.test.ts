import { parse as dotenv } from 'dotenv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../../src/failure.ts'
import {
  moveAboveFirstUse,
  removeVariable,
  type SetOptions,
  setVariable,
} from '../../../src/install/env-file/edit.ts'
import type { EnvValue } from '../../../src/install/env-file/env-file.ts'
import { parseEnvFile } from '../../../src/install/env-file/parse.ts'
import { readOurs } from './agreement.ts'
import { askCompose, environmentLines, installedCompose } from './compose.ts'
import { resolveEnvFile } from './resolved.ts'
import { anyRow, named, prelude } from './rows.ts'

const literal = (value: string): EnvValue => ({ kind: 'literal', value })
const parse = (text: string) => parseEnvFile(text, '.env')
const set = (text: string, name: string, value: string, options?: SetOptions) =>
  setVariable(parse(text), name, literal(value), options).text
const express = (text: string, name: string, expression: string) =>
  setVariable(parse(text), name, { kind: 'expression', text: expression }).text

describe('an existing name keeps all but its value', () => {
  it.each([
    ['its place', 'A=1\nB=2\nC=3\n', 'A=1\nB=x\nC=3\n'],
    ['the CRLF behind a blank one', 'A=1\r\nB=\r\nC=3\r\n', 'A=1\r\nB=x\r\nC=3\r\n'],
    ['the CRLF behind a space', 'A=1\r\nB= \r\nC=3\r\n', 'A=1\r\nB= x\r\nC=3\r\n'],
    ['export, indentation and comment', '  export B = 2 # why\n', '  export B = x # why\n'],
    ['a comment behind quotes', "B='2'# why\n", "B='x'# why\n"],
    ['a comment behind a tab', 'B="2"\t# why\n', "B='x'\t# why\n"],
    ['a statement on the same line', "B='2' C=3\n", "B='x' C=3\n"],
    ['the colon', 'B: 2\n', 'B: x\n'],
    ['CRLF', '# a\r\nB=2\r\n', '# a\r\nB=x\r\n'],
    ['a missing last newline', 'A=1\nB=2', 'A=1\nB=x'],
    ['the byte order mark', '\ufeffB=2\n', '\ufeffB=x\n'],
    ['an empty value', 'B=\nC=3\n', 'B=x\nC=3\n'],
    ['what stood on several lines', 'A=1\nB="2\n3" # why\nC=3\n', 'A=1\nB=x # why\nC=3\n'],
    ['a bare name', 'B\nC=1\n', 'B=x\nC=1\n'],
  ])('%s', (_what, before, after) => {
    expect(set(before, 'B', 'x')).toBe(after)
  })

  it('and its later assignments go, with their own lines only', () => {
    const before = "B=1\n# stays\nB=2 # goes\nC='3' B=4\nexport B=5\nD=1\nB=6"
    expect(set(before, 'B', 'x')).toBe("B=x\n# stays\nC='3' \nD=1\n")
  })

  it('an empty value in front of a comment gets quotes', () => {
    expect(set("B='2' # why\n", 'B', '')).toBe("B='' # why\n")
    expect(set('B=2\n', 'B', '')).toBe('B=\n')
  })

  it('the same value again changes nothing', () => {
    const text = 'A=1\r\n  export B=x # why\r\n'
    expect(set(text, 'B', 'x')).toBe(text)
  })
})

describe('a new name', () => {
  it.each([
    ['goes to the end', 'A=1\n', 'A=1\nB=x\n'],
    ['respects a missing last newline', 'A=1', 'A=1\nB=x'],
    ['respects CRLF', 'A=1\r\nC=2', 'A=1\r\nC=2\r\nB=x'],
    ['goes into an empty file', '', 'B=x\n'],
    ['goes behind a byte order mark', '\ufeff', '\ufeffB=x\n'],
    ['goes behind a last comment', '# c', '# c\nB=x'],
    ['goes above its first use', 'A=1\nURL=${B}\nOTHER=$B\n', 'A=1\nB=x\nURL=${B}\nOTHER=$B\n'],
    ['goes above a use in a default', 'URL=${U:-${B}}\n', 'B=x\nURL=${U:-${B}}\n'],
    [
      'goes above the comment of its use',
      '\n# URL\n# of it\nURL=$B\n',
      '\nB=x\n# URL\n# of it\nURL=$B\n',
    ],
    ['is not used in single quotes', "URL='$B'\n", "URL='$B'\nB=x\n"],
    ['splits no value', 'A=\'1\n2\' URL="$B"\n', 'B=x\nA=\'1\n2\' URL="$B"\n'],
    ['takes no value for a comment', 'A="1\n# 2"\nURL=$B\n', 'A="1\n# 2"\nB=x\nURL=$B\n'],
    ['keeps the byte order mark first', '\ufeffURL=$B\n', '\ufeffB=x\nURL=$B\n'],
  ])('%s', (_what, before, after) => {
    expect(set(before, 'B', 'x')).toBe(after)
  })

  it('goes behind the one that is named, unless it is used above', () => {
    expect(set('A=1 # one\nC=3\n', 'B', 'x', { after: 'A' })).toBe('A=1 # one\nB=x\nC=3\n')
    expect(set('A=1\nC=3', 'B', 'x', { after: 'C' })).toBe('A=1\nC=3\nB=x')
    expect(set('URL=$B\nC=3\n', 'B', 'x', { after: 'C' })).toBe('B=x\nURL=$B\nC=3\n')
    expect(set('A=1\n', 'B', 'x', { after: 'MISSING' })).toBe('A=1\nB=x\n')
  })

  it('has its comment above it, in the file’s newlines', () => {
    const comment = ['Why this is here', '# as it is']
    expect(set('A=1\r\n', 'B', 'x', { comment })).toBe(
      'A=1\r\n# Why this is here\r\n# as it is\r\nB=x\r\n',
    )
    expect(set('B=1\n', 'B', 'x', { comment })).toBe('B=x\n')
  })
})

describe('values are written as Compose reads them', () => {
  it.each([
    ['tracecat', 'B=tracecat'],
    ['aA0_./:@,+=-', 'B=aA0_./:@,+=-'],
    ['a b', "B='a b'"],
    ['a$b', "B='a$b'"],
    ['a#b', "B='a#b'"],
    ['a"b', "B='a\"b'"],
    ["it's", 'B="it\'s"'],
    ['it\'s $5 "\\', 'B="it\'s \\$5 \\"\\\\"'],
    ['a\\b', "B='a\\b'"],
    ['a\\', 'B="a\\\\"'],
    ['', 'B='],
  ])('%s', (value, line) => {
    expect(set('', 'B', value)).toBe(`${line}\n`)
    expect(resolveEnvFile(parse(`${line}\n`), {}).get('B')).toBe(value)
  })

  it.each([
    ['redis://:${A}@redis:6379', 'B=redis://:${A}@redis:6379', 'redis://:a@redis:6379'],
    ['${U:-a b} #"\'\\', 'B="${U:-a b} #\\"\'\\\\"', 'a b #"\'\\'],
    ['$$A', 'B=$$A', '$A'],
  ])('the expression %s', (expression, line, value) => {
    expect(express('A=a\n', 'B', expression)).toBe(`A=a\n${line}\n`)
    expect(resolveEnvFile(parse(`A=a\n${line}\n`), {}).get('B')).toBe(value)
  })

  it.each([
    'a\nb',
    'a\rb',
    'a\u0000b',
    '\u001b[0m',
    'a\u0085b',
    '\u2028',
    '\ud800',
  ])('refuses %j', (value) => {
    expect(() => set('', 'B', value)).toThrow(Failure)
    expect(() => express('', 'B', value)).toThrow(Failure)
  })

  it('every reader agrees on our secrets: dotenv, Compose’s dialect, and a URL', () => {
    const secret = fc.string({ unit: fc.constantFrom(...'azAZ09_-'), minLength: 1, maxLength: 64 })
    fc.assert(
      fc.property(secret, (value) => {
        const text = express(set('', 'PASSWORD', value), 'URL', 'redis://:${PASSWORD}@redis:6379')
        expect(dotenv(text).PASSWORD).toBe(value)
        const url = resolveEnvFile(parse(text), {}).get('URL') ?? ''
        expect(new URL(url).password).toBe(value)
      }),
    )
  })
})

describe('moving and removing', () => {
  it('moves a definition above its first use, with its comment', () => {
    const before = 'URL=${PASSWORD}\nA=1\nexport PASSWORD=x # keep\nC=3\n'
    const after = 'export PASSWORD=x # keep\nURL=${PASSWORD}\nA=1\nC=3\n'
    const env = moveAboveFirstUse(parse(before), 'PASSWORD')
    expect(env.text).toBe(after)
    expect(moveAboveFirstUse(env, 'PASSWORD')).toBe(env)
  })

  it.each([
    ['from the last line', 'URL=$B\nB=x', 'B=x\nURL=$B\n'],
    ['from a shared line', "URL=$B\nA='1' B=x\n", "B=x\nURL=$B\nA='1' \n"],
    ['over several lines', 'URL=$B\r\nB="1\r\n2"\r\n', 'B="1\r\n2"\r\nURL=$B\r\n'],
    ['and nothing that nobody uses', 'A=1\nB=x\n', 'A=1\nB=x\n'],
  ])('%s', (_what, before, after) => {
    expect(moveAboveFirstUse(parse(before), 'B').text).toBe(after)
  })

  it('moves nothing above what it needs itself', () => {
    const env = parse('URL=$B\nBASE=1\nB=$BASE\n')
    expect(() => moveAboveFirstUse(env, 'B')).toThrow(
      expect.objectContaining({ kind: 'badInput', where: { file: '.env', line: 1 } }),
    )
  })

  it('removes every assignment, and only the comment that was given', () => {
    const before = '# ours\nB=1\n# theirs\nB=2 # c\nA=1\n'
    expect(removeVariable(parse(before), 'B').text).toBe('# ours\n# theirs\nA=1\n')
    expect(removeVariable(parse(before), 'B', { comment: ['ours'] }).text).toBe('# theirs\nA=1\n')
    expect(removeVariable(parse(before), 'C').text).toBe(before)
  })

  it('removing what was just set gives the file back', () => {
    const before = 'A=1\r\nURL=$B\r\n'
    const comment = ['ours', 'in two lines']
    const env = setVariable(parse(before), 'B', literal('a b'), { comment })
    expect(removeVariable(env, 'B', { comment }).text).toBe(before)
  })
})

describe('any file, any value', () => {
  const row = fc.tuple(anyRow, fc.constantFrom('\n', '\r\n')).map(([text, end]) => text + end)
  const file = fc
    .array(row, { maxLength: 12 })
    .map((rows) => rows.map((text, index) => named(text, index % 9)))
    .map((rows) => rows.filter((text) => !(readOurs(prelude + text) instanceof Failure)).join(''))
    .filter((text) => !(readOurs(text) instanceof Failure))
  const name = fc.constantFrom('ROW_0', 'ROW_3', 'ROW_8', 'NEW', 'UNSET')
  const value = fc
    .string({ unit: 'grapheme' })
    .filter((text) => !/[\p{Cc}\u2028\u2029]/u.test(text))

  it('after setting, the name has its value and no other byte has changed', () => {
    fc.assert(
      fc.property(file, name, value, (text, variable, wanted) => {
        const before = parse(text)
        const after = setVariable(before, variable, literal(wanted))
        expect(resolveEnvFile(after, {}).get(variable)).toBe(wanted)
        expect(after.assignments.filter((each) => each.name === variable)).toHaveLength(1)
        const others = (env: typeof before) =>
          env.assignments
            .filter((each) => each.name !== variable)
            .map((each) => [each.name, each.raw])
        expect(others(after)).toEqual(others(before))
        expect(withoutAll(after.text, variable)).toBe(withoutAll(text, variable))
      }),
      { numRuns: 1000, seed: 7, endOnFailure: true },
    )
  })

  /** The text without a name’s lines; the newline that a new last line needs does not count. */
  const withoutAll = (text: string, variable: string) =>
    removeVariable(parse(text), variable).text.replace(/\r?\n$/, '')

  it('half a megabyte of one name is set and removed soon', () => {
    const env = parse('A=\n'.repeat(170_000))
    const start = performance.now()
    expect(setVariable(env, 'A', literal('x')).text).toBe('A=x\n')
    expect(removeVariable(env, 'A').text).toBe('')
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

it.skipIf(installedCompose() === undefined)(
  'the installed Compose reads 2,000 values as they were set',
  { timeout: 60_000 },
  async () => {
    const unit = fc.constantFrom(...'aZ0_./:@,+=- #$\\\'"{}`~!%&*()[]|;<>?é日🎉\u00a0')
    const values = fc.sample(fc.string({ unit, maxLength: 12 }), { numRuns: 2000, seed: 3 })
    const wanted = new Map(values.map((value, index) => [`V${index}`, value]))
    const lines = [...wanted].map(([name, value]) => set('', name, value))
    const answer = await askCompose(lines.join(''), {})
    expect(answer).toMatchObject({ accepted: true, environment: environmentLines(wanted) })
  },
)
