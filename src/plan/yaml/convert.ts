import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml'
import type { Failure } from '../../failure.ts'
import { broken, reasons } from './broken.ts'
import { type Inherited, isList, Mapping, type Plain, Tagged } from './plain.ts'

/** Aliases of aliases can stand for more than any memory holds ("billion laughs"). */
const largestExpansion = 200_000

/** Is this `<<`, the merge key? Quoted, it is an ordinary key. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN' && !key.tag
}

/** Only the application's own tags count; `!!str` and its like are resolved by the parser. */
export function tagOf(node: Node): string | undefined {
  const tag = 'tag' in node ? node.tag : undefined
  return tag?.startsWith('!') ? tag : undefined
}

/** Turns the nodes of one document into plain values, resolving its aliases. */
export class Converter {
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
    if (isMap(node) || isSeq(node) || isScalar(node)) this.#remember(node, value)
    return value
  }

  /** Keys can have an anchor, too. */
  #remember(node: Node & { anchor?: string }, value: Plain): void {
    this.#values.set(node, value)
    if (node.anchor) this.#anchors.set(node.anchor, node)
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
      if (isScalar(key)) this.#remember(key, name)
      if (own.has(name)) throw this.#fail(key, reasons.DUPLICATE_KEY ?? 'a key stands twice')
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
