import { Composer, type CST, type Document, type Node, Parser } from 'yaml'
import { isTooDeep } from '../../answers/nesting.ts'
import { isMissingSpace } from '../../install/compose/parse.ts'
import { broken, reasons } from './broken.ts'
import { Converter } from './convert.ts'
import { Mapping, type Plain } from './plain.ts'

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

/**
 * Parses a Compose override (YAML 1.2, as one document, a mapping or nothing at its root).
 * Throws a Failure ('badInput') with file and line for broken YAML, duplicate keys, unknown
 * anchors, several documents, and aliases that expand beyond any use.
 */
export function parseYaml(text: string, file: string): ParsedYaml {
  const tokens = [...new Parser().parse(text)]
  if (isTooDeep(tokens)) throw broken(text, file, 0, 'it is nested too deeply')
  const options = { keepSourceTokens: true, prettyErrors: false, logLevel: 'error' } as const
  const documents: readonly Document.Parsed[] = [...new Composer(options).compose(tokens)]
  const error = documents.flatMap((document) => document.errors).find((one) => !isMissingSpace(one))
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
