import { basename, dirname, join, relative, sep } from 'node:path'
import type { World } from '../world/world.ts'
import { type BackupManifest, newBackupId, writeBackup } from './backup.ts'
import type { Journal } from './journal.ts'
import { sha256, stateFileMode, stateFolderMode, statePaths, uniqueName } from './state-folder.ts'
import { hashOf, missingFolders, type Target } from './targets.ts'
import { placeOf } from './transaction.ts'
import { orFailure } from './trouble.ts'

/** Folders for what containers read: they run as other users. */
const folderMode = 0o755

/** The journal of a plan that has touched nothing yet. */
export async function draftJournal(
  world: World,
  root: string,
  plan: { readonly command: string; readonly live: readonly string[] | undefined },
  targets: readonly Target[],
  madeStateFolder: boolean,
): Promise<Journal> {
  const folders = new Set(madeStateFolder ? [statePaths(root).folder] : [])
  if ((await world.files.directory(statePaths(root).backups)) === 'absent') {
    folders.add(statePaths(root).backups)
  }
  for (const target of targets) {
    if (target.change.after === undefined) continue
    for (const folder of await missingFolders(world, target)) folders.add(folder)
  }
  const mark = `tracecat-harden-${uniqueName()}`
  return {
    version: 1,
    command: plan.command,
    live: plan.live === undefined ? null : [...plan.live],
    started: world.now().toISOString(),
    phase: 'prepared',
    backup: await newBackupId(world, root),
    folders: [...folders].map((folder) => seenFrom(root, folder)),
    files: targets.map(({ change, path, found }) => ({
      path: change.path,
      target: seenFrom(root, path),
      staged: change.after === undefined ? null : `${basename(path)}.${mark}`,
      before: hashOf(found),
      after: change.after === undefined ? 'absent' : sha256(change.after),
    })),
  }
}

/** Relative where it lies in the install, which may be moved; absolute outside of it. */
function seenFrom(root: string, path: string): string {
  const way = relative(root, path)
  return way === '..' || way.startsWith(`..${sep}`) ? path : way
}

/** Puts the backup and the staged copies on disk. All of it is named in the journal, which is there already. */
export async function prepare(
  world: World,
  root: string,
  journal: Journal,
  targets: readonly Target[],
): Promise<void> {
  const copies = new Map<string, Uint8Array>()
  for (const { change, found } of targets) {
    if (found.kind === 'file') copies.set(change.path, found.bytes)
  }
  await orFailure('write the backup', () =>
    writeBackup(world, root, journal.backup, manifestOf(journal, targets), copies),
  )
  for (const folder of journal.folders) {
    const path = placeOf(root, folder)
    const inState = `${path}${sep}`.startsWith(statePaths(root).folder + sep)
    await orFailure(`make the folder ${folder}`, () =>
      world.files.makeDirectory(path, inState ? stateFolderMode : folderMode, world.owner),
    )
  }
  if (journal.live !== null) await keepPlanned(world, root, targets)
  const staged = new Map(journal.files.map((file) => [file.path, file.staged]))
  for (const { change, path, found } of targets) {
    const name = staged.get(change.path)
    if (change.after === undefined || typeof name !== 'string') continue
    const bytes = change.after
    const owner = found.kind === 'file' ? { uid: found.uid, gid: found.gid } : world.owner
    await orFailure(`write ${change.path}`, () =>
      world.files.create(join(dirname(path), name), bytes, change.mode, owner),
    )
  }
}

/**
 * The staged copies become the files themselves, which somebody may edit or replace: what a server was given
 * must be known until the plan's end.
 */
async function keepPlanned(world: World, root: string, targets: readonly Target[]): Promise<void> {
  const { planned } = statePaths(root)
  await orFailure('write the plan', async () => {
    await world.files.makeDirectory(planned, stateFolderMode, world.owner)
    for (const [index, { change }] of targets.entries()) {
      if (change.after === undefined) continue
      const path = join(planned, String(index))
      await world.files.remove(path)
      await world.files.create(path, change.after, stateFileMode, world.owner)
    }
  })
}

function manifestOf(journal: Journal, targets: readonly Target[]): BackupManifest {
  return {
    version: 1,
    command: journal.command,
    created: journal.started,
    files: targets.map(({ change, found }) => ({
      path: change.path,
      before:
        found.kind === 'absent'
          ? 'absent'
          : { sha256: hashOf(found), mode: found.mode, uid: found.uid, gid: found.gid },
      after: change.after === undefined ? 'absent' : sha256(change.after),
    })),
  }
}
