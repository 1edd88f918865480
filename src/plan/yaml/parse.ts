import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Parser,
  type YAMLError,
} from 'yaml'
import { Failure } from '../../failure.ts'
import { type Inherited, isList, Mapping, type Plain, Tagged } from './plain.ts'

/** Aliases of aliases can stand for more than any memory holds ("billion laughs"). */
const largestExpansion = 200_000

export interface Comment {
  readonly start: number
  readonly end: number
}

/** A YAML text with its nodes, their plain values, and the places of its comments. */
export interface ParsedYaml {
  readonly text: string
  readonly file: string
  /** undefined: nothing but comments and markers. */
  readonly root: Node | undefined
  readonly value: Mapping
  readonly comments: readonly Comment[]
  /** The value of a node of this document. */
  plainOf(node: unknown): Plain
  /** Does an alias refer to this very node? */
  isShared(node: Node): boolean
}

const reasons: Partial<Record<YAMLError['code'], string>> = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag',
  BAD_ALIAS: 'an alias or anchor has no usable name',
  BAD_DQ_ESCAPE: 'there is an unknown escape in double quotes',
  BAD_INDENT: 'the indentation does not fit',
  BAD_SCALAR_START: 'a value starts with a reserved character; quote it',
  BLOCK_AS_IMPLICIT_KEY:
    'a nested mapping or list stands where it cannot; check indentation and quotes',
  BLOCK_IN_FLOW: 'a block stands within brackets or braces',
  DUPLICATE_KEY: 'a key stands twice in one mapping',
  MISSING_CHAR: 'a colon, comma, bracket, quote or space is missing',
  MULTILINE_IMPLICIT_KEY: 'a key spans several lines',
  TAB_AS_INDENT: 'a tab is used for indentation; use spaces',
  UNEXPECTED_TOKEN: 'something stands where it cannot',
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** An error of the admin's file. The parser's own message is not used: it may quote a secret. */
export function broken(
  text: string,
  file: string,
  offset: number,
  why: string,
  remedy?: string,
): Failure {
  return new Failure('badInput', `${file} cannot be read as YAML: ${why}`, {
    where: { file, line: lineAt(text, offset) },
    remedy: remedy ?? 'Correct the line, check with `docker compose config -q`, and run again.',
  })
}

/**
 * Parses a Compose override (YAML 1.2, as one document, a mapping or nothing at its root).
 * Throws a Failure ('badInput') with file and line for broken YAML, duplicate keys, unknown
 * anchors, several documents, and aliases that expand beyond any use.
 */
export function parseYaml(text: string, file: string): ParsedYaml {
  let tokens: CST.Token[]
  let documents: Document.Parsed[]
  try {
    tokens = [...new Parser().parse(text)]
    documents = [
      ...new Composer({ keepSourceTokens: true, prettyErrors: false, logLevel: 'error' }).compose(
        tokens,
      ),
    ]
  } catch (error) {
    if (error instanceof RangeError) throw broken(text, file, 0, 'it is nested too deeply')
    throw error
  }
  const error = documents.flatMap((document) => document.errors)[0]
  if (error) {
    throw broken(text, file, error.pos[0], reasons[error.code] ?? 'the syntax is wrong')
  }
  const roots = documents.map((document) => document.contents).filter((node) => node?.srcToken)
  if (roots[1]) {
    throw broken(
      text,
      file,
      roots[1].range[0],
      'it holds several documents',
      'Put everything into one document: remove the `---` between them and join equal keys.',
    )
  }
  const converter = new Converter(text, file)
  const root: Node | undefined = roots[0] ?? undefined
  const value = converter.convert(root)
  if (value !== null && !(value instanceof Mapping)) {
    throw broken(
      text,
      file,
      root?.range?.[0] ?? 0,
      'a mapping such as `services:` must stand at its top',
    )
  }
  return {
    text,
    file,
    root,
    value: value ?? new Mapping(new Map()),
    comments: tokens.flatMap(commentsOf).sort((a, b) => a.start - b.start),
    plainOf: (node) => converter.plainOf(node),
    isShared: (node) => converter.shared.has(node),
  }
}

function commentsOf(token: unknown): Comment[] {
  if (Array.isArray(token)) return token.flatMap(commentsOf)
  if (typeof token !== 'object' || token === null) return []
  if ('type' in token && token.type === 'comment') {
    const { offset, source } = token as CST.SourceToken
    return [{ start: offset, end: offset + source.length }]
  }
  return ['start', 'key', 'sep', 'value', 'items', 'props', 'end'].flatMap((part) =>
    commentsOf((token as Record<string, unknown>)[part]),
  )
}

