import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/failure.ts'
import { tokenize } from '../../../src/install/caddyfile/lexer.ts'
import { parseCaddyfile } from '../../../src/install/caddyfile/parse.ts'
import { sourceRange } from '../../../src/install/caddyfile/source.ts'
import type { Block, Directive } from '../../../src/install/caddyfile/tree.ts'

function words(text: string): readonly string[] {
  return tokenize(text, 'Caddyfile').tokens.map((token) => token.text)
}

type Outline = readonly (string | readonly [string, Outline])[]

function outline(block: Block): Outline {
  return block.directives.map((directive: Directive) => {
    const head = directive.words.map(({ text }) => text).join(' ')
    return directive.block === undefined ? head : ([head, outline(directive.block)] as const)
  })
}

function entries(text: string): readonly unknown[] {
  return parseCaddyfile(text, 'Caddyfile').entries.map((entry) => {
    if (entry.kind === 'site') return [entry.addresses, outline(entry.block)]
    if (entry.kind === 'global') return ['global', outline(entry.block)]
    if (entry.kind === 'import') return entry.directive.words.map(({ text }) => text)
    return [entry.kind, entry.name, outline(entry.block)]
  })
}

function failure(text: string): { message: string; line: number | undefined } {
  try {
    parseCaddyfile(text, 'Caddyfile')
  } catch (error) {
    if (error instanceof Failure) return { message: error.message, line: error.where?.line }
    throw error
  }
  throw new Error('It was read')
}

describe('words', () => {
  test.each([
    ['a "b c" d', ['a', 'b c', 'd']],
    ['a "b \\" c \\n" d', ['a', 'b " c \\n', 'd']],
    ['a `b " \\ c` d', ['a', 'b " \\ c', 'd']],
    ['a"b c"', ['a"b', 'c"']],
    ['a #b\nc#d', ['a', 'c#d']],
    ['a \\\nb', ['a', 'b']],
    ['a\\\nb', ['a', 'b']],
    ['a \\b \\\\c', ['a', '\\b', '\\\\c']],
    ['a {$X:b c} d', ['a', '{$X:b c}', 'd']],
    ['a "{$X:"}" d', ['a', '{$X:"}', 'd']],
    ['{env.X} {http.request.uri}', ['{env.X}', '{http.request.uri}']],
    ['a\r\nb\rc\r\n', ['a', 'bc']],
    ['\uFEFFa', ['a']],
    ['a <<END\n\tx\n\t  y\n\n\tEND b', ['a', 'x\n  y\n', 'b']],
    ['a <<END\r\n  x\r\n  END\r\n', ['a', 'x']],
    ['a << b', ['a', '<<', 'b']],
    ['a \\<<END b', ['a', '<<END', 'b']],
    ['""', ['']],
  ])('%j', (text, expected) => {
    expect(words(text)).toEqual(expected)
  })
})

