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
import { visible } from '../report/visible.ts'
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
  const outcomes = await inOrder([...new Set(options.directories)], (directory) =>
    auditOne(world, directory, surroundings),
  )
  const installs = outcomes.flatMap((one) => ('audited' in one ? [one.audited] : []))
  const failures = outcomes.flatMap((one) => ('failed' in one ? [one] : []))
  for (const { said } of failures) world.terminal.err(said)
  const failed = failures.map((one) => one.failed)
  const report: AuditReport = { installs, failed }
  for (const text of render(report, options, surroundings, world)) {
    world.terminal.out(Masked.trusted(text))
  }
  if (failures.length > 0) {
    return failures.every(({ exitCode }) => exitCode === exitCodes.surroundings)
      ? exitCodes.surroundings
      : exitCodes.badInput
  }
  return openFindings(report).some(({ severity }) => counts(severity, options))
    ? exitCodes.findings
    : exitCodes.done
}

type Outcome =
  | { readonly audited: AuditedInstall }
  | { readonly failed: FailedInstall; readonly exitCode: number; readonly said: Masked }

async function auditOne(
  world: World,
  directory: string,
  surroundings: AuditSurroundings,
): Promise<Outcome> {
  // Its own for each install: a thousand of them have more secrets than one can look for.
  const masker = new Masker()
  try {
    return { audited: await auditInstall(world, masker, directory, surroundings) }
  } catch (error) {
    const failure = failureOf(error, directory)
    const lines = describeFailure(failure, world.terminal.columns).map(visible)
    return {
      failed: failedInstall(directory, failure, masker),
      exitCode: failure.exitCode,
      said: masker.mask([`${visible(directory)}:`, ...lines].join('\n')),
    }
  }
}

/** How many installs are read at a time, so that the disk works while one is parsed. */
const atATime = 8

/** The results in the order of the items, whatever came first. */
async function inOrder<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>()
  const rest = items.entries()
  const work = async () => {
    for (const [index, item] of rest) results.set(index, await act(item))
  }
  await Promise.all(Array.from({ length: atATime }, work))
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result)
}

function render(
  report: AuditReport,
  options: AuditOptions,
  { controls: looked }: AuditSurroundings,
  { terminal }: World,
): Iterable<string> {
  switch (options.format) {
    case 'json':
      return auditJson(report)
    case 'sarif':
      return [
        sarif(
          report,
          looked.map(({ meta }) => meta),
        ),
      ]
    case 'markdown':
      return [auditMarkdown(report).trimEnd()]
    case 'text':
      return [
        auditText(report, {
          columns: terminal.columns,
          colour: terminal.colour,
          verbose: options.verbose,
        }),
      ]
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
