import { damagedBackups, listBackups } from '../../apply/backup.ts'
import { unknown } from '../../controls/facts.ts'
import { attemptLater } from '../../failure.ts'
import { backupTable, knownFiles, timeAgo } from '../../report/restore/backup-table.ts'
import { restoreJson } from '../../report/restore/json.ts'
import { wrap } from '../../report/wrap.ts'
import { findRelease } from '../../surroundings/find-release.ts'
import { readInstall } from '../../surroundings/read-install.ts'
import { rememberedRelease } from '../../surroundings/remembered-release.ts'
import type { RestoreRun } from './options.ts'

/** Lists what there is, and asks for one where somebody can answer. @returns undefined: none */
export async function chooseBackup(run: RestoreRun): Promise<string | undefined> {
  const { world, masker, directory, options, prompter, print } = run
  const backups = [...(await listBackups(world, directory))].reverse()
  const { columns } = world.terminal
  const now = world.now()
  if (backups.length === 0) print(`There are no backups in ${directory}.`)
  else if (prompter === undefined) {
    const title = `Backups in ${directory}, newest first: what each run changed, as it was before.`
    for (const line of wrap(title, columns)) print(line)
    for (const line of backupTable(backups, now, columns)) print(line)
    print('')
    print('tracecat-harden restore <backup> puts one back; --dry-run shows what that means.')
    const warning = 'They hold old secrets: restore --prune removes all but the newest.'
    for (const line of wrap(warning, columns)) print(line)
  }
  for (const name of await damagedBackups(world, directory)) {
    world.terminal.err(masker.mask(`Not whole, and left out: .tracecat-harden/backups/${name}`))
  }
  if (options.json) {
    const release = await releaseIn(run)
    world.terminal.out(restoreJson(masker, { directory, release, backups }))
  }
  if (prompter === undefined || backups.length === 0) return undefined
  const chosen = await prompter.choose({
    message: 'Back to how it was before which run?',
    choices: [
      ...backups.map((backup) => ({
        value: backup.id,
        name: `${backup.id}  ${backup.command}, ${timeAgo(backup.created, now)}`,
        hint: knownFiles(backup).join(', '),
      })),
      { value: nothing, name: 'None: leave everything as it is' },
    ],
    default: nothing,
  })
  if (chosen !== nothing) return chosen
  prompter.say('Nothing was changed.')
  return undefined
}

const nothing = 'nothing'

/** As far as the files say it: a list needs no more. */
export async function releaseIn({ world, directory }: RestoreRun): Promise<string | null> {
  return await attemptLater(
    async () => {
      const { install } = await readInstall(world, directory, unknown('not asked'))
      return install.compose === undefined
        ? null
        : findRelease(install, undefined, rememberedRelease).tag
    },
    () => null,
  )
}
