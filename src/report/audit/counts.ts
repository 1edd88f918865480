import { type Severity, severities } from '../../controls/control.ts'
import { type AuditReport, findingsThat } from './report.ts'

export const worstFirst: readonly Severity[] = [...severities].reverse()

/** `3 open (1 critical, 2 low), 18 stay, 1 accepted, 20 passed, 2 skipped` */
export function countsOf(report: Pick<AuditReport, 'installs'>): string {
  const open = findingsThat(report, 'open')
  const sum = (key: 'passed' | 'skipped') =>
    report.installs.reduce((count, install) => count + install[key].length, 0)
  const bySeverity = worstFirst.flatMap((severity) => {
    const count = open.filter((finding) => finding.severity === severity).length
    return count === 0 ? [] : [`${count} ${severity}`]
  })
  return [
    open.length === 0 ? 'nothing open' : `${open.length} open (${bySeverity.join(', ')})`,
    `${findingsThat(report, 'stays').length} stay`,
    `${findingsThat(report, 'accepted').length} accepted`,
    `${sum('passed')} passed`,
    `${sum('skipped')} skipped`,
  ].join(', ')
}

export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
