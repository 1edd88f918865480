const firstLine = 'Written by tracecat-harden. Safe to commit, since no secret is in it.'

/** The comment above a Compose override that we made. */
export const overrideHeader = `${firstLine}
What you add stays; what you change in lines of ours is kept and reported.`

/** Is this a file that we made, whatever was added to it since? */
export function isOurOverride(text: string): boolean {
  return text.includes(firstLine)
}
