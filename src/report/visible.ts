const invisible = /[\p{Cs}\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu

/** More of one text than a person reads; a value in a file can be half a megabyte. */
const longest = 1000

/**
 * Text of an install as a terminal, a ticket or a log viewer may print it: without control characters,
 * which could move the cursor or change what was printed before, and without those that turn the
 * direction of writing around (Unicode TR36), nor half of a surrogate pair. Line ends and tabs become
 * blanks.
 */
export function visible(text: string): string {
  const shown = text
    .slice(0, longest)
    .replace(/[\t\r\n]+/g, ' ')
    .replace(invisible, '\uFFFD')
  return text.length > longest ? `${shown}...` : shown
}