/** Is this `<<`, the merge key? Quoted, it is an ordinary key. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN' && !key.tag
}

/** Only the application's own tags count; `!!str` and its like are resolved by the parser. */
export function tagOf(node: Node): string | undefined {
  const tag = 'tag' in node ? node.tag : undefined
  return tag?.startsWith('!') ? tag : undefined
}

class Converter {
  readonly shared = new Set<Node>()
  readonly #text: string
  readonly #file: string
  readonly #values = new Map<unknown, Plain>()
  readonly #anchors = new Map<string, Node>()
  readonly #sizes = new Map<Plain, number>()

  constructor(text: string, file: string) {
    this.#text = text
    this.#file = file
  }

  plainOf(node: unknown): Plain {
    return this.#values.get(node) ?? null
  }

  #fail(node: unknown, why: string, remedy?: string): Failure {
    const range =
      typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined
    const offset = Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0
    return broken(this.#text, this.#file, offset, why, remedy)
  }

  convert(node: unknown): Plain {
    const value = this.#convertNode(node)
    this.#values.set(node, value)
    this.#limit(node, value)
    if (isMap(node) || isSeq(node) || isScalar(node)) {
      if (node.anchor) this.#anchors.set(node.anchor, node)
    }
    return value
  }

  #convertNode(node: unknown): Plain {
    if (isAlias(node)) return this.#alias(node.source, node)
    if (isScalar(node)) return this.#scalar(node.value, node.type, tagOf(node))
    if (isSeq(node))
      return this.#tagged(
        tagOf(node),
        node.items.map((item) => this.convert(item)),
      )
    if (isMap(node)) return this.#tagged(tagOf(node), this.#mapping(node.items, node.anchor))
    return null
  }

  #tagged(tag: string | undefined, data: Plain): Plain {
    return tag === undefined ? data : new Tagged(tag, data)
  }

  #scalar(value: unknown, type: string | undefined, tag: string | undefined): Plain {
    const known =
      value === null || ['string', 'number', 'boolean'].includes(typeof value)
        ? (value as string | number | boolean | null)
        : String(value)
    // Under a tag that it does not know, the parser leaves every scalar a string.
    const empty = tag !== undefined && type === 'PLAIN' && ['', '~', 'null'].includes(String(value))
    return this.#tagged(tag, empty ? null : known)
  }

  #alias(name: string, node: Node): Plain {
    const target = this.#anchors.get(name)
    if (!target) throw this.#fail(node, `the alias *${name} has no anchor above it`)
    this.shared.add(target)
    const value = this.plainOf(target)
    return value instanceof Mapping
      ? new Mapping(new Map(), { values: value.entries(), anchor: name })
      : value
  }

  #mapping(pairs: readonly Pair[], anchor: string | undefined): Mapping {
    const own = new Map<string, Plain>()
    let inherited: Inherited | undefined
    for (const { key, value } of pairs) {
      if (isMergeKey(key)) {
        inherited = this.#inherited(value)
        continue
      }
      const name = this.#key(key)
      if (own.has(name)) throw this.#fail(key, reasons.DUPLICATE_KEY ?? '')
      own.set(name, this.convert(value))
    }
    return new Mapping(own, inherited, anchor)
  }

  #key(key: unknown): string {
    const value = isAlias(key) ? this.convert(key) : isScalar(key) ? key.value : undefined
    if (typeof value === 'string') return value
    if (isScalar(key) && value !== null && value !== undefined) return key.source ?? String(value)
    throw this.#fail(key, 'a key is not text')
  }

  #inherited(node: unknown): Inherited {
    const value = this.convert(node)
    const sources = isList(value) ? value : [value]
    const values = new Map<string, Plain>()
    for (const source of sources) {
      if (!(source instanceof Mapping))
        throw this.#fail(node, '`<<` takes a mapping, or a list of them')
      for (const [key, item] of source.entries()) if (!values.has(key)) values.set(key, item)
    }
    const anchor = isAlias(node) ? node.source : isMap(node) ? node.anchor : undefined
    return { values, anchor }
  }

  #limit(node: unknown, value: Plain): void {
    if (typeof value !== 'object' || value === null) return
    const parts =
      value instanceof Mapping
        ? [...value.entries().values()]
        : isList(value)
          ? value
          : [value.data]
    const size = parts.reduce<number>((sum, part) => sum + (this.#sizes.get(part) ?? 1), 1)
    if (size > largestExpansion) throw this.#fail(node, 'its aliases expand to too much')
    this.#sizes.set(value, size)
  }
}
