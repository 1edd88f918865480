import { Failure } from '../../failure.ts'
import type { EnvAssignment, EnvFile, EnvValue } from './env-file.ts'
import {
  aboveComments,
  linesAround,
  needsQuotes,
  newlineOf,
  ownSpan,
  type Span,
  valueEnd,
} from './lines.ts'
import { parseEnvFile, references } from './parse.ts'
import { renderValue } from './render.ts'

export interface SetOptions {
  /** Lines above a new name; those that lack a `#` get one. An existing name keeps its own. */
  readonly comment?: readonly string[]
  /** A new name that nothing uses goes behind this one; without it, to the end. */
  readonly after?: string
}

/**
 * Gives a name its value and changes nothing else. An existing name keeps its place, `export`,
 * indentation and trailing comment, and its later assignments go: every name stands once. A new
 * name goes above its first use by another one, since Compose resolves from the top.
 *
 * @throws Failure `badInput` for a value that cannot be written on one line
 */
export function setVariable(
  env: EnvFile,
  name: string,
  value: EnvValue,
  options: SetOptions = {},
): EnvFile {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error(`not a variable's name: ${name}`)
  const [first, ...later] = indicesOf(env, name)
  const assignment = env.assignments[first ?? -1]
  if (assignment === undefined) return insert(env, name, value, options)
  const end = valueEnd(assignment)
  const text = value.kind === 'literal' ? value.value : value.text
  const raw = renderValue(name, value, needsQuotes(env.text, end, text))
  const changed = { start: assignment.valueStart, end, text: assignment.inherits ? `=${raw}` : raw }
  return splice(env, [changed, ...later.map((index) => ({ ...ownSpan(env, index), text: '' }))])
}

/** Removes every assignment of a name; `comment` lines as given to `setVariable` go with it. */
export function removeVariable(
  env: EnvFile,
  name: string,
  options: Pick<SetOptions, 'comment'> = {},
): EnvFile {
  const removed = indicesOf(env, name).map((index) => {
    const { start, end } = ownSpan(env, index)
    return { start: start - commentAbove(env, index, start, options.comment ?? []), end, text: '' }
  })
  return removed.length === 0 ? env : splice(env, removed)
}

/**
 * Moves a name that another one uses above its definition to where it is known in time, as whole
 * lines with their trailing comment. A file where it is in order comes back as it is.
 *
 * @throws Failure `badInput` where the name itself refers to one that is defined in between
 */
export function moveAboveFirstUse(env: EnvFile, name: string): EnvFile {
  const index = indexOf(env, name)
  const definition = env.assignments[index]
  const useIndex = firstUse(env, name)
  const use = env.assignments[useIndex]
  if (definition === undefined || use === undefined || index < useIndex) return env
  for (const needed of references(env, definition)) {
    const at = indexOf(env, needed)
    const between = at < index ? env.assignments[at] : undefined
    if (between !== undefined && at >= useIndex) throw tangled(env, definition, use, between)
  }
  const span = ownSpan(env, index)
  const line = env.text.slice(span.start, span.end).trimEnd()
  return splice(env, [newLines(env, placeAbove(env, useIndex), [line]), { ...span, text: '' }])
}

function indicesOf(env: EnvFile, name: string): number[] {
  return [...env.assignments.keys()].filter((index) => env.assignments[index]?.name === name)
}

/** The index of a name's first assignment, or -1. */
function indexOf(env: EnvFile, name: string): number {
  return env.assignments.findIndex((assignment) => assignment.name === name)
}

/** The index of the first other assignment that refers to a name, or -1. */
function firstUse(env: EnvFile, name: string): number {
  return env.assignments.findIndex(
    (other) => other.name !== name && references(env, other).includes(name),
  )
}

function insert(env: EnvFile, name: string, value: EnvValue, options: SetOptions): EnvFile {
  const lines = [
    ...commentLines(options.comment ?? []),
    `${name}=${renderValue(name, value, false)}`,
  ]
  return splice(env, [newLines(env, placeOfNew(env, name, options.after), lines)])
}

function placeOfNew(env: EnvFile, name: string, after: string | undefined): number {
  const use = firstUse(env, name)
  if (use >= 0) return placeAbove(env, use)
  const neighbor = env.assignments.findLastIndex((assignment) => assignment.name === after)
  return neighbor < 0 ? env.text.length : linesAround(env, neighbor).end
}

function placeAbove(env: EnvFile, index: number): number {
  return aboveComments(env, linesAround(env, index).start)
}

interface Splice extends Span {
  readonly text: string
}

function newLines(env: EnvFile, at: number, lines: readonly string[]): Splice {
  const newline = newlineOf(env.text)
  const block = lines.join(newline)
  const unended = at === env.text.length && !/(^\ufeff?|\n)$/.test(env.text)
  return { start: at, end: at, text: unended ? newline + block : block + newline }
}

/** Applies changes that stand in the order of the text and do not overlap. */
function splice(env: EnvFile, splices: readonly Splice[]): EnvFile {
  const parts: string[] = []
  let position = 0
  for (const { start, end, text } of splices) {
    parts.push(env.text.slice(position, start), text)
    position = end
  }
  return parseEnvFile(parts.join('') + env.text.slice(position), env.file)
}

function commentLines(comment: readonly string[]): string[] {
  return comment.map((line) => {
    if (/[\n\r]/.test(line)) throw new Error('a comment line holds a line break')
    return line.startsWith('#') ? line : `# ${line}`.trimEnd()
  })
}

/** The length of exactly these comment lines directly above an assignment, or 0 if others do. */
function commentAbove(env: EnvFile, index: number, start: number, comment: readonly string[]) {
  const newline = newlineOf(env.text)
  const block = commentLines(comment)
    .map((line) => line + newline)
    .join('')
  const at = start - block.length
  const previous = env.assignments[index - 1]
  // The last lines of a value in quotes may look like the comment.
  if (at < (previous === undefined ? 0 : valueEnd(previous))) return 0
  const wholeLines = at === 0 || /[\n\ufeff]/.test(env.text.charAt(at - 1))
  return wholeLines && env.text.startsWith(block, at) ? block.length : 0
}

function tangled(
  env: EnvFile,
  definition: EnvAssignment,
  use: EnvAssignment,
  known: EnvAssignment,
): Failure {
  return new Failure(
    'badInput',
    `${use.name} uses ${definition.name} above its definition, which needs ${known.name} from below`,
    {
      where: { file: env.file, line: use.line },
      remedy: `Put ${known.name} (line ${known.line}) above line ${use.line} of ${env.file}.`,
    },
  )
}
