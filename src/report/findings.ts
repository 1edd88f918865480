import { severities } from '../controls/control.ts'
import { type JudgedFinding, severityOf } from '../controls/judge.ts'
import { wrap } from './wrap.ts'

/** Findings as lines, the worst first, with what to do where that is asked for; `columns` to wrap at. */
export function findingLines(
  findings: readonly JudgedFinding[],
  columns: number,
  remedies = false,
): readonly string[] {
  const worstFirst = [...findings].sort(
    (a, b) => severities.indexOf(severityOf(b)) - severities.indexOf(severityOf(a)),
  )
  return worstFirst.flatMap((finding) => {
    const place = placeOf(finding)
    const head = `${severityOf(finding).padEnd(8)}  ${finding.evidence}`
    return [
      ...wrap(head, columns, 10),
      ...(place === '' ? [] : [`          ${place}`]),
      ...(remedies ? wrap(`${' '.repeat(10)}${finding.remedy}`, columns, 10) : []),
    ]
  })
}

export function placeOf({ where, control }: JudgedFinding): string {
  const at =
    where === undefined ? '' : where.line === undefined ? where.file : `${where.file}:${where.line}`
  return [at, `[${control.id}]`].filter((part) => part !== '').join('  ')
}
