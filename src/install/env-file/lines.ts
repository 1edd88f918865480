import { lineEnd, skipWhiteSpace } from './characters.ts'
import type { EnvAssignment, EnvFile } from './env-file.ts'

/** Two indices into the text, the second one past the end. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The newline that the file uses first; a file without one gets line feeds. */
export function newlineOf(text: string): string {
  const newline = text.indexOf('\n')
  return newline > 0 && text[newline - 1] === '\r' ? '\r\n' : '\n'
}

export function valueEnd(assignment: EnvAssignment): number {
  return assignment.valueStart + assignment.raw.length
}

/** Whole lines around the assignment at an index, with those of values that share one of its lines. */
export function linesAround(env: EnvFile, index: number): Span {
  let first = index
  while (shareLine(env, first - 1)) first -= 1
  let last = index
  while (shareLine(env, last)) last += 1
  const start = env.text.lastIndexOf('\n', assignmentAt(env, first).start - 1) + 1
  const newline = lineEnd(env.text, valueEnd(assignmentAt(env, last)))
  const afterMark = start === 0 && env.text.startsWith('\ufeff') ? 1 : start
  return { start: afterMark, end: Math.min(newline + 1, env.text.length) }
}

/**
 * What goes when an assignment goes: its whole lines with their comment if it has them for itself,
 * else only its own text and the space up to the next statement.
 */
export function ownSpan(env: EnvFile, index: number): Span {
  if (!shareLine(env, index - 1) && !shareLine(env, index)) return linesAround(env, index)
  const assignment = assignmentAt(env, index)
  return { start: assignment.start, end: skipSpaceOnLine(env.text, valueEnd(assignment)) }
}

/** Whether an assignment ends on the line that the next one begins on. */
function shareLine(env: EnvFile, index: number): boolean {
  const next = env.assignments[index + 1]
  return next !== undefined && env.assignments[index]?.endLine === next.line
}

function assignmentAt(env: EnvFile, index: number): EnvAssignment {
  const assignment = env.assignments[index]
  if (assignment === undefined) throw new RangeError(`no assignment has the index ${index}`)
  return assignment
}

function skipSpaceOnLine(text: string, from: number): number {
  return Math.min(skipWhiteSpace(text, from), lineEnd(text, from))
}

/** Whether a value at this place needs quotes because of what follows it on its line. */
export function needsQuotes(text: string, end: number, value: string): boolean {
  const rest = text.slice(end, lineEnd(text, end))
  const next = skipWhiteSpace(rest, 0)
  if (next === rest.length) return false
  // Without quotes only a space and `#` end a value, and an empty one takes the comment as value.
  return value === '' || rest[next] !== '#' || rest[next - 1] !== ' '
}

/** Moves an index at a line's start up over the comment lines directly above it. */
export function aboveComments(env: EnvFile, start: number): number {
  // The last line of a value in quotes may look like a comment.
  const before = env.assignments.findLast((assignment) => assignment.start < start)
  const floor = before === undefined ? 0 : valueEnd(before)
  let index = start
  while (index > floor) {
    // A negative start would be taken as 0 and find the same newline for ever.
    const previous = index < 2 ? 0 : env.text.lastIndexOf('\n', index - 2) + 1
    if (previous < floor || env.text[skipSpaceOnLine(env.text, previous)] !== '#') return index
    index = previous
  }
  return index
}
