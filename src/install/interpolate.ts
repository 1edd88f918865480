/** What substitution made of a text. Names stand once each, in the order of their first use. */
export interface Interpolated {
  readonly value: string
  /** Names that were unset where a value was needed: Compose warns and puts nothing there. */
  readonly unset: readonly string[]
}

/**
 * `required`: a `${NAME:?message}` was not met. `syntax`: no valid template.
 * `limit`: deeper or larger than we follow, though Compose might.
 */
export type InterpolationProblem = 'required' | 'syntax' | 'limit'

/** Compose would reject this text. Callers know the file and line and make a `Failure` of it. */
export class InterpolationError extends Error {
  override readonly name = 'InterpolationError'
  readonly kind: InterpolationProblem
  /** The variable that was required; undefined for the other kinds. */
  readonly variable: string | undefined

  constructor(kind: InterpolationProblem, message: string, variable?: string) {
    super(message)
    this.kind = kind
    this.variable = variable
  }
}

/** Defaults inside defaults: a person writes three. More than this is an attack or an accident. */
const maximumDepth = 100

/** Characters of one result. Linux hands no environment string over 128 KiB to a process. */
const maximumLength = 1024 * 1024

/**
 * A name at the sticky index. The last two letters are there because Compose matches names
 * case-insensitively by Unicode, where `ſ` folds to s and the Kelvin sign to k.
 */
const namePattern = /[_a-zA-Z\u017f\u212a][_a-zA-Z0-9\u017f\u212a]*/y
const operatorPattern = /:?[-+?]/y

interface Run {
  readonly lookup: (name: string) => string | undefined
  /** Made when the first one is found: mostly there is none. */
  unset: Set<string> | undefined
}

/**
 * Replaces `$NAME` and `${...}` in a text as Compose does, odd corners included: a `$` before
 * anything else stays, `$$` is one `$`, the text of a default or message is always evaluated
 * (so a `${B:?}` in a default that is not needed still fails), and a braced form ends where the
 * braces of its line balance, or else at the last `}` of that line. Measured with Compose 2.40.
 *
 * @param lookup gives a variable's value, undefined where it is unset; asked for every name, those in a
 *   default that is not needed among them
 * @throws InterpolationError where Compose rejects the text, or where it is nested more than 100
 *   levels deep or its result is longer than 1 Mi characters
 */
export function interpolate(
  text: string,
  lookup: (name: string) => string | undefined,
): Interpolated {
  const run: Run = { lookup, unset: undefined }
  const value = substitute(text, run, 0)
  return { value, unset: run.unset === undefined ? [] : [...run.unset] }
}

function substitute(text: string, run: Run, depth: number): string {
  if (depth > maximumDepth) {
    throw new InterpolationError('limit', `variables are nested more than ${maximumDepth} deep`)
  }
  if (!text.includes('$')) return within(text)
  const lastBrace = lastBraceOfLine(text)
  let result = ''
  let position = 0
  for (;;) {
    const dollar = text.indexOf('$', position)
    if (dollar < 0) return within(result + text.slice(position))
    result += text.slice(position, dollar)
    const replaced = replaceAt(text, dollar, lastBrace, run, depth)
    result = within(result + replaced.value)
    position = replaced.end
  }
}

interface Replaced {
  readonly value: string
  /** The index behind what was replaced. */
  readonly end: number
}

function replaceAt(
  text: string,
  dollar: number,
  lastBrace: (index: number) => number,
  run: Run,
  depth: number,
): Replaced {
  const next = text[dollar + 1]
  if (next === '$') return { value: '$', end: dollar + 2 }
  if (next !== '{') {
    const name = matchAt(namePattern, text, dollar + 1)
    if (name === undefined) return { value: '$', end: dollar + 1 }
    return { value: plain(name, run), end: dollar + 1 + name.length }
  }
  const name = matchAt(namePattern, text, dollar + 2)
  if (name === undefined) throw invalid(text, dollar)
  const afterName = dollar + 2 + name.length
  if (text[afterName] === '}') return { value: plain(name, run), end: afterName + 1 }
  const operator = matchAt(operatorPattern, text, afterName)
  if (operator === undefined) throw invalid(text, dollar)
  const start = afterName + operator.length
  const last = lastBrace(start)
  if (last < start) throw invalid(text, dollar)
  const end = balancedBrace(text, dollar, last) ?? last
  const argument = text.slice(start, end)
  const value = substitute(argument, run, depth + 1)
  if (!operator.endsWith('?'))
    return { value: applyOperator(operator, name, value, run), end: end + 1 }
  return { value: required(operator, name, argument, run), end: end + 1 }
}

function matchAt(pattern: RegExp, text: string, index: number): string | undefined {
  pattern.lastIndex = index
  return pattern.exec(text)?.[0]
}

/** The last `}` on the line that an index stands on, or -1. Rising indices cost linear time. */
function lastBraceOfLine(text: string): (index: number) => number {
  let lineEnd = -1
  let brace = -1
  return (index) => {
    if (index > lineEnd) {
      const newline = text.indexOf('\n', index)
      lineEnd = newline < 0 ? text.length : newline
      brace = text.lastIndexOf('}', lineEnd)
    }
    return brace
  }
}

/**
 * Where the braces from `start` balance. Compose's count passes over the character behind each
 * `{`, so `{}` inside a default opens and does not close; texts that rely on it exist.
 */
function balancedBrace(text: string, start: number, last: number): number | undefined {
  let open = 0
  for (let index = start; index <= last; index += 1) {
    const character = text[index]
    if (character === '}') {
      open -= 1
      if (open === 0) return index
    } else if (character === '{') {
      open += 1
      index += 1
    }
  }
  return undefined
}

function plain(name: string, run: Run): string {
  const value = run.lookup(name)
  if (value !== undefined) return value
  run.unset ??= new Set()
  run.unset.add(name)
  return ''
}

function isGiven(operator: string, value: string | undefined): value is string {
  return value !== undefined && !(operator.startsWith(':') && value === '')
}

function applyOperator(operator: string, name: string, argument: string, run: Run): string {
  const value = run.lookup(name)
  if (operator.endsWith('-')) return isGiven(operator, value) ? value : argument
  return isGiven(operator, value) ? argument : (value ?? '')
}

/** The reason is shown as it is written, not substituted: a value in it could be a secret. */
function required(operator: string, name: string, reason: string, run: Run): string {
  const value = run.lookup(name)
  if (isGiven(operator, value)) return value
  const because = reason === '' ? '' : `: ${reason}`
  throw new InterpolationError('required', `${name} is required but has no value${because}`, name)
}

/** Quotes nothing of the text: it may hold a secret. */
function invalid(text: string, dollar: number): InterpolationError {
  const column = dollar - text.lastIndexOf('\n', dollar)
  return new InterpolationError(
    'syntax',
    `what begins with \${ at character ${column} is no variable that Compose can read (a literal $ is written $$)`,
  )
}

function within(result: string): string {
  if (result.length <= maximumLength) return result
  throw new InterpolationError('limit', `variables expand to more than ${maximumLength} characters`)
}
