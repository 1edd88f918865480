import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { stockRisks, variedRisks } from '../controls/stock-risks.ts'
import { anchorsOf, citationsOf, linksOf, type Reference } from './markdown.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Files below a folder of the project, with these endings, as paths from its root. */
function filesIn(folder: string, endings: RegExp): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => endings.test(name))
    .map((name) => posix.join(folder, relative('.', name)))
}

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...filesIn('docs', /\.md$/),
]
const sources = [...filesIn('src', /\.ts$/), ...filesIn('test', /\.ts$/)]

/** What of this leads nowhere, each with its place. */
function lost(path: string, references: readonly Reference[], from: string): readonly string[] {
  return references.flatMap(({ target, line }) => {
    if (/^[a-z]+:/.test(target)) return []
    const [file = '', anchor] = target.split('#')
    const wanted = file === '' ? path : posix.join(from, file)
    const there =
      existsSync(join(root, wanted)) &&
      (anchor === undefined || anchorsOf(read(wanted)).has(anchor))
    return there ? [] : [`${path}:${line}: ${target}`]
  })
}

describe('documents', () => {
  test('link to files and headings that exist', () => {
    expect(documents.length).toBeGreaterThan(60)
    expect(documents.flatMap((path) => lost(path, linksOf(read(path)), dirname(path)))).toEqual([])
  })

  test('are all reached from docs/README.md or the README', () => {
    const linked = new Set(
      documents.flatMap((path) =>
        linksOf(read(path)).map(({ target }) =>
          posix.join(dirname(path), target.split('#')[0] ?? ''),
        ),
      ),
    )
    const alone = documents.filter((path) => path.startsWith('docs/') && !linked.has(path))
    expect(alone.filter((path) => path !== 'docs/README.md')).toEqual([])
    expect(linked).toContain('docs/README.md')
  })
})

describe('comments', () => {
  // The files of this folder hold examples.
  const cited = sources.filter((path) => !path.startsWith('test/docs/'))

  test('name documents and sections that exist', () => {
    const references = cited.flatMap((path) => citationsOf(read(path)))
    expect(references.filter(({ target }) => target.includes('#')).length).toBeGreaterThan(5)
    expect(cited.flatMap((path) => lost(path, citationsOf(read(path)), '.'))).toEqual([])
  })

  test('name no document that is not here', () => {
    const elsewhere = /\b[A-Z][A-Z0-9-]+\.md\b/g
    const known = new Set(readdirSync(root))
    expect(
      cited.flatMap((path) =>
        [...read(path).matchAll(elsewhere)]
          .filter(([name]) => !known.has(name) && name !== 'README.md')
          .map(([name]) => `${path}: ${name}`),
      ),
    ).toEqual([])
  })

  test('the risks of stock installs name sections of docs/tracecat.md', () => {
    const anchors = anchorsOf(read('docs/tracecat.md'))
    const sections = [...stockRisks, ...variedRisks].map(({ section }) => section)
    expect(sections.filter((section) => !anchors.has(section))).toEqual([])
  })
})

describe('a wrong reference is found', () => {
  const lines = [
    '# One',
    '',
    '[a](#one) [b](#two) [c](gone.md)',
    '`[d](code.md)`',
    '```',
    '[e](no.md)',
    '```',
  ]

  test('in a document, but not in its code', () => {
    const links = linksOf(lines.join('\n'))
    expect(links.map(({ target }) => target)).toEqual(['#one', '#two', 'gone.md'])
    expect(lost('README.md', links.slice(1), '.')).toEqual([
      'README.md:3: #two',
      'README.md:3: gone.md',
    ])
  })

  test('in a comment', () => {
    const text =
      '// docs/servers.md#which-role is\n// docs/servers.md#none and docs/none.md are not'
    expect(lost('src/a.ts', citationsOf(text), '.')).toEqual([
      'src/a.ts:2: docs/servers.md#none',
      'src/a.ts:2: docs/none.md',
    ])
  })

  test('anchors are those that GitHub makes', () => {
    const text = '# `.env`, as Compose reads it\n## A: b/c\n## A: b/c\n```\n# code\n```\n'
    expect([...anchorsOf(text)]).toEqual(['env-as-compose-reads-it', 'a-bc', 'a-bc-1'])
  })
})
