import { dirname, join } from 'node:path'
import * as z from 'zod/mini'
import {
  accessMode,
  accountId,
  parseStateFile,
  pathInside,
  sha256Hash,
  shortText,
  time,
} from '../install/state-file.ts'
import { parseJson } from '../json.ts'
import type { World } from '../world/world.ts'
import { isBackupId } from './backup-id.ts'
import { stateFileMode, stateFolder, stateFolderMode, statePaths } from './state-folder.ts'

/** Set aside to be removed: no longer a backup. */
const removing = '.removing'
/** More of them may have existed. */
export const keptBackups = 10

const manifestSchema = () =>
  z.strictObject({
    version: z.literal(1),
    command: shortText,
    created: time,
    files: z.array(
      z.strictObject({
        /** Relative to the install; its copy lies under `files/` by the same path. */
        path: pathInside,
        /** SHA-256 and access rights before the change; 'absent' where there was no file. */
        before: z.union([
          z.literal('absent'),
          z.strictObject({ sha256: sha256Hash, mode: accessMode, uid: accountId, gid: accountId }),
        ]),
        /** SHA-256 after the change: unchanged since, nobody has edited it. */
        after: z.union([z.literal('absent'), sha256Hash]),
      }),
    ),
  })

/** What a backup holds. It is written last: a folder without it is not a whole backup. */
export type BackupManifest = z.infer<ReturnType<typeof manifestSchema>>

export interface Backup extends BackupManifest {
  /** The folder's name: UTC time, as in 2026-11-23T16-00-00Z. */
  readonly id: string
}

/** A name for a backup made now that no backup of this install has yet. */
export async function newBackupId(world: World, root: string): Promise<string> {
  const time = `${world.now().toISOString().slice(0, 19).replaceAll(':', '-')}Z`
  const taken = new Set(await world.files.list(statePaths(root).backups))
  let id = time
  for (let count = 2; taken.has(id) || taken.has(id + removing); count += 1) id = `${time}-${count}`
  return id
}

/** Copies files as they are; `copies` maps each path of the manifest that existed to its bytes. */
export async function writeBackup(
  world: World,
  root: string,
  id: string,
  manifest: BackupManifest,
  copies: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const folder = join(statePaths(root).backups, id)
  for (const [path, bytes] of copies) {
    const copy = join(folder, 'files', path)
    await world.files.makeDirectory(dirname(copy), stateFolderMode, world.owner)
    await world.files.create(copy, bytes, stateFileMode, world.owner)
  }
  await world.files.makeDirectory(folder, stateFolderMode, world.owner)
  const text = `${JSON.stringify(manifest, null, 2)}\n`
  const bytes = new TextEncoder().encode(text)
  await world.files.create(join(folder, 'manifest.json'), bytes, stateFileMode, world.owner)
}

/**
 * Whole backups, oldest first.
 * @throws Failure('badInput') for a manifest that no run of ours wrote
 */
export async function listBackups(world: World, root: string): Promise<readonly Backup[]> {
  const { backups } = statePaths(root)
  const found: Backup[] = []
  for (const id of await world.files.list(backups)) {
    if (!isBackupId(id)) continue
    const manifest = await readManifest(world, backups, id)
    if (manifest !== undefined) found.push({ id, ...manifest })
  }
  const time = ({ id }: Backup) => id.slice(0, 20)
  const count = ({ id }: Backup) => Number(id.slice(21))
  return found.sort((a, b) => time(a).localeCompare(time(b)) || count(a) - count(b))
}

/** Names of backups that are not whole: without a manifest, nobody knows what they hold. */
export async function damagedBackups(world: World, root: string): Promise<readonly string[]> {
  const whole = new Set((await listBackups(world, root)).map(({ id }) => id))
  const names = await world.files.list(statePaths(root).backups)
  return names.filter((name) => isBackupId(name) && !whole.has(name))
}

/** What a crash has cut off is no manifest; one that is whole and names what ours never do is refused. */
async function readManifest(
  world: World,
  backups: string,
  name: string,
): Promise<BackupManifest | undefined> {
  const found = await world.files.read(join(backups, name, 'manifest.json'), 4 * 1024 * 1024)
  if (found.kind !== 'file') return undefined
  const text = new TextDecoder().decode(found.bytes)
  if (parseJson(text) === undefined) return undefined
  return parseStateFile(manifestSchema, text, {
    file: `${stateFolder}/backups/${name}/manifest.json`,
    remedy: `Nothing was changed. No run of this version of tracecat-harden wrote it: look at it, then move ${stateFolder}/backups/${name} away.`,
  })
}

/** Removes the copies of `paths` and the backup's folders; what is not ours in them stays. */
export async function removeBackup(
  world: World,
  folder: string,
  paths: readonly string[],
): Promise<void> {
  for (const path of paths) {
    const copies = join(folder, 'files')
    const copy = join(copies, path)
    await world.files.remove(copy)
    for (let parent = dirname(copy); parent.startsWith(copies); parent = dirname(parent)) {
      await world.files.removeDirectory(parent)
    }
  }
  await world.files.remove(join(folder, 'manifest.json'))
  await world.files.removeDirectory(folder)
}

/** Keeps the ten newest backups, `current`, and the oldest: how things were before us. */
export async function pruneBackups(world: World, root: string, current: string): Promise<void> {
  const all = (await listBackups(world, root)).map(({ id }) => id)
  await discardBackups(
    world,
    root,
    all.slice(1, -keptBackups).filter((id) => id !== current),
  )
}

/** Removes these backups, and what a crash has left of others. Only for who holds the lock. */
export async function discardBackups(
  world: World,
  root: string,
  ids: readonly string[],
): Promise<void> {
  const { backups } = statePaths(root)
  // What a crash has left is removed as well; what is refused is refused before anything is gone.
  const doomed = new Map<string, readonly string[]>()
  for (const name of await world.files.list(backups)) {
    const isLeft = name.endsWith(removing) && isBackupId(name.slice(0, -removing.length))
    if (!isLeft && !(isBackupId(name) && ids.includes(name))) continue
    const manifest = await readManifest(world, backups, name)
    const paths = manifest?.files.map((file) => file.path) ?? []
    doomed.set(isLeft ? name : name + removing, paths)
  }
  for (const id of ids) await world.files.rename(join(backups, id), join(backups, id + removing))
  // The manifest goes last: without it, the folder is all that is left.
  for (const [name, paths] of doomed) await removeBackup(world, join(backups, name), paths)
}
