import type { Applied } from '../../apply/engine.ts'
import type { Masked } from '../../secrets/masked.ts'
import type { Masker } from '../../secrets/masker.ts'
import { withObjects } from '../audit/json.ts'
import { reported } from '../audit/report.ts'
import type { TakenStep } from '../live-progress.ts'
import type { InitReport } from './report.ts'

/**
 * The document of `init --json`; its shape is part of the contract.
 * @param applied undefined for a dry run: then the changes are what would be done
 */
export function initJson(
  report: InitReport,
  masker: Masker,
  applied: Applied | undefined,
  live: readonly TakenStep[] = [],
): Masked {
  const planned = report.plan.files.map(({ path, before, after }) => ({
    file: path,
    kind: after === undefined ? 'remove' : before === undefined ? 'create' : 'update',
  }))
  const changes =
    applied === undefined
      ? planned
      : applied.changed.map(({ path, kind }) => ({ file: path, kind }))
  const names = new Set(changes.map(({ file }) => file))
  const unchanged = [
    report.plan.after.envPath,
    report.plan.after.overridePath,
    'caddy/Caddyfile',
  ].filter((path) => !names.has(path) && report.plan.after.files.has(path))
  const document = {
    version: 1,
    dir: report.case.install.directory,
    release: report.case.release.tag,
    changes: [...changes, ...unchanged.map((file) => ({ file, kind: 'none' }))],
    live,
    findings: report.after.findings.map((finding) => withObjects(reported(finding, masker, true))),
    // What the text says as well: what was not taken over, what ends for people, what is kept as it was changed.
    notes: report.notices,
    ends: report.ends,
    drift: report.plan.drift,
    backup: applied?.backup ?? null,
    next: report.next.flatMap(({ text, commands }) => [text, ...commands]),
    steps: report.next.map(({ text, commands }) => ({ text, commands })),
  }
  return masker.mask(JSON.stringify(document, null, 2))
}
