import { Failure } from '../../failure.ts'
import { interpolate } from '../interpolate.ts'
import type { EnvValue } from './env-file.ts'

const safeUnquoted = /^[A-Za-z0-9_./:@,+=-]*$/
/** An expression may hold what a URL and a `${...}` need; spaces, quotes and `#` get quotes. */
const safeExpression = /^[A-Za-z0-9_./:@,+=?&%~;!*()|{}$-]*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]|\p{Surrogate}/u

/**
 * The text to put behind `NAME=` so that Compose 2.40 reads exactly this value (a literal) or
 * replaces its variables (an expression). Nothing is quoted that needs no quotes, except where
 * `quoted` asks for it.
 *
 * @throws Failure `badInput` for line breaks and control characters, which not every reader of
 *   the file takes alike, and for an expression that is no template; the value is not in the message
 */
export function renderValue(name: string, value: EnvValue, quoted: boolean): string {
  const text = value.kind === 'literal' ? value.value : value.text
  if (unprintable.test(text)) {
    throw new Failure('badInput', `the value of ${name} holds a line break or control character`, {
      remedy: 'Give it as one line of plain text.',
    })
  }
  return value.kind === 'literal' ? renderLiteral(text, quoted) : renderExpression(text, quoted)
}

function renderLiteral(text: string, quoted: boolean): string {
  if (!quoted && safeUnquoted.test(text)) return text
  // A backslash before the closing quote would take it along.
  if (!text.includes("'") && !text.endsWith('\\')) return `'${text}'`
  return `"${text.replace(/[\\"$]/g, '\\$&')}"`
}

function renderExpression(text: string, quoted: boolean): string {
  interpolate(text, () => 'set')
  if (!quoted && safeExpression.test(text)) return text
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}