describe('the tree', () => {
  test('of a file with everything', () => {
    const text = [
      '# head',
      '(common) {',
      '\tencode gzip',
      '}',
      '{',
      '\temail a@example.com',
      '}',
      'import sites/*.caddy',
      '&(shared) {',
      '\trespond ok',
      '}',
      'a.example.com, b.example.com,',
      'c.example.com {',
      '\t@x {',
      '\t\tpath /x',
      '\t}',
      '\thandle @x {',
      '\t\troute {',
      '\t\t\trespond "a { b" 200',
      '\t\t}',
      '\t}',
      '\timport common',
      '}',
      'http://d.example.com',
      '{',
      '\trespond d',
      '}',
    ].join('\n')
    expect(entries(text)).toEqual([
      ['snippet', 'common', ['encode gzip']],
      ['global', ['email a@example.com']],
      ['import', 'sites/*.caddy'],
      ['named-route', 'shared', ['respond ok']],
      [
        ['a.example.com', 'b.example.com', 'c.example.com'],
        [['@x', ['path /x']], ['handle @x', [['route', ['respond a { b 200']]]], 'import common'],
      ],
      [['http://d.example.com'], ['respond d']],
    ])
  })

  test('of one site without braces', () => {
    expect(entries('example.com\nroot /srv\nhandle {\n\trespond a\n}\n')).toEqual([
      [['example.com'], ['root /srv', ['handle', ['respond a']]]],
    ])
    expect(entries('example.com')).toEqual([[['example.com'], []]])
    expect(entries('')).toEqual([])
  })

  test('an escaped line end goes on, in a comment too', () => {
    expect(entries(':80\nheader \\\n\tX a\nrespond b # c\\d\n\t200\nabort')).toEqual([
      [[':80'], ['header X a', 'respond b 200', 'abort']],
    ])
  })

  test.each([
    [':80 {\n\trespond a\n', /A \{ has no \}/, 1],
    [':80 {\n\trespond a\n}\n}\n', /is no address/, 4],
    [':80 {\n\trespond "a\n}\n', /" has no end/, 2],
    [':80 {\n\trespond `a\n}\n', /` has no end/, 2],
    [':80 {\n\trespond <<END\n\ta\n}\n', /heredoc <<END has no end/, 2],
    [':80 {\n\trespond <<END\na\n\tEND\n}\n', /not indented/, 2],
    [':80 {\n\trespond <<<END\n\tEND\n}\n', /no heredoc marker/, 2],
    [':80 {\n\thandle { respond a\n\t}\n}\n', /behind a \{/, 2],
    [':80 {\n\thandle\n\t{\n\t}\n}\n', /line of its own/, 3],
    [':80 {\n\thandle {\n\t} respond a\n}\n', /behind a \}/, 3],
    [':80 {\n\trespond "{"\n}\n', /quoted brace/, 2],
    [':80, {\n}\n', /Another address/, 1],
    ['a{\n}\n', /is no address/, 1],
    ['@x path /\n', /outside of a site/, 1],
    ['(x)\nrespond a\n', /needs a block/, 1],
    [':80 {\n}\n{\n\tdebug\n}\n', /must come first/, 3],
  ])('%j cannot be read', (text, message, line) => {
    const found = failure(text)
    expect(found.message).toMatch(message)
    expect(found.line).toBe(line)
  })
})

describe('source', () => {
  const text = [
    ':80 {',
    '\t# of the site',
    '',
    '\t# one',
    '\t# two',
    '\thandle /a { # three',
    '\t\trespond a',
    '\t} # four',
    '\t# five',
    '}',
  ]
  test.each([
    '\n',
    '\r\n',
  ])('is whole lines with the comments that belong to it (%j)', (lineEnd) => {
    const file = parseCaddyfile(text.join(lineEnd), 'Caddyfile')
    const [entry] = file.entries
    const node = entry?.kind === 'site' ? entry.block.directives[0] : undefined
    if (node === undefined) throw new Error('No directive')
    const { start, end } = sourceRange(file, node)
    expect(file.text.slice(start, end)).toBe(text.slice(3, 8).join(lineEnd))
  })
})

describe('whatever the text', () => {
  const piece = fc.constantFrom(
    'a',
    'handle',
    '/x*',
    '{',
    '}',
    '\n',
    '\n\t',
    '\r\n',
    ' ',
    '"',
    '`',
    '\\',
    '#',
    '<<E',
    '\nE',
    '{$X}',
    '{$X:y z}',
    '{$',
    '{}',
    ',',
    'import',
    '(s)',
    '@m',
    'é',
    '\u00a0',
    '<',
  ) // prettier-ignore
  const anything = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

  test('words and comments lie in order, and only white space and escapes between them', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const read = attempt(() => tokenize(text, 'Caddyfile'))
        if (read === undefined) return
        const ranges = [...read.tokens, ...read.comments].sort((a, b) => a.start - b.start)
        let at = 0
        for (const { start, end, line } of ranges) {
          expect(text.slice(at, start)).toMatch(/^[\s\\]*$/)
          expect(line).toBe(text.slice(0, start).split('\n').length)
          at = end
        }
        expect(text.slice(at)).toMatch(/^[\s\\]*$/)
      }),
      { numRuns: 3000 },
    )
  })

  test('the tree holds every word once, and every range reads back as the same node', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const file = attempt(() => parseCaddyfile(text, 'Caddyfile'))
        if (file === undefined) return
        for (const entry of file.entries) {
          const source = text.slice(entry.start, entry.end)
          const again = parseCaddyfile(source, 'Caddyfile').entries[0]
          expect(again?.kind).toBe(entry.kind)
          if (again === undefined || again.kind === 'import' || entry.kind === 'import') continue
          expect(outline(again.block)).toEqual(outline(entry.block))
        }
      }),
      { numRuns: 3000 },
    )
  })
})

/** A Failure is an answer; any other error is not. */
function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}
