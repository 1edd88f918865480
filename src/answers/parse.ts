import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isSeq,
  LineCounter,
  type ParsedNode,
  Parser,
  parseDocument,
  visit,
} from 'yaml'
import { Failure, type Where } from '../failure.ts'
import { isTooDeep } from './nesting.ts'
import { answersFailure, type KeyPath, type Locate } from './problems.ts'
import type { PartialAnswers } from './schema.ts'
import { validate } from './validate.ts'

/** Answers as a file gives them, and where each stands in it. */
export interface AnswersFile {
  readonly answers: PartialAnswers
  readonly locate: Locate
}

/**
 * Reads the text of an answers file (YAML 1.2).
 * @param file the name to show
 * @throws Failure('badInput') that names every wrong key with its line
 */
export function parseAnswers(text: string, file: string): AnswersFile {
  const lines = new LineCounter()
  const document = readYaml(text, file, lines)
  const locate = (path: KeyPath): Where => {
    const offset = offsetOf(document.contents, path)
    return offset === undefined ? { file } : { file, line: lines.linePos(offset).line }
  }
  const data: unknown = document.toJS()
  if (data !== null && !isMap(document.contents))
    throw answersFailure([{ path: [], text: "must be lines of the form 'key: value'" }], locate)
  const result = validate(data ?? {})
  if ('problems' in result) throw answersFailure(result.problems, locate)
  return { answers: result.answers, locate }
}

/** Some hundred times what all answers need; YAML of any size can be made to take minutes. */
const longestText = 64 * 1024
const deepest = 20

/** YAML without what an answers file has no use for and an attacker has: aliases, tags, depth. */
export function readYaml(text: string, file: string, lines = new LineCounter()): Document.Parsed {
  if (text.length > longestText) {
    throw refusal('This is too long for an answers file (64 KiB).', file, undefined)
  }
  if (isTooDeep([...new Parser().parse(text)])) throw refusal(tooDeep, file, undefined)
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined) {
    const line = lines.linePos(problem.pos[0]).line
    if (problem.code === 'RESOURCE_EXHAUSTION') throw refusal(tooDeep, file, line)
    const [detail = ''] =
      problem.code === 'MULTIPLE_DOCS'
        ? ['it is one document, so remove the line ---']
        : problem.message.split(/:?\n| at line /)
    throw refusal(`This is not valid YAML: ${detail.replace(/\.$/, '')}.`, file, line)
  }
  visit(document, (_, node, ancestors) => {
    const line = isNode(node) && node.range != null ? lines.linePos(node.range[0]).line : undefined
    if (isAlias(node)) {
      throw refusal('Aliases (*name) are not read here: write the value out.', file, line)
    }
    if (ancestors.length > deepest) throw refusal(tooDeep, file, line)
  })
  return document
}

const tooDeep = 'This is nested too deeply.'

function refusal(message: string, file: string, line: number | undefined): Failure {
  return new Failure('badInput', message, { where: line === undefined ? { file } : { file, line } })
}

/** Where the last key of the path that exists begins, in characters; items of lists by their value. */
function offsetOf(root: ParsedNode | null, path: KeyPath): number | undefined {
  let node: unknown = root
  let offset: number | undefined
  for (const part of path) {
    if (isMap<ParsedNode, ParsedNode>(node)) {
      const pair = node.items.find(({ key }) => String(key) === part)
      if (pair === undefined) return offset
      offset = pair.key.range[0]
      node = pair.value
    } else if (isSeq<ParsedNode>(node) && typeof part === 'number') {
      node = node.items[part]
      offset = isNodeWithRange(node) ? node.range[0] : offset
    } else return offset
  }
  return offset
}

function isNodeWithRange(node: unknown): node is { range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
}
