import {
  type Seen,
  type SeenValue,
  type Severity,
  type Status,
  severities,
} from '../../controls/control.ts'
import { type JudgedFinding, type Judgement, severityOf } from '../../controls/judge.ts'
import type { Failure } from '../../failure.ts'
import type { Masker } from '../../secrets/masker.ts'
import { oneLine } from '../one-line.ts'
import { withoutLogins } from '../without-logins.ts'

/** One finding in the words of the contract: `audit --json` prints it as it is. */
export interface ReportedFinding {
  readonly control: string
  readonly severity: Severity
  readonly status: Status
  /** Why it stays, or is accepted. */
  readonly reason?: string
  /** The release with which it ends. */
  readonly endsWith?: string
  readonly file?: string
  readonly line?: number
  readonly service?: string
  readonly title: string
  readonly evidence: string
  readonly remedy: string
  /** What was seen, by its subject: as JSON's text, as that of passes. */
  readonly seen?: string
}

/** What was seen beside what should be, by its subject. */
export interface ReportedSeen {
  readonly [subject: string]: {
    readonly value: string | number | boolean
    readonly expected: string | number | boolean
    readonly file?: string
    readonly line?: number
    readonly service?: string
  }
}

/** What `audit` says of one install. No secret is left in it, nor a character that a terminal obeys. */
export interface AuditedInstall {
  readonly dir: string
  readonly release: string
  /** The worst first. */
  readonly findings: readonly ReportedFinding[]
  readonly passed: readonly string[]
  /**
   * What was seen where a control passes, by its id, for JSON alone: as JSON's text, since a thousand
   * installs' objects are several times as large.
   */
  readonly seen?: string
  readonly skipped: readonly { readonly control: string; readonly reason: string }[]
}

/** An install that could not be audited, and why. */
export interface FailedInstall {
  readonly dir: string
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly remedy?: string
}

/** Everything that one call of `audit` found. */
export interface AuditReport {
  readonly installs: readonly AuditedInstall[]
  readonly failed: readonly FailedInstall[]
}

/** @param masker knows the secrets of this install */
export function auditedInstall(
  dir: string,
  release: string,
  judgement: Judgement,
  masker: Masker,
  withSeen = false,
): AuditedInstall {
  return {
    dir: oneLine(dir),
    release: oneLine(release),
    findings: judgement.findings
      .map((finding) => reported(finding, masker, withSeen))
      .sort(worstFirst),
    passed: [...judgement.passed.keys()],
    ...(withSeen ? { seen: JSON.stringify(ofPasses(judgement, masker)) } : {}),
    skipped: judgement.skipped.map(({ control, reason }) => ({
      control,
      reason: safe([reason], masker)[0] ?? '',
    })),
  }
}

export function failedInstall(dir: string, failure: Failure, masker: Masker): FailedInstall {
  const { message, where, remedy } = failure
  const [text = '', file = '', help = ''] = safe([message, where?.file ?? '', remedy ?? ''], masker)
  return {
    dir: oneLine(dir),
    message: text,
    ...(where === undefined ? {} : { file }),
    ...(where?.line === undefined ? {} : { line: where.line }),
    ...(remedy === undefined ? {} : { remedy: help }),
  }
}

/** All findings of every install that stand so. */
export function findingsThat(
  { installs }: Pick<AuditReport, 'installs'>,
  ...statuses: readonly Status[]
): readonly ReportedFinding[] {
  return installs.flatMap(({ findings }) => findings.filter((one) => statuses.includes(one.status)))
}

/** @param masker knows the secrets of this install */
export function reported(
  finding: JudgedFinding,
  masker: Masker,
  withSeen: boolean,
): ReportedFinding {
  const { control, status, standing, where, service } = finding
  const endsWith = standing?.status === 'stays' ? standing.endsWith : undefined
  const [evidence = '', remedy = '', reason = '', file = '', name = ''] = safe(
    [finding.evidence, finding.remedy, standing?.reason ?? '', where?.file ?? '', service ?? ''],
    masker,
  )
  return {
    control: control.id,
    severity: severityOf(finding),
    status,
    ...(standing === undefined ? {} : { reason }),
    ...(endsWith === undefined ? {} : { endsWith }),
    ...(where === undefined ? {} : { file }),
    ...(where?.line === undefined ? {} : { line: where.line }),
    ...(service === undefined ? {} : { service: name }),
    title: control.title,
    evidence,
    remedy,
    ...(withSeen ? { seen: JSON.stringify(reportedSeen([finding], masker)) } : {}),
  }
}

function ofPasses(
  { passed }: Judgement,
  masker: Masker,
): { readonly [control: string]: ReportedSeen } {
  const entries = [...passed].map(([id, seen]) => [id, reportedSeen(seen, masker)] as const)
  return Object.fromEntries(entries)
}

function reportedSeen(seen: readonly Seen[], masker: Masker): ReportedSeen {
  return Object.fromEntries(
    seen.map(({ subject, where, service, value, expected }) => {
      const [name = '', file = '', owner = ''] = safe(
        [subject, where?.file ?? '', service ?? ''],
        masker,
      )
      const place = {
        value: shown(value, masker),
        expected: shown(expected, masker),
        ...(where === undefined ? {} : { file }),
        ...(where?.line === undefined ? {} : { line: where.line }),
        ...(service === undefined ? {} : { service: owner }),
      }
      return [name, place] as const
    }),
  )
}

function shown(value: SeenValue, masker: Masker): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value
  return oneLine(withoutLogins(value.through(masker).reveal()))
}

/** Why an install may keep it: behind `Stays` or `Accepted`. */
export function reasonOf({ reason = '', endsWith }: ReportedFinding): string {
  return endsWith === undefined ? reason : `${reason}; ends with Tracecat ${endsWith}`
}

/** All at once. No text of an install holds a NUL: such files are refused. */
function safe(texts: readonly string[], masker: Masker): readonly string[] {
  return masker.withoutSecrets(texts.join('\0')).split('\0').map(withoutLogins).map(oneLine)
}

function worstFirst(a: ReportedFinding, b: ReportedFinding): number {
  return (
    severities.indexOf(b.severity) - severities.indexOf(a.severity) ||
    compare(a.file ?? '', b.file ?? '') ||
    (a.line ?? 0) - (b.line ?? 0) ||
    compare(a.control, b.control)
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
