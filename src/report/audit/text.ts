import { Masked } from '../../secrets/masked.ts'
import { wrap } from '../wrap.ts'
import { counted, countsOf, worstFirst } from './counts.ts'
import {
  type AuditedInstall,
  type AuditReport,
  findingsThat,
  type ReportedFinding,
  reasonOf,
} from './report.ts'

interface Look {
  readonly columns: number
  readonly color: boolean
  readonly verbose: boolean
}

/** The report for people: grouped by severity, a summary in the last line. Nothing rests on color. */
export function auditText(report: AuditReport, look: Look): Masked {
  const { installs, failed } = report
  const several = installs.length + failed.length > 1
  const summary = `${several ? `${counted(installs.length, 'install')}: ` : ''}${countsOf(report)}.`
  const broken = `${counted(failed.length, 'install')} could not be audited.`
  const last = [
    ...(installs.length === 0 ? [] : [summary]),
    ...(failed.length === 0 ? [] : [broken]),
  ]
  return Masked.lines([
    ...installs.flatMap((install) => [...lines(install, look), Masked.trusted('')]),
    ...wrap(last.join(' '), look.columns).map(Masked.trusted),
  ])
}

function lines(install: AuditedInstall, look: Look): readonly Masked[] {
  const open = findingsThat({ installs: [install] }, 'open')
  return [
    heading(`Tracecat ${install.release} in ${install.dir}`, look),
    ...worstFirst.flatMap((severity) => {
      const group = open.filter((finding) => finding.severity === severity)
      return section(
        capital(severity),
        group.flatMap((finding) => findingLines(finding, look)),
        look,
      )
    }),
    ...(['stays', 'accepted'] as const).flatMap((status) => {
      const kept = findingsThat({ installs: [install] }, status)
      return section(
        capital(status),
        kept.flatMap((finding) => findingLines(finding, look)),
        look,
      )
    }),
    ...section(
      'Not decided',
      install.skipped.flatMap(({ control, reason }) =>
        wrap(`  ${control}: ${reason}`, look.columns, 4),
      ),
      look,
    ),
    ...(look.verbose
      ? section('Passed', wrap(`  ${install.passed.join(', ')}`, look.columns, 2), look)
      : []),
  ]
}

function findingLines(finding: ReportedFinding, { columns }: Look): readonly string[] {
  const { control, severity, status, evidence, remedy } = finding
  const place = placeOf(finding)
  const head = [
    ...(place === '' ? [] : [place]),
    `[${control}]`,
    ...(status === 'open' ? [] : [severity]),
  ]
  const last = status === 'open' ? `Remedy: ${remedy}` : `${capital(status)}: ${reasonOf(finding)}`
  return [
    `  ${head.join('  ')}`,
    ...wrap(`    ${evidence}`, columns, 4),
    ...wrap(`    ${last}`, columns, 6),
  ]
}

/** `.env:12`; the service where no file says it. */
export function placeOf({ file, line, service }: ReportedFinding): string {
  if (file === undefined) return service ?? ''
  return line === undefined ? file : `${file}:${line}`
}

function section(title: string, body: readonly string[], look: Look): readonly Masked[] {
  return body.length === 0
    ? []
    : [Masked.trusted(''), heading(title, look), ...body.map(Masked.trusted)]
}

function heading(text: string, { color }: Look): Masked {
  const head = Masked.trusted(text)
  return color ? head.styled('bold') : head
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`
}
