import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import ts from 'typescript'
import { folderOf, type Layer } from '../scripts/layers.mjs'

/** Named below the table: imports within one row, and the only ones that world/ has. */
const withinRow = new Set(['answers > release', 'answers > secrets'])
const openToAll = new Set(['failure', 'json', 'templates', 'version'])

/** What a folder may take from Node although nothing but world/ touches anything: these only compute. */
const computing: Readonly<Record<string, readonly string[]>> = {
  'node:path': [
    'basename',
    'dirname',
    'extname',
    'isAbsolute',
    'join',
    'normalize',
    'posix',
    'relative',
    'sep',
  ],
  'node:url': ['URL', 'URLSearchParams', 'domainToASCII', 'domainToUnicode'],
  'node:net': ['BlockList', 'SocketAddress', 'isIP', 'isIPv4', 'isIPv6'],
  'node:util': ['isDeepStrictEqual', 'promisify', 'stripVTControlCharacters', 'styleText'],
  // Chance makes a function impure: of the pure folders only secrets/ draws from it.
  'node:crypto': ['createHash'],
}
/** Beyond that, in folders that are not pure: these read the working directory or our arguments. */
const computingHere: Readonly<Record<string, readonly string[]>> = {
  'node:path': ['resolve'],
  'node:util': ['parseArgs'],
}
/** Packages that reach out of the program, or draw from chance, and the one folder that may use each. */
const packagesOf: Readonly<Record<string, string>> = {
  execa: 'world',
  nanoid: 'secrets',
  '@inquirer/prompts': 'wizard',
  '@inquirer/core': 'wizard',
}
/** Globals that reach out of the program; `cli` reads the arguments and sets the exit code. */
const worldly = ['process', 'fetch', 'console']
const worldlyIn = new Set(['cli', 'world'])
/** Globals that give a pure function another answer each time. */
const changing = ['Date.now', 'Math.random', 'setTimeout', 'setInterval', 'performance']

interface Import {
  /** undefined where it is computed. */
  readonly specifier: string | undefined
  /** Imported names; undefined where the whole module is taken. */
  readonly names: readonly string[] | undefined
}

/** What a file does that the rules above do not allow, one line for each; `path` starts with `src/`. */
export function violations(
  path: string,
  text: string,
  layers: ReadonlyMap<string, Layer>,
): string[] {
  const folder = folderOf(path)
  const layer = layers.get(folder)
  if (!layer && !openToAll.has(folder)) return [`${path}: ${folder} is not in the table`]
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  for (const { specifier, names } of importsOf(source)) {
    const reason =
      specifier === undefined
        ? 'imports by a computed name'
        : specifier.startsWith('.')
          ? wrongDirection(path, folder, specifier, layers)
          : wrongModule(folder, specifier, names, layer?.pure ?? true)
    if (reason) found.push(`${path}: ${reason}`)
  }
  for (const name of globalsOf(source)) {
    const forbidden =
      (worldly.includes(name) && !worldlyIn.has(folder)) ||
      (changing.includes(name) && (layer?.pure ?? true))
    if (forbidden) found.push(`${path}: uses ${name}`)
  }
  return found
}

/**
 * Files that import each other, types included, each circle sorted: whoever reads one of them has to
 * have read the others.
 * @param files texts by path
 */
export function circles(files: ReadonlyMap<string, string>): readonly (readonly string[])[] {
  const imported = new Map(
    [...files].map(([path, text]) => [
      path,
      importedFiles(path, text).filter((one) => files.has(one)),
    ]),
  )
  const reached = new Map([...files.keys()].map((path) => [path, reachable(path, imported)]))
  const found = new Map<string, readonly string[]>()
  for (const [path, others] of reached) {
    if (!others.has(path)) continue
    const circle = [...others].filter((other) => reached.get(other)?.has(path)).sort()
    found.set(circle.join(), circle)
  }
  return [...found.values()]
}

function importedFiles(path: string, text: string): readonly string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  return importsOf(source).flatMap(({ specifier }) =>
    specifier?.startsWith('.') ? [posix.join(posix.dirname(path), specifier)] : [],
  )
}

/** What a file needs, directly or not; itself only where it lies on a circle. */
function reachable(
  path: string,
  imported: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const seen = new Set<string>()
  const waiting = [...(imported.get(path) ?? [])]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    waiting.push(...(imported.get(next) ?? []))
  }
  return seen
}

function wrongDirection(
  path: string,
  folder: string,
  specifier: string,
  layers: ReadonlyMap<string, Layer>,
): string | undefined {
  const target = posix.join(posix.dirname(path), specifier)
  if (target.startsWith('templates/')) return undefined
  if (target === 'package.json' && folder === 'cli') return undefined
  if (!target.startsWith('src/')) return `imports ${target}, which is outside of src/`
  const other = folderOf(target)
  if (other === folder || openToAll.has(other)) return undefined
  const from = layers.get(folder)
  const to = layers.get(other)
  if (folder === 'world' && other === 'secrets') return undefined
  if (!from || !to) return `imports ${other}, which is not in the table`
  if (from.pure && other === 'world') return 'is pure, and imports world'
  if (from.row < to.row || withinRow.has(`${folder} > ${other}`)) return undefined
  return `imports upward or sideways from ${other}`
}

function wrongModule(
  folder: string,
  specifier: string,
  names: readonly string[] | undefined,
  pure: boolean,
): string | undefined {
  if (!isBuiltin(specifier)) {
    const home = packagesOf[specifier]
    return home && home !== folder ? `imports ${specifier}, which is for ${home}` : undefined
  }
  if (folder === 'world') return undefined
  if (specifier === 'node:crypto' && (folder === 'secrets' || !pure)) return undefined
  const allowed = [
    ...(computing[specifier] ?? []),
    ...(pure ? [] : (computingHere[specifier] ?? [])),
  ]
  const wrong = names?.filter((name) => !allowed.includes(name)) ?? ['*']
  return wrong.length > 0 ? `imports ${wrong.join(', ')} of ${specifier}` : undefined
}

function importsOf(source: ts.SourceFile): Import[] {
  const imports: Import[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const bindings = node.importClause?.namedBindings
      const named = bindings && ts.isNamedImports(bindings) && !node.importClause?.name
      const names = named
        ? bindings.elements.map((one) => (one.propertyName ?? one.name).text)
        : undefined
      imports.push({ specifier: node.moduleSpecifier.text, names })
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      imports.push({ specifier: node.moduleSpecifier.text, names: undefined })
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      const specifier = argument && ts.isStringLiteralLike(argument) ? argument.text : undefined
      imports.push({ specifier, names: undefined })
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      if (ts.isStringLiteral(node.argument.literal)) {
        imports.push({ specifier: node.argument.literal.text, names: undefined })
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return imports
}

/** Names that are called, constructed, or asked for a property, such as `fetch` and `Date.now`. */
function globalsOf(source: ts.SourceFile): Set<string> {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
      names.add(node.expression.text).add(`${node.expression.text}.${node.name.text}`)
    } else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      names.add(node.expression.text)
    } else if (
      ts.isNewExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'Date'
    ) {
      if (!node.arguments?.length) names.add('Date.now')
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return names
}
