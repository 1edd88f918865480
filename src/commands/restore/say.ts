import type { Applied } from '../../apply/engine.ts'
import { restoreDiff, restoreText } from '../../report/restore/text.ts'
import type { PreparedRestore } from '../../restore/prepare.ts'
import type { RestoreRun } from './options.ts'

/** What would be put back, before anything is. */
export function showRestore(
  { world, masker, options, print }: RestoreRun,
  { report }: PreparedRestore,
): void {
  for (const line of restoreText(report, world.now(), world.terminal.columns)) print(line)
  if (!options.dryRun && !options.verbose) return
  for (const line of restoreDiff(report.plan, masker)) print(line.reveal())
}

export function sayRestored(
  { print }: RestoreRun,
  { report }: PreparedRestore,
  { backup }: Applied,
  next: readonly string[],
): void {
  print('')
  print(`Put back: how it was before ${report.chosen.command} (${report.chosen.id}).`)
  if (backup !== null) print(`Not what you wanted? tracecat-harden restore ${backup}`)
  for (const line of next) print(line)
}
