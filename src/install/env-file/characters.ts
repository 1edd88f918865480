/**
 * Compose's two notions of space: Unicode's, and a shorter one without line breaks. Measured with
 * Compose 2.40: a no-break space is trimmed in both, a byte order mark in neither.
 */
const rareWhiteSpace = /^[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/
const inlineSpaces = ' \t\r\v\f\u0085\u00a0'

export function isWhiteSpace(character: string | undefined): boolean {
  if (character === undefined) return false
  if (character <= '~') return character === ' ' || (character >= '\t' && character <= '\r')
  return rareWhiteSpace.test(character)
}

export function isInlineSpace(character: string | undefined): boolean {
  return character !== undefined && inlineSpaces.includes(character)
}

export function skipWhiteSpace(text: string, from: number): number {
  let index = from
  while (isWhiteSpace(text[index])) index += 1
  return index
}

export function skipInlineSpace(text: string, from: number): number {
  let index = from
  while (isInlineSpace(text[index])) index += 1
  return index
}

/** The end of `text` between the indices once white space is trimmed, in linear time. */
export function trimmedEnd(text: string, start: number, end: number): number {
  let index = end
  while (index > start && isWhiteSpace(text[index - 1])) index -= 1
  return index
}

/** The index of the next line feed, or the text's length. */
export function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from)
  return newline < 0 ? text.length : newline
}
