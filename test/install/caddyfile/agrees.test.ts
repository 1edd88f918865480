import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCaddyfile } from '../../../src/install/caddyfile/parse.ts'
import { adapt, hasCaddy, whyNot } from './caddy.ts'

const character = fc.constantFrom(
  'a',
  'Z',
  '9',
  ' ',
  '\t',
  '"',
  '`',
  '\\',
  '#',
  '<',
  '{',
  '}',
  '{$UNSET_HERE:d}',
  '\n',
  '/',
  'é',
  '\u00a0',
  '\r',
) // prettier-ignore
const inner = fc.array(character, { maxLength: 12 }).map((pieces) => pieces.join(''))

/** One value in one of Caddy's spellings; some are refused, which is filtered below. */
const spelling = fc.oneof(
  inner.map((text) => `"${text}"`),
  inner.map((text) => `\`${text}\``),
  inner.map((text) => `<<END\n${text.replaceAll('END', '')}\nEND`),
  inner.map((text) => text.replace(/^[\s#]+/, 'x').replace(/\s+$/, '')),
  fc.tuple(inner, inner).map(([a, b]) => `x${a.trim()} \\\n\t\t${b.trim()}`),
)

/** What stands in the directive, by our reading; undefined where it is not one directive. */
function ourReading(value: string): readonly string[] | undefined {
  try {
    const [entry, ...more] = parseCaddyfile(`:80 {\n\troot ${value}\n}\n`, 'Caddyfile').entries
    if (entry?.kind !== 'site' || more.length > 0) return undefined
    const [directive, ...others] = entry.block.directives
    if (directive === undefined || others.length > 0 || directive.block !== undefined)
      return undefined
    return directive.words.slice(1).map(({ text }) => text.replaceAll('{$UNSET_HERE:d}', 'd'))
  } catch {
    return undefined
  }
}

describe('our reading of words', () => {
  test.skipIf(!hasCaddy)(`is Caddy's, for hundreds of spellings${whyNot}`, () => {
    const cases = fc
      .sample(spelling, { numRuns: 1500, seed: 20 })
      .map((value) => ({ value, words: ourReading(value) }))
      .filter(({ words }) => words?.length === 1 && !['', '@', '*'].includes(words[0] ?? ''))
      // `vars` takes the first word for a matcher, and digits for a number.
      .filter(({ words }) => !/^[@/]|^\*$|^\d+$/.test(words?.[0] ?? ''))
    expect(cases.length).toBeGreaterThan(300)
    // `vars` keeps any value as it is; each in its own route, so that none is lost.
    const lines = cases.map(({ value }, index) => `\tvars key${index} ${value}`)
    const { json, error } = adapt(`:80 {\n${lines.join('\n')}\n}\n`)
    expect(error.split('\n').filter((line) => line.startsWith('Error'))).toEqual([])
    const values = Object.fromEntries(variables(json))
    for (const [index, { value, words }] of cases.entries())
      expect([value, values[`key${index}`]]).toEqual([value, words?.[0]])
  })
})

function variables(json: unknown): [string, unknown][] {
  if (typeof json !== 'object' || json === null) return []
  const own = Object.entries(json).filter(([key]) => /^key\d+$/.test(key))
  return [...own, ...Object.values(json).flatMap(variables)]
}
