/** Words that YAML 1.1, YAML 1.2 or Compose's parser (yaml.v3) read as something else than text. */
const ambiguous = /^(?:null|true|false|yes|no|on|off|y|n|~|\.inf|\.nan|<<|=)$/i

/** Words of safe characters, one space between them; a colon only within a word. */
const plainText = /^[A-Za-z_/.](?:[\w./@+=~%()-]|:(?=[\w./-])| (?=[\w./(]))*$/

/** `30s`, `512m`: durations and sizes, which Compose reads as text. */
const quantity = /^\d+(?:ms|us|s|m|h|b|k|g|kb|mb|gb)$/

const onlyReference = /^\$\{\w+\}$/

/** Control characters, line breaks of other scripts, the byte order mark: escaped, also where JSON would not. */
const unprintable = /[\p{Cc}\u2028\u2029\ufeff]/gu

function isPlain(text: string, inFlow: boolean): boolean {
  if (ambiguous.test(text) || /^[\d._e+-]+$/i.test(text)) return false
  if (plainText.test(text)) return true
  return quantity.test(text) || (!inFlow && onlyReference.test(text))
}

/**
 * A text as one line of YAML, quoted wherever YAML 1.1, 1.2 or Compose could take it for something
 * else: a number, a date, a port pair, `no`.
 */
export function renderText(text: string, inFlow: boolean): string {
  if (isPlain(text, inFlow)) return text
  if (text.search(unprintable) < 0 && /["\\]/.test(text)) return `'${text.replaceAll("'", "''")}'`
  return JSON.stringify(text).replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Can a text stand as a literal block, every character as it is? */
function isLiteral(text: string): boolean {
  return (
    text.includes('\n') &&
    /^[^\s]/.test(text) &&
    !/\n\n$/.test(text) &&
    text.replaceAll('\n', '').search(unprintable) < 0 &&
    !/[ ]\n|[ ]$/.test(text)
  )
}

/** The header and the lines of a literal block (`|`), or undefined where the text can't be one. */
export function literalBlock(text: string): { header: string; lines: string[] } | undefined {
  if (!isLiteral(text)) return undefined
  const ends = text.endsWith('\n')
  return { header: ends ? '|' : '|-', lines: (ends ? text.slice(0, -1) : text).split('\n') }
}
