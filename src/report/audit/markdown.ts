import { controlPage } from '../control-page.ts'
import { countsOf, worstFirst } from './counts.ts'
import {
  type AuditedInstall,
  type AuditReport,
  type FailedInstall,
  findingsThat,
  type ReportedFinding,
  reasonOf,
} from './report.ts'
import { placeOf } from './text.ts'

/** The report for a ticket: one box to tick for each open finding. */
export function auditMarkdown({ installs, failed }: AuditReport): string {
  return [
    '# Tracecat audit',
    ...installs.flatMap((install) => ['', ...lines(install)]),
    ...section('## Not audited', failed.map(failedLine)),
    '',
  ].join('\n')
}

function lines(install: AuditedInstall): readonly string[] {
  const report = { installs: [install] }
  const open = findingsThat(report, 'open')
  return [
    `## ${code(install.dir)}: Tracecat ${plain(install.release)}`,
    '',
    `${countsOf(report)}.`,
    ...worstFirst.flatMap((severity) =>
      section(
        `### ${severity}`,
        open.filter((finding) => finding.severity === severity).map(openLine),
      ),
    ),
    ...section('### stays', findingsThat(report, 'stays').map(keptLine)),
    ...section('### accepted', findingsThat(report, 'accepted').map(keptLine)),
    ...section(
      '### not decided',
      install.skipped.map(({ control, reason }) => `- ${link(control)}: ${plain(reason)}`),
    ),
  ]
}

function openLine(finding: ReportedFinding): string {
  return `- [ ] ${subject(finding)}\n  ${plain(finding.remedy)}`
}

function keptLine(finding: ReportedFinding): string {
  return `- ${subject(finding)} (${finding.severity})\n  ${plain(reasonOf(finding))}`
}

function subject(finding: ReportedFinding): string {
  const place = placeOf(finding)
  return `${link(finding.control)}${place === '' ? '' : ` ${code(place)}`}: ${plain(finding.evidence)}`
}

function failedLine({ dir, message, file, line }: FailedInstall): string {
  const place = file === undefined ? '' : ` ${code(line === undefined ? file : `${file}:${line}`)}`
  return `- ${code(dir)}${place}: ${plain(message)}`
}

function section(title: string, body: readonly string[]): readonly string[] {
  return body.length === 0 ? [] : ['', title, '', ...body]
}

function link(control: string): string {
  return `[${control}](${controlPage(control)})`
}

/** Backslashes don't work between backticks: a backtick in the text ends the code, so it becomes a quote. */
function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``
}

/** What came from files stays text: no markup of theirs in our ticket. Within a word `_` means nothing. */
function plain(text: string): string {
  return text.replace(/[\\`*[\]<>#|~@&]|\b_|_\b|(?<!\w)_(?!\w)/g, '\\$&')
}
