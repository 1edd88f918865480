import { lstatSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from '../failure.ts'
import { distrusted } from './distrusted.ts'
import type { Owner } from './files.ts'
import { closeFolder, entryOf, type Folder, holdsFolders } from './folder.ts'
import { type Rights, rightsOf } from './rights.ts'
import type { Scope } from './scope.ts'
import { type Distrust, distrustOf, groupsOf, type Trust } from './trust.ts'
import { type Station, type Way, wayTo } from './way.ts'

/** Who runs this. */
export interface Caller {
  /** The effective user; undefined on Windows. */
  readonly uid: number | undefined
  /** Who called sudo, where we are root. */
  readonly sudo: Owner | undefined
}

/** `change`: only where nobody else could lead it elsewhere. `look`: anywhere, with the owner's rights. */
export type Purpose = 'change' | 'look'

/** What is ours alone in an install. */
const stateFolders = ['.tracecat-harden', '.tracecat-harden/backups', '.tracecat-harden/last']

/** Nobody's number on every system that has one. */
const nobody: Rights = { uid: 65_534, gid: 65_534, groups: [65_534] }

/**
 * Goes to an install, and decides with whose rights its files are read and written: docs/security.md has
 * the rules. The folder of the scope is held open: whoever asked closes it.
 * @param named files outside that the admin named, absolute
 * @throws Failure('surroundings') where root is asked to change something that others could change;
 *   Failure('badInput') for a linked state folder
 */
export function enterInstall(
  caller: Caller,
  directory: string,
  purpose: Purpose,
  named: readonly string[],
): Scope {
  const name = resolve(directory)
  const way = wayTo(name)
  try {
    const scope = { root: way.folder, name, named }
    if (caller.uid !== 0) return { ...scope, ...asOurselves(caller.uid) }
    const trust = trustOf(caller)
    const distrust = distrustIn(way, trust)
    if (purpose === 'change') {
      if (distrust !== undefined) throw distrusted(distrust, way.folder.path)
      for (const folder of stateFolders) checkState(way.folder, folder, trust)
      return { ...scope, ...inTrusted(leaderOf(way), caller, trust) }
    }
    return {
      ...scope,
      ...(distrust === undefined
        ? { ...inTrusted(leaderOf(way), caller, trust), trust: undefined }
        : inForeign(ownerOf(way))),
    }
  } catch (error) {
    closeFolder(way.folder)
    throw error
  }
}

type Decided = Pick<Scope, 'rights' | 'outside' | 'trust' | 'linkers'>

function asOurselves(uid: number | undefined): Decided {
  const linkers = new Set(uid === undefined ? [0] : [0, uid])
  return { rights: undefined, outside: undefined, trust: undefined, linkers }
}

function inTrusted(owner: Owner, { sudo }: Caller, trust: Trust): Decided {
  const rights = owner.uid === 0 ? undefined : rightsOf(owner.uid === sudo?.uid ? sudo : owner)
  return { rights, outside: rights, trust, linkers: trust.uids }
}

/** Somebody else's: with his rights. Root's own where others may write: no link is root's for certain. */
function inForeign(owner: Owner): Decided {
  if (owner.uid === 0) {
    return { rights: undefined, outside: nobody, trust: undefined, linkers: new Set() }
  }
  const rights = rightsOf(owner)
  return { rights, outside: rights, trust: undefined, linkers: new Set([owner.uid]) }
}

/** Whose rights count: the owner's of the folder, or of the link that led to root's. */
function leaderOf(way: Way): Owner {
  const owner = ownerOf(way)
  const link = way.stations.findLast(({ kind, uid }) => kind === 'link' && uid !== 0)
  return owner.uid === 0 && link !== undefined ? link : owner
}

function ownerOf({ stations }: Way): Owner {
  const folder = stations.at(-1)
  if (folder?.kind !== 'folder') throw new Error('A way ends in a folder')
  return folder
}

/** Where a folder cannot be held, those above it count as much as itself: only their owner's rights are safe. */
function distrustIn(way: Way, trust: Trust): Distrust | undefined {
  const distrust = distrustOf(way.stations, trust)
  if (distrust !== undefined || holdsFolders || ownerOf(way).uid !== 0) return distrust
  const above = way.stations.find(({ uid }) => uid !== 0)
  return above === undefined ? undefined : { station: above, why: 'owner' }
}

function trustOf({ sudo }: Caller): Trust {
  const uids = new Set(sudo === undefined ? [0] : [0, sudo.uid])
  return { uids, gids: groupsOf(uids, textOf('/etc/group'), textOf('/etc/passwd')) }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function checkState(root: Folder, name: string, trust: Trust): void {
  // Those below a link are never gone to.
  const found = lstatSync(entryOf(root, name), { throwIfNoEntry: false })
  if (found === undefined) return
  if (found.isSymbolicLink()) {
    throw new Failure('badInput', `${name} is a symbolic link: what it leads to is not ours.`, {
      where: { file: name },
      remedy: 'Nothing was changed. Put a folder of its own in its place.',
    })
  }
  const { uid, gid, mode } = found
  const path = `${root.path}/${name}`
  const station: Station = { path, kind: 'folder', uid, gid, mode: mode & 0o7777 }
  const distrust = found.isDirectory() ? distrustOf([station], trust) : undefined
  if (distrust !== undefined) throw distrusted(distrust, root.path)
}
