import fc from 'fast-check'
import type { YamlEdit } from '../../../src/controls/edit.ts'

/** Random overrides as people write them, and edits of the kind that controls make. */

const names = ['api', 'ui', 'worker', 'redis'] as const
const variables = ['A', 'B_C', 'LONG_NAME'] as const

const value = fc.constantFrom(
  'x',
  '"quoted # no comment"',
  "'it''s'",
  '80',
  'true',
  '${NAME:-a}',
  'two words',
  'http://a:1/b',
)
const comment = fc.constantFrom('', '', '', ' # beside', '   #\ttab')
const between = fc.constantFrom<string[]>(
  [],
  [],
  [],
  [''],
  ['# between'],
  ['', '    # a note: [x', ''],
)

const environment = fc.oneof(
  fc.constant<string[]>([]),
  fc.constant<string[]>(['environment:']),
  fc.constant<string[]>(['environment: *shared']),
  fc.constant<string[]>(['environment: {A: 1, B_C: "2" }  # flow']),
  fc.constant<string[]>(['environment:', '  <<: *shared', '  LONG_NAME: own']),
  fc.constant<string[]>(['environment: {', '  A: 1, # one', '  "B_C": 2', '}']),
  fc
    .tuple(fc.uniqueArray(fc.constantFrom(...variables), { minLength: 1 }), value, comment, between)
    .map(([keys, text, beside, lines]) => [
      `environment:${beside}`,
      ...keys.flatMap((key) => [...lines, `  ${key}: ${text}${beside}`]),
    ]),
  fc
    .tuple(fc.uniqueArray(fc.constantFrom(...variables), { minLength: 1 }), comment, fc.boolean())
    .map(([keys, beside, isIndented]) => [
      'environment:',
      ...keys.flatMap((key, index) => [
        `${isIndented ? '  ' : ''}- ${index === 0 ? `"${key}=a: #b"` : `${key}=v`}${beside}`,
      ]),
    ]),
)

const list = fc.oneof(
  fc.constant<string[]>([]),
  fc.constant<string[]>(['cap_add: [ONE, "TWO",] # flow']),
  fc.constant<string[]>(['cap_add: [ # open', '  ONE,', '  TWO # last', '  ]']),
  fc
    .tuple(comment, between)
    .map(([beside, lines]) => ['cap_add:', `- ONE${beside}`, ...lines, '- TWO']),
  fc.constant<string[]>(['cap_add: !override', '  - ONE']),
)

const other: fc.Arbitrary<string[]> = fc.constantFrom(
  [],
  ['command: >-', '  folded', '  text', '', '  more'],
  ['command: ["a", b]'],
  ['labels:', '  note: |', '    # not a comment', '', '    text', '  last: "a', '    b"'],
  ['image: x # y'],
  ['volumes:', '  - ./a:/data # mine', '  - type: volume', '    source: s', '    target: /logs'],
)

const serviceText = fc
  .tuple(environment, list, other, between, fc.constantFrom(2, 4))
  .map(([variablesOf, items, rest, lines, step]) => {
    const inner = [...items, ...lines, ...variablesOf, ...rest]
    return { body: inner.map((line) => (line === '' ? '' : ' '.repeat(step) + line)) }
  })

export interface RandomDocument {
  readonly text: string
  readonly services: ReadonlyMap<string, readonly string[]>
}

/** A document of two-column indentation; the lines of each service are given apart. */
export const document: fc.Arbitrary<RandomDocument> = fc
  .record({
    services: fc.uniqueArray(fc.tuple(fc.constantFrom(...names), serviceText, between), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 4,
    }),
    isCrlf: fc.boolean(),
    hasLastBreak: fc.boolean(),
    head: fc.constantFrom<string[]>([], ['---'], ['# top', ''], ['%YAML 1.2', '---']),
    tail: fc.constantFrom<string[]>([], ['# end'], ['', 'volumes: {}'], ['...']),
  })
  .map(({ services, isCrlf, hasLastBreak, head, tail }) => {
    const parts = services.map(([name, { body }, lines], index) => {
      const isBare = !body.some((line) => /^\s*[^#\s]/.test(line))
      const own = [
        `  ${name}:${isBare ? '' : ' # service'}`,
        ...body.map((line) => (line === '' ? '' : `  ${line}`)),
      ]
      return { name, own, lines: index === 0 ? [] : lines }
    })
    const all = [
      ...head,
      'x-shared: &shared {A: shared, EXTRA: "1"}',
      'services:',
      ...parts.flatMap(({ lines, own }) => [...lines, ...own]),
      ...tail,
    ]
    const eol = isCrlf ? '\r\n' : '\n'
    return {
      text: all.join(eol) + (hasLastBreak ? eol : ''),
      services: new Map(parts.map(({ name, own }) => [name, own])),
    }
  })

const wantedText = fc.oneof(
  fc.constantFrom(
    'x',
    'no',
    '80',
    '80:80',
    '',
    ' ',
    '${A:?b}',
    'a # b',
    'a: b',
    '- a',
    "it's",
    '"',
    '\\',
    '~',
    '1e3',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !/\p{Cc}|\p{Cs}/u.test(text)),
)

const service = fc.constantFrom(...names, 'fresh')

/** Items of volumes are given with their key, the target. */
const addition: fc.Arbitrary<YamlEdit> = fc.oneof(
  fc.record({
    op: fc.constant('set' as const),
    path: fc
      .tuple(service, fc.constantFrom(...variables, 'NEW'))
      .map(([name, key]) => ['services', name, 'environment', key]),
    value: wantedText,
  }),
  fc.record({
    op: fc.constant('set' as const),
    path: service.map((name) => ['services', name, 'healthcheck']),
    value: fc.constantFrom<YamlValueOf>({ test: ['CMD', 'a "b"'], retries: 3 }, 'text', ['a', 'b']),
  }),
  fc.record({
    op: fc.constant('set' as const),
    path: service.map((name) => ['services', name, 'ports']),
    value: fc.constantFrom<YamlValueOf>(
      { tag: '!override', data: ['80:80'] },
      { tag: '!reset', data: [] },
    ),
  }),
  fc.record({
    op: fc.constant('add-item' as const),
    path: service.map((name) => ['services', name, 'cap_add']),
    item: fc.constantFrom('ONE', 'THREE', 'yes'),
  }),
  fc.record({
    op: fc.constant('add-item' as const),
    path: service.map((name) => ['services', name, 'volumes']),
    item: fc.constantFrom('./other:/data:ro', 'named:/data'),
    key: fc.constant('/data'),
  }),
)
type YamlValueOf = Extract<YamlEdit, { op: 'set' }>['value']

/** Edits of which no two name one place. */
export const additions: fc.Arbitrary<YamlEdit[]> = fc.uniqueArray(addition, {
  minLength: 1,
  maxLength: 5,
  selector: (edit) => JSON.stringify([edit.path, 'key' in edit ? edit.key : undefined]),
})
