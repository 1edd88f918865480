import { type JudgedFinding, severityOf } from '../controls/judge.ts'
import { severities } from '../controls/control.ts'
import { wrap } from './wrap.ts'

/** Findings as lines, the worst first; `columns` to wrap at. */
export function findingLines(findings: readonly JudgedFinding[], columns: number): readonly string[] {
  const worstFirst = [...findings].sort((a, b) => severities.indexOf(severityOf(b)) - severities.indexOf(severityOf(a)))
  return worstFirst.flatMap((finding) => {
    const place = placeOf(finding)
    const head = `${severityOf(finding).padEnd(8)}  ${finding.evidence}`
    return [...wrap(head, columns, 10), ...(place === '' ? [] : [`          ${place}`])]
  })
}

export function placeOf({ where, control }: JudgedFinding): string {
  const at = where === undefined ? '' : where.line === undefined ? where.file : `${where.file}:${where.line}`
  return [at, `[${control.id}]`].filter((part) => part !== '').join('  ')
}
