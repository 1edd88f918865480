import type { ScalarTree } from '../tree.ts'

type Resolved = Pick<ScalarTree, 'value' | 'text'>

const words = new Map<string, Resolved>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, { value: null, text: '' }] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, { value: true, text: 'true' }] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, { value: false, text: 'false' }] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, { value: 'NaN', text: 'NaN' }] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    (word) => [word, { value: '+Inf', text: '+Inf' }] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, { value: '-Inf', text: '-Inf' }] as const),
])

const integer = /^([-+]?)(?:0x([0-9a-fA-F]+)|0b([01]+)|0o?([0-7]+)|(0|[1-9][0-9]*))$/
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const timestamp =
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]| )[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]*)?(?:Z|[-+][0-9]{2}:[0-9]{2})?)?$/

/**
 * What an unquoted YAML scalar means to Compose: YAML 1.1's octal (`010` is 8) and underscores,
 * YAML 1.2's booleans (`yes` is a string). Returns undefined for a date or time, which Compose
 * refuses everywhere but in extensions. Measured with Compose 2.40.
 */
export function resolvePlain(text: string): Resolved | undefined {
  const word = words.get(text)
  if (word !== undefined) return word
  if (!/^[-+.0-9]/.test(text)) return { value: text, text }
  if (timestamp.test(text)) return undefined
  return resolveNumber(text.replaceAll('_', '')) ?? { value: text, text }
}

function resolveNumber(text: string): Resolved | undefined {
  const found = integer.exec(text)
  if (found !== null) {
    const [, sign, hex, binary, octal, whole] = found
    const digits =
      hex !== undefined
        ? `0x${hex}`
        : binary !== undefined
          ? `0b${binary}`
          : octal !== undefined
            ? `0o${octal}`
            : whole
    const size = BigInt(digits ?? '0')
    const value = sign === '-' ? -size : size
    if (value >= -(2n ** 63n) && value < 2n ** 64n) {
      return { value: Number(value), text: value.toString() }
    }
  }
  if (!decimal.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? { value, text: floatText(value) } : undefined
}

/** A number as Go's `%v` prints it, which is how Compose makes a string of one. */
function floatText(value: number): string {
  const size = Math.abs(value)
  const text = size !== 0 && size < 1e-4 ? value.toExponential() : String(value)
  return text.replace(/e([-+])([0-9])$/, 'e$10$2')
}
