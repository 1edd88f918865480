/** A link of a Markdown document, or its name of a file: as written, and the line. */
export interface Reference {
  readonly target: string
  readonly line: number
}

/** The anchors of a document's headings, as GitHub makes them. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const line of proseOf(markdown)) {
    const heading = /^#{1,6} (.+)$/.exec(line)?.[1]
    if (heading === undefined) continue
    const words = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    const anchor = words.trim().replaceAll(/\s/g, '-')
    let free = anchor
    for (let copy = 1; anchors.has(free); copy += 1) free = `${anchor}-${copy}`
    anchors.add(free)
  }
  return anchors
}

/** Every `[text](target)` and `![text](target)` outside of code. */
export function linksOf(markdown: string): readonly Reference[] {
  return proseOf(markdown).flatMap((line, index) =>
    [...line.replaceAll(/`[^`]*`/g, '`').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({
      target,
      line: index + 1,
    })),
  )
}

/** The `docs/name.md` and `docs/name.md#anchor` that a source file's text names. */
export function citationsOf(text: string): readonly Reference[] {
  return text.split('\n').flatMap((line, index) =>
    [...line.matchAll(/\bdocs\/[\w/-]+\.(?:md|svg)(?:#[\w-]+)?/g)].map(([target]) => ({
      target,
      line: index + 1,
    })),
  )
}

/** The lines, with those of code blocks blank. */
function proseOf(markdown: string): readonly string[] {
  let code = false
  return markdown.split('\n').map((line) => {
    if (/^\s*(```|~~~)/.test(line)) {
      code = !code
      return ''
    }
    return code || line.startsWith('    ') ? '' : line
  })
}
