/** More of one text than a person reads; a value in a file can be half a megabyte. */
const longest = 1000

/**
 * Text of an install as it may stand within a sentence or a list: on one line, so that it cannot pass for
 * another entry, of a length that is read, and with no half of a surrogate pair, which no address can hold.
 * Control characters are made visible where it is printed (`Masked`).
 */
export function oneLine(text: string): string {
  const shown = text
    .slice(0, longest)
    .replace(/[\t\r\n\v\f\u0085\u2028\u2029]+/g, ' ')
    .replace(/\p{Cs}/gu, '\uFFFD')
  return text.length > longest ? `${shown}...` : shown
}
