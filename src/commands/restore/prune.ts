import { listBackups } from '../../apply/backup.ts'
import { removeBackups } from '../../apply/prune.ts'
import { exitCodes, Failure } from '../../failure.ts'
import { backupTable } from '../../report/restore/backup-table.ts'
import { restoreJson } from '../../report/restore/json.ts'
import { canceled } from '../../wizard/prompter.ts'
import { endInterrupted } from '../resume.ts'
import { releaseIn } from './list.ts'
import type { RestoreRun } from './options.ts'

/** Removes all backups but the newest, for good. @returns the exit code */
export async function prune(run: RestoreRun): Promise<number> {
  const { world, masker, directory, options, print } = run
  if (options.backup !== undefined || options.filesOnly) {
    throw new Failure('badInput', '--prune removes backups, and puts nothing back.', {
      remedy: 'Name neither a backup nor --files-only with it.',
    })
  }
  if (!options.dryRun) await endInterrupted(world, masker, directory)
  const backups = await listBackups(world, directory)
  const old = backups.slice(0, -1).reverse()
  if (old.length === 0) print('There is nothing to remove: the newest backup stays.')
  else {
    print('To be removed for good:')
    for (const line of backupTable(old, world.now(), world.terminal.columns)) print(line)
    print(`The newest stays: ${backups.at(-1)?.id}.`)
  }
  if (old.length > 0 && !options.dryRun) {
    await agree(run)
    const ids = old.map(({ id }) => id)
    const removed = await removeBackups(world, directory, ids)
    print(`Removed: ${removed.length} of ${ids.length}.`)
  }
  if (!options.json) return exitCodes.done
  const left = [...(await listBackups(world, directory))].reverse()
  const release = await releaseIn(run)
  world.terminal.out(restoreJson(masker, { directory, release, backups: left }))
  return exitCodes.done
}

/** What is removed cannot be put back: silence is no yes. */
async function agree({ options, prompter }: RestoreRun): Promise<void> {
  if (prompter !== undefined) {
    if (!(await prompter.yesNo({ message: 'Remove these?', default: false }))) throw canceled()
    return
  }
  if (options.yes) return
  throw new Failure('badInput', 'Nobody can be asked whether they may go.', {
    remedy: 'Add --yes if they may. Nothing was removed.',
  })
}
