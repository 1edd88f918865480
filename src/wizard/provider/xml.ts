/** A start tag of an XML document, and the text up to the next tag. */
export interface Tag {
  /** Without the prefix of its namespace. */
  readonly name: string
  readonly namespace: string | undefined
  readonly attributes: ReadonlyMap<string, string>
  /** The element around it. */
  readonly parent: Tag | undefined
  readonly text: string
}

/** Metadata of SAML are nested six deep, and those of a federation have some thousand elements. */
const deepest = 64
const mostTags = 20_000
const mostNamespaces = 256

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
    readonly tag: Tag
    readonly names: ReadonlyMap<string, string>
  }[] = []
  const end = text.trimEnd().length
  markup.lastIndex = /^\ufeff?\s*/.exec(text)?.[0].length ?? 0
  while (markup.lastIndex < end) {
    const at = markup.lastIndex
    const match = markup.exec(text)
    if (match === null) return `It is not well-formed XML (character ${at + 1}).`
    const [, closing, full, list = '', selfClosing, content = ''] = match
    if (full === undefined) {
      const next = text.indexOf('<', markup.lastIndex)
      markup.lastIndex = next < 0 ? text.length : next
      continue
    }
    if (closing === '/') {
      if (open.pop()?.full !== full) return `It is not well-formed XML: </${full}> closes nothing.`
      continue
    }
    if (open.length === 0 && tags.length > 0) return 'It is not well-formed XML: it has two roots.'
    if (tags.length === mostTags) return `It has more than ${mostTags} elements.`
    if (open.length === deepest) return `It is nested more than ${deepest} deep.`
    const attributes = readAttributes(list)
    const names = namesAt(attributes, open.at(-1)?.names ?? new Map())
    if (names.size > mostNamespaces) return `It declares more than ${mostNamespaces} namespaces.`
    const [prefix, name] = full.includes(':') ? full.split(':') : ['', full]
    const tag: Tag = {
      name: name ?? full,
      namespace: names.get(prefix ?? ''),
      attributes,
      parent: open.at(-1)?.tag,
      text: content.trim(),
    }
    tags.push(tag)
    if (selfClosing !== '/') open.push({ full, tag, names })
  }
  if (tags.length === 0) return 'It is not XML.'
  return open.length === 0
    ? tags
    : `It is not well-formed XML: <${open.at(-1)?.full}> is not closed.`
}

/** Is an element of this name around it? */
export function isWithin({ parent }: Tag, name: string): boolean {
  for (let outer = parent; outer !== undefined; outer = outer.parent)
    if (outer.name === name) return true
  return false
}

/** The namespaces by their prefixes: those around it where it adds none. */
function namesAt(
  attributes: ReadonlyMap<string, string>,
  outer: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const own = [...attributes].flatMap(([name, value]) => {
    if (name === 'xmlns') return [['', value] as const]
    return name.startsWith('xmlns:') ? [[name.slice('xmlns:'.length), value] as const] : []
  })
  return own.length === 0 ? outer : new Map([...outer, ...own])
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
