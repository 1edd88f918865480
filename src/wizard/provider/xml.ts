/** A start tag of an XML document, and the text up to the next tag. */
export interface Tag {
  /** Without the prefix of its namespace. */
  readonly name: string
  readonly namespace: string | undefined
  readonly attributes: ReadonlyMap<string, string>
  /** Names of the elements around it, outermost first. */
  readonly within: readonly string[]
  readonly text: string
}

const markup =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<(\/?)([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>([^<]*)/y

/**
 * The elements of a small XML document, in order. Reads no DOCTYPE, and so no entity but the five that
 * XML itself has: nothing can be pulled in or blown up.
 * @returns what is wrong, in a sentence, where this is not such a document
 */
export function readTags(text: string): readonly Tag[] | string {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text))
    return 'It has a DOCTYPE: such XML is not read, since it can be made to do harm.'
  const tags: Tag[] = []
  const open: {
    readonly full: string
    readonly name: string
    readonly names: ReadonlyMap<string, string>
  }[] = []
  markup.lastIndex = /^\ufeff?\s*/.exec(text)?.[0].length ?? 0
  while (markup.lastIndex < text.trimEnd().length) {
    const at = markup.lastIndex
    const match = markup.exec(text)
    if (match === null) return `It is not well-formed XML (character ${at + 1}).`
    const [, closing, full, list = '', selfClosing, content = ''] = match
    if (full === undefined) {
      markup.lastIndex += /^[^<]*/.exec(text.slice(markup.lastIndex))?.[0].length ?? 0
      continue
    }
    if (closing === '/') {
      if (open.pop()?.full !== full) return `It is not well-formed XML: </${full}> closes nothing.`
      continue
    }
    if (open.length === 0 && tags.length > 0) return 'It is not well-formed XML: it has two roots.'
    const attributes = readAttributes(list)
    const names = new Map(open.at(-1)?.names)
    for (const [name, value] of attributes) {
      if (name === 'xmlns') names.set('', value)
      else if (name.startsWith('xmlns:')) names.set(name.slice('xmlns:'.length), value)
    }
    const [prefix, name] = full.includes(':') ? full.split(':') : ['', full]
    const within = open.map((one) => one.name)
    tags.push({
      name: name ?? full,
      namespace: names.get(prefix ?? ''),
      attributes,
      within,
      text: content.trim(),
    })
    if (selfClosing !== '/') open.push({ full, name: name ?? full, names })
  }
  if (tags.length === 0) return 'It is not XML.'
  return open.length === 0
    ? tags
    : `It is not well-formed XML: <${open.at(-1)?.full}> is not closed.`
}

function readAttributes(list: string): ReadonlyMap<string, string> {
  const found = list.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)
  return new Map(
    [...found].map(([, name = '', double, single]) => [name, decode(double ?? single ?? '')]),
  )
}

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
}

function decode(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole)
}
