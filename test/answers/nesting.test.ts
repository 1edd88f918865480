import { describe, expect, test } from 'vitest'
import { Composer, Parser } from 'yaml'
import { isTooDeep } from '../../src/answers/nesting.ts'

const tokensOf = (text: string) => [...new Parser().parse(text)]

/** Did the parser run out of stack? It catches that, where it is lucky. */
function isExhausting(text: string): boolean {
  const composer = new Composer({ logLevel: 'silent', uniqueKeys: false })
  return [...composer.compose(tokensOf(text))].some((document) =>
    document.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION'),
  )
}

describe('what nests deep enough to exhaust the parser is found before', () => {
  const pieces = [
    '[',
    '{',
    '{a: ',
    '[a: ',
    '- ',
    '? ',
    ': ',
    'a: ',
    '"',
    "'",
    '\n ',
    '-\n',
    '- a: ',
    '[? - ',
    '&a ',
    '*a ',
    '\r',
  ]
  test.each(pieces)('%j, with any other', (first) => {
    const missed = pieces.filter((second) => {
      const text = `${first}${second}`.repeat(2000)
      return !isTooDeep(tokensOf(text)) && isExhausting(text)
    })
    expect(missed).toEqual([])
  })
})

test.each([
  ['brackets', (depth: number) => `a: ${'['.repeat(depth)}${']'.repeat(depth)}`],
  [
    'indentation',
    (depth: number) => Array.from({ length: depth }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  ],
  ['dashes', (depth: number) => '- '.repeat(depth)],
])('%s: a hundred levels are read, more than two hundred are not', (_, make) => {
  expect([100, 250].map((depth) => isTooDeep(tokensOf(make(depth))))).toEqual([false, true])
})
