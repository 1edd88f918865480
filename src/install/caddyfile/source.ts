import type { Comment } from './token.ts'
import type { Caddyfile } from './tree.ts'

interface Range {
  readonly start: number
  readonly end: number
}

/**
 * A node with what belongs to it: whole lines as they stand in the file, with the comment lines
 * directly above (no empty line between), its own indentation, and a comment behind it on its last
 * line; no line end at the end. `isOurs` tells comments that never belong to it.
 */
export function sourceRange(
  { text, comments }: Caddyfile,
  node: Range,
  isOurs: (comment: Comment) => boolean = () => false,
): Range {
  let start = lineStart(text, node.start)
  if (text.slice(start, node.start).trim() !== '') start = node.start
  for (const comment of [...comments].reverse()) {
    if (comment.end > start || isOurs(comment)) continue
    const begin = lineStart(text, comment.start)
    const isAbove = text.slice(comment.end, start).replaceAll('\r', '') === '\n'
    if (!isAbove || text.slice(begin, comment.start).trim() !== '') break
    start = begin
  }
  const trailing = comments.find(
    (comment) => comment.start >= node.end && /^[ \t]*$/.test(text.slice(node.end, comment.start)),
  )
  return { start, end: trailing === undefined || isOurs(trailing) ? node.end : trailing.end }
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}
