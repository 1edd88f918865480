import type { SecretRow } from '../../rotation/choice.ts'
import { wrap } from '../wrap.ts'

const dayMs = 24 * 60 * 60 * 1000

/** How old a secret's value is, in words. */
export function ageOf(changed: string | undefined, now: Date): string {
  if (changed === undefined) return 'age unknown'
  const days = Math.floor((now.getTime() - Date.parse(changed)) / dayMs)
  if (days < 1) return 'from today'
  return days === 1 ? '1 day old' : `${days} days old`
}

/** Every secret with its age, what rotating it does and what that breaks. */
export function secretTable(
  rows: readonly SecretRow[],
  now: Date,
  columns: number,
): readonly string[] {
  const width = Math.max(...rows.map(({ id }) => id.length))
  return rows.flatMap((row) => {
    const head = `  ${row.id.padEnd(width)}  ${ageOf(row.changed, now)}`
    const indent = width + 4
    const pad = ' '.repeat(indent)
    const texts =
      row.refused === undefined
        ? [row.does, `What breaks: ${row.breaks}`]
        : [`Not here: ${row.refused}.`]
    return [head, ...texts.flatMap((text) => wrap(`${pad}${text}`, columns, indent))]
  })
}
