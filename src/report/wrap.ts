/** Breaks a line at spaces; lines after the first are indented. Words longer than the width stay whole. */
export function wrap(text: string, columns: number, indent = 0): readonly string[] {
  const width = Math.max(columns, 40)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<=\S) /)) {
    const next = line === '' ? word : `${line} ${word}`
    if (next.length <= width || line === '') {
      line = next
      continue
    }
    lines.push(line)
    line = `${' '.repeat(indent)}${word}`
  }
  return [...lines, line]
}
