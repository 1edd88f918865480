import { createHash } from 'node:crypto'
import type { ControlMeta, Severity } from '../../controls/control.ts'
import { version } from '../../version.ts'
import { controlPage, programPage } from '../control-page.ts'
import {
  type AuditedInstall,
  type AuditReport,
  type FailedInstall,
  type ReportedFinding,
  reasonOf,
} from './report.ts'

/** SARIF has three levels; the fourth severity is told by `security-severity`. */
const levels = { critical: 'error', high: 'error', medium: 'warning', low: 'note' } as const

/** In the middle of the ranges that code scanning sorts by (as those of CVSS 3). */
const scores: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
}

/**
 * The report as SARIF 2.1.0 (OASIS standard, 27 March 2020): controls are rules, findings are results,
 * those that stay or are accepted are suppressed with their reason, and what was not decided is a
 * notification of the tool.
 * Paths are relative to the install, each of which is a URI base of its own.
 * @param controls the rules that were looked at
 */
export function sarif({ installs, failed }: AuditReport, controls: readonly ControlMeta[]): string {
  const ruleIndex = new Map(controls.map(({ id }, index) => [id, index]))
  const log = {
    $schema:
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'tracecat-harden',
            version,
            informationUri: programPage,
            rules: controls.map(rule),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: Object.fromEntries(
          installs.map(({ dir }, index) => [base(index), { uri: folderUri(dir) }]),
        ),
        invocations: [
          {
            executionSuccessful: failed.length === 0,
            toolExecutionNotifications: [
              ...failed.map(failure),
              ...installs.flatMap((install) => undecided(install, ruleIndex)),
            ],
          },
        ],
        results: installs.flatMap((install, index) =>
          results(install, index, ruleIndex, installs.length > 1),
        ),
      },
    ],
  }
  return JSON.stringify(log, null, 2)
}

function rule({ id, title, severity, area, why, risk, fix }: ControlMeta) {
  const help = `${why} ${risk} ${fix}`
  return {
    id,
    name: id
      .split('-')
      .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
      .join(''),
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: help },
    helpUri: controlPage(id),
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ['security', area], 'security-severity': scores[severity] },
  }
}

function results(
  install: AuditedInstall,
  index: number,
  ruleIndex: ReadonlyMap<string, number>,
  several: boolean,
) {
  const seen = new Map<string, number>()
  return install.findings.map((finding) => {
    const identity = [
      several ? install.dir : '',
      finding.control,
      finding.file ?? '',
      finding.service ?? '',
    ].join('\0')
    const nth = seen.get(identity) ?? 0
    seen.set(identity, nth + 1)
    return {
      ruleId: finding.control,
      ...ruleOf(finding.control, ruleIndex),
      level: levels[finding.severity],
      message: { text: `${finding.evidence}. ${finding.remedy}` },
      ...place(finding, index),
      // Without prose and lines: a finding stays the same when its words change or a line is added above.
      partialFingerprints: { 'tracecatHarden/v1': hash(`${identity}\0${nth}`) },
      properties: { severity: finding.severity, status: finding.status },
      ...(finding.status === 'open' ? {} : { suppressions: [suppression(finding)] }),
    }
  })
}

/** `external`: not said in the source. Nobody reviewed what stays, so that it has no status of a review. */
function suppression(finding: ReportedFinding) {
  const review = finding.status === 'accepted' ? { status: 'accepted' } : {}
  return { kind: 'external', ...review, justification: reasonOf(finding) }
}

function place({ file, line, service }: ReportedFinding, index: number) {
  const artifact =
    file === undefined
      ? {}
      : {
          physicalLocation: {
            artifactLocation: artifactOf(file, index),
            ...(line === undefined ? {} : { region: { startLine: line } }),
          },
        }
  const logical =
    service === undefined ? {} : { logicalLocations: [{ name: service, kind: 'module' }] }
  return file === undefined && service === undefined
    ? {}
    : { locations: [{ ...artifact, ...logical }] }
}

function artifactOf(file: string, index: number) {
  return file.startsWith('/')
    ? { uri: `file://${encodePath(file)}` }
    : { uri: encodePath(file), uriBaseId: base(index) }
}

function failure({ dir, message, file, line }: FailedInstall) {
  const uri = `${folderUri(dir)}${file === undefined ? '' : encodePath(file)}`
  const region = line === undefined ? {} : { region: { startLine: line } }
  return {
    level: 'error',
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation: { uri }, ...region } }],
  }
}

function undecided({ dir, skipped }: AuditedInstall, ruleIndex: ReadonlyMap<string, number>) {
  return skipped.map(({ control, reason }) => {
    const { ruleIndex: index } = ruleOf(control, ruleIndex)
    return {
      level: 'note',
      message: { text: `${control} in ${dir} is not decided: ${reason}` },
      associatedRule: { id: control, ...(index === undefined ? {} : { index }) },
    }
  })
}

function ruleOf(control: string, ruleIndex: ReadonlyMap<string, number>): { ruleIndex?: number } {
  const index = ruleIndex.get(control)
  return index === undefined ? {} : { ruleIndex: index }
}

function base(index: number): string {
  return `INSTALL${index + 1}`
}

function folderUri(dir: string): string {
  return `file://${encodePath(dir.replace(/^(?!\/)/, '/').replace(/\/?$/, '/'))}`
}

function encodePath(path: string): string {
  return path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
