import { parseJson } from '../../json.ts'
import type { AuditReport } from './report.ts'

/**
 * The document of `audit --json`, in pieces that are lines of it: a thousand installs are 20 MB, and
 * never lie in memory as one text. Its shape is part of the contract. `failed` is there only where an
 * install could not be audited: one that is missing among `installs` must not look clean.
 */
export function* auditJson({ installs, failed }: AuditReport): Generator<string> {
  yield '{'
  yield '  "version": 1,'
  if (installs.length === 0) yield `  "installs": []${failed.length === 0 ? '' : ','}`
  else {
    yield '  "installs": ['
    for (const [index, install] of installs.entries()) {
      const findings = install.findings.map(withObjects)
      const text = JSON.stringify(withObjects({ ...install, findings }), null, 2).replace(
        /^/gm,
        '    ',
      )
      yield index === installs.length - 1 ? text : `${text},`
    }
    yield failed.length === 0 ? '  ]' : '  ],'
  }
  if (failed.length > 0) {
    const text = JSON.stringify(failed, null, 2)
    yield `  "failed": ${text.replaceAll('\n', '\n  ')}`
  }
  yield '}'
}

/** What was seen lies in memory as text. */
export function withObjects<Part extends { readonly seen?: string }>(part: Part): object {
  return part.seen === undefined ? part : { ...part, seen: parseJson(part.seen) }
}
