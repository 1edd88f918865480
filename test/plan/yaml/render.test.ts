import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { YamlValue } from '../../../src/controls/edit.ts'
import { fromValue, Mapping } from '../../../src/plan/yaml/plain.ts'
import { renderDocument } from '../../../src/plan/yaml/render.ts'

function renderYaml(value: Readonly<Record<string, YamlValue>>): string {
  const plain = fromValue(value)
  if (!(plain instanceof Mapping)) throw new Error('a record is a mapping')
  return renderDocument(plain)
}

test.each([
  ['a', 'a'],
  ['./x:/y:ro', './x:/y:ro'],
  ['redis:6379', 'redis:6379'],
  ['${NAME}', '${NAME}'],
  ['30s', '30s'],
  ['80:80', '"80:80"'],
  ['80', '"80"'],
  ['1e3', '"1e3"'],
  ['0x1f', '"0x1f"'],
  ['1_000', '"1_000"'],
  ['.5', '".5"'],
  ['2001-01-01', '"2001-01-01"'],
  ['no', '"no"'],
  ['Yes', '"Yes"'],
  ['on', '"on"'],
  ['Y', '"Y"'],
  ['null', '"null"'],
  ['~', '"~"'],
  ['<<', '"<<"'],
  ['', '""'],
  [' a', '" a"'],
  ['a: b', '"a: b"'],
  ['a:', '"a:"'],
  ['a #b', '"a #b"'],
  ['*a', '"*a"'],
  ['!a', '"!a"'],
  ['- a', '"- a"'],
  ['--flag', '"--flag"'],
  ['${X:?set it}', '"${X:?set it}"'],
  ['a "b"', '\'a "b"\''],
  ["it's \\d", "'it''s \\d'"],
  ['tab\there', '"tab\\there"'],
  ['\u0085', '"\\u0085"'],
  ['a\nb\n', '|\n  a\n  b'],
  ['a\n\n  b', '|-\n  a\n\n    b'],
  ['a\n\n', '"a\\n\\n"'],
  [' a\nb', '" a\\nb"'],
])('%j is written as %s', (text, written) => {
  expect(renderYaml({ key: text })).toBe(`key: ${written}\n`)
})

test('lists, mappings and tags', () => {
  const value = {
    services: {
      a: { list: [['x'], { k: 'v', l: [1] }, {}, []], empty: {}, none: null, yes: true },
      b: { n: 1.5 },
    },
  }
  expect(renderYaml(value)).toBe(`services:
  a:
    list:
      -
        - x
      - k: v
        l:
          - 1
      - {}
      - []
    empty: {}
    none: null
    "yes": true

  b:
    "n": 1.5
`)
})

test('every text and every shape reads back the same, in YAML 1.1 and 1.2', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[\n\t :#\-?'"\\|>&*!{}[\],%@`0-9a-z.]*$/),
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(text, tie('tree'), { maxKeys: 3 }),
    ),
  }))
  fc.assert(
    fc.property(tree, (value) => {
      const written = renderYaml({ value: value as string })
      for (const version of ['1.1', '1.2'] as const) {
        expect(parse(written, { version, merge: false })).toEqual({ value })
      }
    }),
    { numRuns: 300 },
  )
})

const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0

describe.skipIf(!hasCompose)('with Docker Compose (skipped where it is not installed)', () => {
  test('Compose reads every text that we write as that text', () => {
    const hard = [
      'no',
      'y',
      '1e3',
      '0o17',
      '0777',
      '1_0',
      '0b1',
      '12:30',
      '2001-01-01',
      '~',
      '.inf',
      '=',
      '<<',
      '+1',
      '1.',
      '-.5',
      'a: b',
      '\u0085',
      '\u2028',
      '\ufeff',
      '| x',
      'a\n\nb\n',
      '\na',
      'a \nb',
      '\ta',
      'null',
      'NaN',
      '0x_1',
    ]
    const random = fc.sample(
      fc.oneof(
        fc.string(),
        fc.string({ unit: 'grapheme' }),
        fc.stringMatching(/^[0-9a-fxo_.:+\-e\n ]{1,6}$/),
      ),
      1500,
    )
    const texts = [...hard, ...random].map((text) => text.replaceAll('\u0000', ''))
    const labels = Object.fromEntries(texts.map((text, index) => [`k${index}`, text]))
    const input = renderYaml({ name: 'x', services: { a: { image: 'x', labels } } })
    const result = spawnSync(
      'docker',
      ['compose', '-f', '-', 'config', '--no-interpolate', '--format', 'json'],
      { input, encoding: 'utf8' },
    )
    expect(result.stderr).toBe('')
    expect(JSON.parse(result.stdout).services.a.labels).toEqual(labels)
  })
})
