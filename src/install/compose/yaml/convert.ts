import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import {
  listTree,
  mapTree,
  type Place,
  refuse,
  type ScalarTree,
  type Tree,
  type TreePath,
  textScalar,
  valueScalar,
} from '../tree.ts'
import { aliasTargets } from './aliases.ts'
import { resolvePlain } from './scalar.ts'

/** One YAML document of a Compose file. */
export interface ConvertedDocument {
  readonly root: Tree
  /** Paths under `!reset` or `!override`: what stands there already is removed before the merge. */
  readonly cleared: readonly TreePath[]
}

/** The stock file has some 1,500 nodes. Aliases multiply them: this is where a bomb ends. */
const maximumNodes = 100_000

interface Run {
  readonly file: string
  readonly lineAt: (offset: number) => number
  readonly targets: ReadonlyMap<Alias, Node>
  readonly cleared: TreePath[]
  /** Anchored nodes that are being expanded, to notice one that contains itself. */
  readonly open: Set<Node>
  /** Entries under `!reset`: Compose takes them out of the anchor, so a later alias lacks them. */
  readonly removed: Set<Pair>
  nodes: number
}

/**
 * Makes trees of a parsed document: aliases and merge keys expanded, `!reset` entries left out.
 * undefined for an empty document.
 *
 * @throws Failure('badInput') for duplicate or non-string keys, aliases without an anchor or
 *   within their own anchor, dates, and more than 100,000 nodes
 */
export function convertDocument(
  document: Document,
  file: string,
  lineAt: (offset: number) => number,
): ConvertedDocument | undefined {
  const { contents } = document
  if (!isNode(contents)) return undefined
  if (isScalar(contents) && contents.value === '' && contents.type === Scalar.PLAIN)
    return undefined
  const targets = aliasTargets(contents, file, lineAt)
  const run: Run = {
    file,
    lineAt,
    targets,
    cleared: [],
    open: new Set(),
    removed: new Set(),
    nodes: 0,
  }
  const root = convert(contents, { path: [], at: placeOf(contents, run), tags: true }, run)
  return root === undefined ? undefined : { root, cleared: run.cleared }
}

function placeOf(node: unknown, run: Run): Place {
  const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  return { file: run.file, line: run.lineAt(offset) }
}

/** Where a node stands. */
interface Here {
  readonly path: TreePath
  readonly at: Place
  /** Whether Compose still looks for its tags here; it does not below an `!override`. */
  readonly tags: boolean
}

function convert(node: unknown, here: Here, run: Run): Tree | undefined {
  const { path, at, tags } = here
  run.nodes += 1
  if (run.nodes > maximumNodes) {
    throw refuse(`${run.file} has more than ${maximumNodes} values, aliases expanded`, at)
  }
  if (isAlias(node)) return convert(run.targets.get(node), here, run)
  if (!isMap(node) && !isSeq(node) && !isScalar(node)) return valueScalar(null, at)
  if (tags && node.tag === '!reset') {
    run.cleared.push(path)
    return undefined
  }
  const overrides = tags && node.tag === '!override'
  if (overrides) run.cleared.push(path)
  return guarded(node, at, run, () => {
    if (isScalar(node)) return convertScalar(node, path, at, run)
    const inside = { path, at, tags: tags && !overrides }
    return isSeq(node) ? convertList(node, inside, run) : convertMap(node, inside, run)
  })
}

/** Without an anchor no alias leads to it, and most nodes have none. */
function guarded<T>(node: Scalar | YAMLSeq | YAMLMap, at: Place, run: Run, inside: () => T): T {
  if (node.anchor === undefined) return inside()
  if (run.open.has(node)) throw refuse('an alias stands within its own anchor', at)
  run.open.add(node)
  const result = inside()
  run.open.delete(node)
  return result
}

const coreTag = /^tag:yaml\.org,2002:(?:int|float|bool|null|timestamp)$/

function convertScalar(node: Scalar, path: TreePath, at: Place, run: Run): ScalarTree {
  const text = node.source ?? ''
  if (node.tag === 'tag:yaml.org,2002:binary') {
    return textScalar(Buffer.from(text, 'base64').toString('utf8'), at)
  }
  const core = node.tag !== undefined && coreTag.test(node.tag)
  const bare = node.tag === undefined && node.type === Scalar.PLAIN
  if (!core && !bare) return textScalar(text, at)
  const resolved = resolvePlain(text)
  if (resolved !== undefined) return { kind: 'scalar', ...resolved, at }
  if (path[0]?.startsWith('x-') === true) return textScalar(text, at)
  throw refuse(
    'an unquoted date is no string to Compose',
    { file: run.file, line: at.line },
    'quote it',
  )
}

function convertList(node: YAMLSeq, { path, at, tags }: Here, run: Run): Tree {
  const items = node.items.flatMap((item, index) => {
    const here = { path: [...path, String(index)], at: placeOf(item, run), tags }
    return convert(item, here, run) ?? []
  })
  return listTree(items, at)
}

function convertMap(node: YAMLMap, { path, at, tags }: Here, run: Run): Tree {
  const entries = new Map<string, Tree>()
  const seen = new Set<string>()
  const merged: Tree[] = []
  for (const pair of node.items) {
    if (tags && run.removed.has(pair)) continue
    const place = placeOf(pair.key, run)
    const key = keyOf(pair.key, run)
    const isMerge = key === '<<' && isScalar(pair.key) && pair.key.type === Scalar.PLAIN
    if (seen.has(key)) throw refuse(`the key ${key} stands twice in one mapping`, place)
    seen.add(key)
    if (isMerge) {
      const sources = convert(pair.value, { path, at: place, tags }, run)
      if (sources !== undefined)
        merged.push(...(sources.kind === 'list' ? sources.items : [sources]))
      continue
    }
    const value = convert(pair.value, { path: [...path, key], at: place, tags }, run)
    if (value === undefined) run.removed.add(pair)
    else entries.set(key, value)
  }
  for (const source of merged) {
    if (source.kind !== 'map') throw refuse('<<: takes a mapping or a list of mappings', at)
    for (const [key, value] of source.entries) if (!entries.has(key)) entries.set(key, value)
  }
  return mapTree(entries, at)
}

function keyOf(key: unknown, run: Run): string {
  const target = isAlias(key) ? run.targets.get(key) : key
  if (isScalar(target)) {
    const scalar = convertScalar(target, ['x-'], placeOf(key, run), run)
    if (typeof scalar.value === 'string') return scalar.value
  }
  throw refuse('a key is no string to Compose', placeOf(key, run), 'quote it')
}
