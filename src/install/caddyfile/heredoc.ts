import { Failure, type Where } from '../../failure.ts'

/**
 * What Caddy makes of a heredoc: each line loses the white space that stands before the end marker,
 * `\r` is dropped, and so is the last line end (finalizeHeredoc in caddyconfig/caddyfile).
 * `body` is everything behind the first line, the end marker included.
 */
export function heredocText(body: string, marker: string, where: Where): string {
  const lastBreak = body.lastIndexOf('\n')
  const padding = body.slice(lastBreak + 1, body.length - marker.length)
  const lines = body
    .slice(0, lastBreak + 1)
    .split('\n')
    .slice(0, -1)
  return lines
    .map((line) => {
      if (line === '' || line === '\r') return ''
      if (!line.startsWith(padding))
        throw new Failure(
          'badInput',
          `A line of the heredoc <<${marker} is not indented as its end marker is`,
          { where, remedy: `Indent every line at least as far as the closing ${marker}.` },
        )
      return line.slice(padding.length).replaceAll('\r', '')
    })
    .join('\n')
}

/** The marker behind `<<`, or a Failure where Caddy takes none. */
export function heredocMarker(word: string, where: Where): string {
  const marker = word.slice(2)
  if (!/^[A-Za-z0-9_-]+$/.test(marker))
    throw new Failure('badInput', `"${word}" is no heredoc marker`, {
      where,
      remedy: 'Use two < and a word of letters, digits, dashes and underscores: <<END',
    })
  return marker
}
