/** What a raw value means before variables are replaced in it. */
export interface DecodedValue {
  /** false for single quotes: nothing in them is replaced. */
  readonly interpolated: boolean
  readonly text: string
}

/**
 * Takes the quotes and escapes off a raw value (`EnvAssignment.raw`). In quotes a backslash before
 * that same quote falls away; double quotes know Go's short escapes and octals as well. Measured
 * with Compose 2.40.
 */
export function decodeValue(raw: string): DecodedValue {
  const quote = raw[0]
  if (quote === "'") return { interpolated: false, text: unquote(raw, quote) }
  if (quote !== '"') return { interpolated: true, text: raw }
  return { interpolated: true, text: expandEscapes(unquote(raw, quote)) }
}

function unquote(raw: string, quote: string): string {
  return raw
    .slice(1, -1)
    .replace(/\\([\s\S])/g, (pair, escaped: string) => (escaped === quote ? quote : pair))
}

const letterEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  // The template engine's way of writing one dollar.
  $: '$$',
}

/** `\c` is in Compose's list, but means nothing there and stays. */
function expandEscapes(text: string): string {
  return text.replace(/\\(?:([abfnrtv$"\\])|0(\d{0,3}))/g, (_match, letter?: string, octal = '') =>
    letter === undefined ? octalEscape(octal) : (letterEscapes[letter] ?? letter),
  )
}

/** `\0` and three octal digits up to 377; anything else only loses its 0. */
function octalEscape(digits: string): string {
  return /^[0-3][0-7]{2}$/.test(digits)
    ? String.fromCodePoint(Number.parseInt(digits, 8))
    : `\\${digits}`
}
