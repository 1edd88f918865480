import { resolve } from 'node:path'
import { type Severity, severities } from '../controls/control.ts'
import { findControl } from '../controls/find-control.ts'
import { controls } from '../controls/registry.ts'
import { exitCodes } from '../failure.ts'
import { auditJson } from '../report/audit/json.ts'
import { auditMarkdown } from '../report/audit/markdown.ts'
import { type AuditReport, findingsThat } from '../report/audit/report.ts'
import { sarif } from '../report/audit/sarif.ts'
import { auditText } from '../report/audit/text.ts'
import { Masked } from '../secrets/masked.ts'
import { readHost } from '../surroundings/host.ts'
import type { World } from '../world/world.ts'
import type { AuditSurroundings } from './audit/install.ts'
import { auditMany } from './audit/many.ts'
import type { AuditOptions } from './audit/options.ts'

/**
 * Says what is wrong with each install; one that cannot be read does not stop the others. Asks no
 * Docker, writes nothing; returns the exit code.
 */
export async function audit(world: World, options: AuditOptions): Promise<number> {
  const asked = [...new Set(options.controls)].map(findControl)
  const surroundings: AuditSurroundings = {
    controls: asked.length === 0 ? controls : asked,
    host: await readHost(world),
    withSeen: options.format === 'json',
  }
  const outcomes = await auditMany(world, once(options.directories), {
    ...surroundings,
    columns: world.terminal.columns,
  })
  const installs = outcomes.flatMap((one) => ('audited' in one ? [one.audited] : []))
  const failures = outcomes.flatMap((one) => ('failed' in one ? [one] : []))
  for (const { said } of failures) world.terminal.err(Masked.trusted(said))
  const failed = failures.map((one) => one.failed)
  const report: AuditReport = { installs, failed }
  for (const text of render(report, options, surroundings, world)) {
    world.terminal.out(text)
  }
  if (failures.length > 0) {
    return failures.every(({ exitCode }) => exitCode === exitCodes.surroundings)
      ? exitCodes.surroundings
      : exitCodes.badInput
  }
  const counted = findingsThat(report, 'open', ...options.include)
  return counted.some(({ severity }) => counts(severity, options))
    ? exitCodes.findings
    : exitCodes.done
}

/** Each folder once, as it was named first. */
function once(directories: readonly string[]): readonly string[] {
  const byPath = new Map(directories.toReversed().map((path) => [resolve(path), path]))
  return [...byPath.values()].toReversed()
}

function render(
  report: AuditReport,
  options: AuditOptions,
  { controls: looked }: AuditSurroundings,
  { terminal }: World,
): Iterable<Masked> {
  switch (options.format) {
    case 'json':
      return trusted(auditJson(report))
    case 'sarif':
      return trusted([
        sarif(
          report,
          looked.map(({ meta }) => meta),
        ),
      ])
    case 'markdown':
      return trusted([auditMarkdown(report).trimEnd()])
    case 'text':
      return [
        auditText(report, {
          columns: terminal.columns,
          color: terminal.color,
          verbose: options.verbose,
        }),
      ]
  }
}

/** Every secret is gone from a report before it is written (`auditedInstall`). */
function* trusted(texts: Iterable<string>): Generator<Masked> {
  for (const text of texts) yield Masked.trusted(text)
}

function counts(severity: Severity, { failOn }: AuditOptions): boolean {
  return failOn !== 'never' && severities.indexOf(severity) >= severities.indexOf(failOn)
}
