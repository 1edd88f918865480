import type { AuditedInstall, AuditReport, ReportedFinding } from '../../src/report/audit/report.ts'

/** A finding with what a test does not care about filled in. */
export function finding(parts: Partial<ReportedFinding> = {}): ReportedFinding {
  return {
    control: 'redis-auth',
    severity: 'critical',
    status: 'open',
    title: 'Redis demands a password',
    evidence: 'REDIS_URL has no password',
    remedy: 'Run tracecat-harden init.',
    ...parts,
  }
}

export function install(parts: Partial<AuditedInstall> = {}): AuditedInstall {
  return {
    dir: '/srv/tracecat',
    release: '1.0.0-beta.51',
    findings: [],
    passed: [],
    skipped: [],
    ...parts,
  }
}

export function report(...installs: readonly AuditedInstall[]): AuditReport {
  return { installs, failed: [] }
}
