import { Composer, type Document, LineCounter, Parser, type YAMLError } from 'yaml'
import { isTooDeep } from '../../answers/nesting.ts'
import { keepRecent } from '../recent.ts'
import type { ComposeSource } from './model.ts'
import { refuse } from './tree.ts'
import { type ConvertedDocument, convertDocument } from './yaml/convert.ts'

/** Characters. Larger than any Compose file people write. */
const maximumLength = 512 * 1024

/** Lines, commas, quotes and brackets together. Tracecat's largest file has under 1,000. */
const maximumStructure = 50_000

/** Each document of a file is merged like a file of its own. */
const maximumDocuments = 20

/**
 * Reads one Compose file as YAML: anchors and merge keys expanded, Compose's tags noted, nothing
 * substituted yet. Scalars follow Compose's YAML, see `resolvePlain`.
 *
 * @throws Failure('badInput') with file and line, for what Compose refuses and for input that is
 *   too large to be a Compose file
 */
export function parseCompose(source: ComposeSource): readonly ConvertedDocument[] {
  const key = `${source.file}\n${source.text}`
  const known = again.get(key) ?? latest.get(key) ?? parseAnew(source)
  if (seen.has(key)) keepRecent(again, key, known, 16)
  else keepRecent(latest, key, known, 2)
  keepRecent(seen, key, true, 64)
  return known
}

/**
 * A plan resolves the same files again and again, with and without ours, and installs of one release share
 * theirs: parsing takes most of the time. Only what was seen before is kept for long: a thousand installs
 * with files of their own would fill the memory with what nobody asks for again.
 */
const again = new Map<string, readonly ConvertedDocument[]>()
const latest = new Map<string, readonly ConvertedDocument[]>()
const seen = new Map<string, true>()

function parseAnew(source: ComposeSource): readonly ConvertedDocument[] {
  const { file, text } = source
  refuseTooMuchStructure(file, text)
  const lines = new LineCounter()
  const documents = readYaml(source, lines)
  if (documents.length > maximumDocuments) {
    throw refuse(`${file} has more than ${maximumDocuments} YAML documents`, { file })
  }
  return documents.flatMap((document) => {
    const problem = document.errors.find((one) => !isMissingSpace(one))
    if (problem !== undefined) throw notYaml(file, problem, lines)
    return convertDocument(document, file, lineFinder(lines)) ?? []
  })
}

function readYaml({ file, text }: ComposeSource, lines: LineCounter): readonly Document[] {
  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  if (isTooDeep(tokens)) throw refuse(`${file} is nested too deep to be a Compose file`, { file })
  const composer = new Composer({
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter: lines,
  })
  return [...composer.compose(tokens)]
}

/** The line of an offset, from 1. Asked for rising ones, it is mostly the last line or the next. */
function lineFinder(lines: LineCounter): (offset: number) => number {
  const startOf = (line: number) => lines.lineStarts[line - 1] ?? Number.POSITIVE_INFINITY
  const holds = (line: number, offset: number) =>
    startOf(line) <= offset && offset < startOf(line + 1)
  let line = 1
  return (offset) => {
    if (!holds(line, offset)) {
      line = holds(line + 1, offset) ? line + 1 : lines.linePos(offset).line
    }
    return line
  }
}

/** A comment directly behind a value, such as `"nginx"#pinned`: Compose reads it, and so does the parser after all. */
export function isMissingSpace({ code, message }: YAMLError): boolean {
  return code === 'MISSING_CHAR' && message.startsWith('Comments must be separated')
}

/** The parser's own message quotes the file, which may hold a secret: only its code is shown. */
function notYaml(file: string, problem: YAMLError, lines: LineCounter): Error {
  const what = problem.code.toLowerCase().replaceAll('_', ' ')
  const line = lines.linePos(problem.pos[0]).line
  return refuse(`${file} is not valid YAML (${what})`, { file, line })
}

const [dash, space] = ['-', ' '].map((mark) => mark.charCodeAt(0))
/** A table by code: a set takes a hundredth of a large audit. */
const isStructure = new Uint8Array(128)
for (const mark of '[]{},?&*!"\'\n') isStructure[mark.charCodeAt(0)] = 1

/** Hostile input must end: the parser takes some 15 microseconds for each of these, and much memory. */
export function refuseTooMuchStructure(file: string, text: string): void {
  if (text.length > maximumLength) {
    throw refuse(`${file} is larger than ${maximumLength / 1024} KiB`, { file })
  }
  let found = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (isStructure[code] === 1 || (code === dash && text.charCodeAt(index + 1) === space))
      found += 1
  }
  if (found > maximumStructure) {
    throw refuse(`${file} has too many lines, commas, quotes and brackets for a Compose file`, {
      file,
    })
  }
}
