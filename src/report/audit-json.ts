import type { AuditReport } from './audit-report.ts'

/**
 * The document of `audit --json`; its shape is part of the contract. `failed` is there only where an
 * install could not be audited: one that is missing among `installs` must not look clean.
 */
export function auditJson({ installs, failed }: AuditReport): string {
  return JSON.stringify(
    { version: 1, installs, ...(failed.length === 0 ? {} : { failed }) },
    null,
    2,
  )
}
