import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { catalogue, secretIds, variablesOf } from '../../src/secrets/catalogue.ts'

const root = new URL('../../src/', import.meta.url).pathname

/** Services that only their rooms may name. */
const services = ['redis', 'minio', 'postgres_db', 'temporal_postgres_db']
/** Variables of servers: of their secrets, their users and the URIs that repeat them. */
const variables = secretIds
  .filter((id) => catalogue[id].renewed === 'with its server')
  .flatMap((id) => [...variablesOf(id), ...[catalogue[id].uri?.variable ?? []].flat()])

/** The rooms of the servers, the catalogue, and what is about one server alone. */
const rooms = [
  /^servers\//,
  /^secrets\/catalogue\.ts$/,
  /^(?:live|stack)\/(?:postgres|database|redis|minio)\.ts$/,
  /^controls\/\w[\w-]*\/(?:database|postgres|temporal-postgres|redis|minio)-[\w-]+\.ts$/,
]

/** Where a file outside of the rooms names a server or its variable in a text, and no comment there says why. */
function named(path: string, text: string): readonly string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const lines = text.split('\n')
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const isName =
      ts.isStringLiteralLike(node) ||
      ts.isTemplateLiteralToken(node) ||
      (ts.isIdentifier(node) && ts.isPropertyAssignment(node.parent) && node.parent.name === node)
    if (isName && mentions(node.text)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      const isExplained = [line, line - 1].some((at) =>
        /(?:^|\s)\/\/ |\*\/\s*$/.test(lines[at] ?? ''),
      )
      if (!isExplained) found.push(`${path}:${line + 1} ${node.text.slice(0, 60)}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function mentions(text: string): boolean {
  return services.includes(text) || text.split(/\W+/).some((word) => variables.includes(word))
}

test('only their rooms name the servers and their variables, unless a comment says why', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !rooms.some((room) => room.test(path)),
  )
  expect(files.length).toBeGreaterThan(200)
  expect(files.flatMap((path) => named(path, readFileSync(join(root, path), 'utf8')))).toEqual([])
})

test('such a name is seen as a word, a key, and in a text; not in a comment, and not with one', () => {
  expect(named('a.ts', "const a = ['redis']")).toHaveLength(1)
  expect(named('a.ts', 'const a = { minio: 1, "postgres_db": 2 }')).toHaveLength(2)
  expect(named('a.ts', 'const a = `set ${b} in REDIS_URL`')).toHaveLength(1)
  expect(named('a.ts', "const a = 'docker compose exec redis sh'")).toEqual([])
  expect(named('a.ts', "const a = ['http://a', 'redis']")).toHaveLength(1)
  expect(named('a.ts', "// why\nconst a = 'redis'")).toEqual([])
})
