import type { Caddyfile } from '../install/caddyfile/tree.ts'

// What the admin wrote stands between these two lines in the file that we render, so that the next
// run tells it from what is ours.
const begin = '# >>> Yours, kept as you wrote it'
const end = '# <<<'

/** How the names of our own matchers begin: no admin's matcher should. */
export const ourMatchers = '@harden_'

/** The lines of the admin's texts, marked as theirs; nothing where there are none. */
export function marked(texts: readonly string[], indent: string): readonly string[] {
  if (texts.length === 0) return []
  // An empty line keeps a comment that stands alone from becoming the next directive's.
  const lines = texts.flatMap((text) => (isComment(text) ? [text, ''] : [text]))
  return [`${indent}${begin}`, ...lines, `${indent}${end}`]
}

/** Tells whether an offset of a file that we rendered is inside a marked part, or is a mark. */
export function markedRanges({ comments }: Caddyfile): (offset: number) => boolean {
  const ranges: { start: number; end: number }[] = []
  let start: number | undefined
  for (const comment of comments) {
    if (comment.text === begin) start = comment.start
    if (comment.text !== end || start === undefined) continue
    ranges.push({ start, end: comment.end })
    start = undefined
  }
  return (offset) => ranges.some((range) => range.start <= offset && offset < range.end)
}

export function isMark(text: string): boolean {
  return text === begin || text === end
}

function isComment(text: string): boolean {
  return text.split('\n').every((line) => line.trim().startsWith('#'))
}
