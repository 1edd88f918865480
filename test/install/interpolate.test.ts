import { describe, expect, it } from 'vitest'
import { InterpolationError, interpolate } from '../../src/install/interpolate.ts'
import { inPairs } from './env-file/agreement.ts'
import { askCompose, environmentLines, installedCompose } from './env-file/compose.ts'

const variables: Readonly<Record<string, string>> = { A: 'aa', DOLLAR: 'b$A', EMPTY: '' }
const read = (text: string) => interpolate(text, (name) => variables[name])

function failure(text: string): InterpolationError {
  try {
    read(text)
  } catch (error) {
    if (error instanceof InterpolationError) return error
  }
  throw new Error(`accepted: ${text}`)
}

const accepted: readonly (readonly [string, string])[] = [
  ['$A', 'aa'],
  ['${A}', 'aa'],
  ['$Ab', ''],
  ['$A-b', 'aa-b'],
  ['$$A', '$A'],
  ['$$$A', '$aa'],
  ['$', '$'],
  ['$1', '$1'],
  ['a$ b', 'a$ b'],
  ['$DOLLAR', 'b$A'],
  ['${U:-d}', 'd'],
  ['${U-d}', 'd'],
  ['${EMPTY:-d}', 'd'],
  ['${EMPTY-d}', ''],
  ['${A:-d}', 'aa'],
  ['${U:+a}', ''],
  ['${EMPTY:+a}', ''],
  ['${EMPTY+a}', 'a'],
  ['${A:+b}', 'b'],
  ['${A:?no}', 'aa'],
  ['${EMPTY?no}', ''],
  ['${U:-${V:-x}}', 'x'],
  ['${U:-${A}}-$A', 'aa-aa'],
  ['${U:-}${A}', 'aa'],
  ['${U:-a:-b}', 'a:-b'],
  ['${U-x?y}', 'x?y'],
  ['${U:-$$A}', '$A'],
  ['${U:-{"k":1}}', '{"k":1}'],
  ['${U:-{}}', '{}'],
  ['${U:-a}\n${U:-b}', 'a\nb'],
  ['${U:-a}}', 'a}'],
  ['${\u017f:-long s}', 'long s'],
]

const refused: readonly string[] = [
  '${',
  '${}',
  '${ A}',
  '${A',
  '${1}',
  '${A!}',
  '${A:x}',
  '${A.B}',
  '${U:-a\n}',
  '${A:-${}}',
  // The count passes over the `}` of `{}`, so the default reaches to the line's last `}`.
  '${U:-{}} and ${A}',
]

describe('interpolate reads what Compose reads', () => {
  it.each(accepted)('%s', (text, value) => {
    expect(read(text).value).toBe(value)
  })

  it.each(refused)('refuses %s', (text) => {
    expect(failure(text).kind).toBe('syntax')
  })

  /** Double quotes in a `.env` hand their text to Compose's template engine. */
  const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`

  it.skipIf(installedCompose() === undefined)(
    'as the installed Compose says',
    { timeout: 60_000 },
    async () => {
      const shell = { A: 'aa', DOLLAR: 'b$A', EMPTY: '' }
      const rows = accepted.map(([text], index) => `ROW_${index}=${quoted(text)}\n`)
      const values = accepted.map(([, value], index) => [`ROW_${index}`, value] as const)
      const answer = await askCompose(rows.join(''), shell)
      const expected = environmentLines(new Map([...Object.entries(shell), ...values]))
      expect(answer).toMatchObject({ accepted: true, environment: expected })
      await inPairs(refused, async (text) => {
        const refusal = await askCompose(`ROW=${quoted(text)}\n`, shell)
        expect({ text, ...refusal }).toMatchObject({ text, accepted: false })
        expect(refusal.message).toContain('Invalid template')
      })
    },
  )
})

describe('a required variable', () => {
  it.each([
    ['${U:?say why}', 'U', 'U is required but has no value: say why'],
    ['${EMPTY:?}', 'EMPTY', 'EMPTY is required but has no value'],
    ['${U?set $A}', 'U', 'U is required but has no value: set $A'],
    ['${A:-${U:?even where the default is not needed}}', 'U', 'not needed'],
  ])('%s', (text, variable, message) => {
    const error = failure(text)
    expect(error).toMatchObject({ kind: 'required', variable })
    expect(error.message).toContain(message)
  })
})

it('names what was unset without a default, and asks for every name', () => {
  const asked = new Set<string>()
  const look = (name: string) => {
    asked.add(name)
    return variables[name]
  }
  expect(interpolate('$A $U ${V:-d} ${W:+a} ${A:-$X} $U', look)).toEqual({
    value: 'aa  d  aa ',
    unset: ['U', 'X'],
  })
  expect([...asked].sort()).toEqual(['A', 'U', 'V', 'W', 'X'])
})

it('quotes nothing of a broken text, which may hold a secret', () => {
  const error = failure('postgresql://me:hunter2@db\n/${x')
  expect(error.message).not.toContain('hunter2')
  expect(error.message).toContain('character 2')
})

describe('hostile text ends soon', () => {
  const half = 512 * 1024
  it.each([
    ['open braces', '${A:-'.repeat(half / 5)],
    ['nested', `${'${U:-'.repeat(half / 6)}${'}'.repeat(half / 6)}`],
    ['nested by the brace quirk', '${U:-{}'.repeat(half / 7)],
    ['siblings on a line', '${U:-x}'.repeat(half / 7)],
    ['siblings behind each other on a line', `${'${A:-{}}'.repeat(half / 8)}`],
    ['lines', '${U:-x}\n'.repeat(half / 8)],
    ['dollars', '$'.repeat(half)],
    ['names', '$U'.repeat(half / 2)],
    ['one long name', `$${'A'.repeat(half)}`],
  ])('%s', (_name, text) => {
    const start = performance.now()
    try {
      read(text)
    } catch (error) {
      expect(error).toBeInstanceOf(InterpolationError)
    }
    expect(performance.now() - start).toBeLessThan(2000)
  })

  it('a value that multiplies itself is refused', () => {
    const long = 'x'.repeat(1000)
    expect(() => interpolate('$A'.repeat(2000), () => long)).toThrow(InterpolationError)
  })
})
