import { type Severity, severities } from '../controls/control.ts'
import { controls } from '../controls/registry.ts'
import { readHost } from '../facts/host.ts'
import { exitCodes, Failure } from '../failure.ts'
import { auditJson } from '../report/audit-json.ts'
import { auditMarkdown } from '../report/audit-markdown.ts'
import {
  type AuditedInstall,
  type AuditReport,
  type FailedInstall,
  failedInstall,
  openFindings,
} from '../report/audit-report.ts'
import { auditText } from '../report/audit-text.ts'
import { describeFailure } from '../report/failure-text.ts'
import { sarif } from '../report/sarif.ts'
import { Masked } from '../secrets/masked.ts'
import { Masker } from '../secrets/masker.ts'
import { errorCode } from '../world/system-error.ts'
import type { World } from '../world/world.ts'
import { type AuditSurroundings, auditInstall } from './audit-install.ts'
import type { AuditOptions } from './audit-options.ts'
import { findControl } from './find-control.ts'

/**
 * Says what is wrong with each install; one that cannot be read does not stop the others. Asks no
 * Docker, writes nothing; returns the exit code.
 */
export async function audit(world: World, options: AuditOptions): Promise<number> {
  const asked = [...new Set(options.controls)].map(findControl)
  const surroundings: AuditSurroundings = {
    controls: asked.length === 0 ? controls : asked,
    host: await readHost(world),
  }
  const installs: AuditedInstall[] = []
  const failed: FailedInstall[] = []
  let worst: number = exitCodes.done
  for (const directory of new Set(options.directories)) {
    // Its own for each install: a thousand of them have more secrets than one can look for.
    const masker = new Masker()
    try {
      installs.push(await auditInstall(world, masker, directory, surroundings))
    } catch (error) {
      const failure = failureOf(error, directory)
      failed.push(failedInstall(directory, failure, masker))
      worst = worst === exitCodes.badInput ? worst : failure.exitCode
      const lines = describeFailure(failure, world.terminal.columns)
      world.terminal.err(masker.mask([`${directory}:`, ...lines].join('\n')))
    }
  }
  const report: AuditReport = { installs, failed }
  world.terminal.out(Masked.trusted(render(report, options, surroundings, world)))
  if (worst !== exitCodes.done) return worst
  return openFindings(report).some(({ severity }) => counts(severity, options))
    ? exitCodes.findings
    : exitCodes.done
}

function render(
  report: AuditReport,
  options: AuditOptions,
  { controls: looked }: AuditSurroundings,
  { terminal }: World,
): string {
  switch (options.format) {
    case 'json':
      return auditJson(report)
    case 'sarif':
      return sarif(
        report,
        looked.map(({ meta }) => meta),
      )
    case 'markdown':
      return auditMarkdown(report).trimEnd()
    case 'text':
      return auditText(report, {
        columns: terminal.columns,
        colour: terminal.colour,
        verbose: options.verbose,
      })
  }
}

function counts(severity: Severity, { failOn }: AuditOptions): boolean {
  return failOn !== 'never' && severities.indexOf(severity) >= severities.indexOf(failOn)
}

/** What the system refuses, such as to list a folder, is the install's trouble, not the program's. */
function failureOf(error: unknown, directory: string): Failure {
  if (error instanceof Failure) return error
  const code = errorCode(error)
  if (code === undefined) throw error
  const reason = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code
  return new Failure('badInput', `${directory} cannot be read: ${reason}.`, {
    remedy: 'Run as the owner of the install, or with sudo.',
  })
}
