/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

/** What has broken parsers before, and what Compose, YAML, `.env` and Caddy each give a meaning. */
const hostile: readonly string[] = [
  '${A:-${B:-${A}}}',
  '${',
  '${}',
  '${A:?}',
  '${A?x}',
  '$$',
  '$A$',
  '}',
  '{',
  '[',
  ']',
  '&a ',
  '*a',
  '<<: *a\n',
  '!reset ',
  '!override ',
  '!!binary x',
  '? ',
  ': ',
  '- ',
  '- - - ',
  '|\n',
  '>-\n',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '\t',
  '\r',
  '\r\n',
  '\u0000',
  '\ufeff',
  '\u2028',
  '\u001b[2J',
  '\ud800',
  '"',
  "'",
  '`',
  '\\',
  '\\\n',
  '#',
  ' #',
  '=',
  'null',
  '~',
  'true',
  'yes',
  '0x10',
  '1e999',
  '-1',
  '99999999999999999999',
  '.inf',
  '1:30',
  '',
  'include: [a.yml]\n',
  '    extends: { file: a.yml, service: api }\n',
  '    env_file: a.env\n',
  '    profiles: [a]\n',
  'services:\n',
  'services: null\n',
  'import a\n',
  '(a) {\n',
  '@a {\n',
  'handle_path /s3/* {\n',
  'respond 403\n',
  'reverse_proxy minio:9000\n',
  '<<END\n',
  '{$A:b}',
  '{args[0]}',
  'tls internal\n',
  'postgresql://',
  '://:@:',
  'redis://:%zz@redis',
  'http://[::1',
  ',,',
  '0.0.0.0/0',
  '::/0',
  'a,b, C',
  '1.0.0',
  'v1.0.0-beta.51@sha256:0',
  'latest',
  '0.39.0',
  'x'.repeat(5000),
  '['.repeat(300),
  '${A:-'.repeat(150),
  ' '.repeat(300),
  'a: '.repeat(300),
]

type Change = (text: string, random: () => number, others: readonly string[]) => string

const changes: readonly Change[] = [
  (text, random) => insert(text, pick(hostile, random), random),
  (text, random) => {
    const [from, to] = span(text, 40, random)
    return text.slice(0, from) + pick(hostile, random) + text.slice(to)
  },
  (text, random) => {
    const [from, to] = span(text, 200, random)
    return text.slice(0, from) + text.slice(to)
  },
  (text, random) => text.slice(0, Math.floor(random() * text.length)),
  (text, random) => flip(text, random),
  (text, random) => onLines(text, (lines) => lines.filter(() => random() > 0.05)),
  (text, random) =>
    onLines(text, (lines) => lines.flatMap((line) => (random() < 0.05 ? [line, line] : [line]))),
  (text, random) => onLines(text, (lines) => swapped(lines, random)),
  (text, random) =>
    onLines(text, (lines) => lines.map((line) => (random() < 0.03 ? `  ${line}` : line))),
  (text, random) =>
    onLines(text, (lines) =>
      lines.map((line) =>
        random() < 0.05
          ? line.replace(/([=:] ?).*$/, (_, sign: string) => `${sign}${pick(hostile, random)}`)
          : line,
      ),
    ),
  (text, random, others) => {
    const other = pick(others, random)
    const [from, to] = span(other, 400, random)
    return insert(text, other.slice(from, to), random)
  },
]

/** The text with up to four changes, any of which may break it. */
export function mutate(text: string, others: readonly string[], random: () => number): string {
  let result = text
  for (let left = 1 + Math.floor(random() * 4); left > 0; left -= 1)
    result = pick(changes, random)(result, random, others)
  return result
}

function insert(text: string, piece: string, random: () => number): string {
  const at = Math.floor(random() * (text.length + 1))
  return text.slice(0, at) + piece + text.slice(at)
}

function span(text: string, longest: number, random: () => number): readonly [number, number] {
  const from = Math.floor(random() * text.length)
  return [from, from + Math.floor(random() * longest)]
}

function flip(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length)
  return text.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(at + 1)
}

function onLines(text: string, change: (lines: readonly string[]) => readonly string[]): string {
  return change(text.split('\n')).join('\n')
}

function swapped(lines: readonly string[], random: () => number): readonly string[] {
  const from = Math.floor(random() * lines.length)
  const to = Math.floor(random() * lines.length)
  return lines.map((line, index) =>
    index === from ? (lines[to] ?? line) : index === to ? (lines[from] ?? line) : line,
  )
}
