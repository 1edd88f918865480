/**
 * Compose's two notions of space: Unicode's, and a shorter one without line breaks. Measured with
 * Compose 2.40: a no-break space is trimmed in both, a byte order mark in neither.
 */
const whiteSpace = /^\p{White_Space}$/u
const inlineSpace = /^[\t\v\f\r \u0085\u00a0]$/

export function isWhiteSpace(character: string | undefined): boolean {
  return character !== undefined && whiteSpace.test(character)
}

export function isInlineSpace(character: string | undefined): boolean {
  return character !== undefined && inlineSpace.test(character)
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
