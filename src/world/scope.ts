import { lstatSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { Failure } from '../failure.ts'
import { distrusted } from './distrusted.ts'
import type { FileState, Files } from './files.ts'
import { closeFolder, entryOf, type Folder, openFolder, selfOf, statFolder } from './folder.ts'
import {
  type Followed,
  filesOn,
  type Link,
  type Reach,
  readPlainly,
  type Spot,
} from './real-files.ts'
import { type Rights, rightsOf, withRights } from './rights.ts'
import { errorCode } from './system-error.ts'
import { distrustOf, type Trust } from './trust.ts'
import { type Station, wayTo } from './way.ts'

/** One install, as the disk may be seen from it. */
export interface Scope {
  /** Held open for as long as the scope is used. */
  readonly root: Folder
  /** How the folder is called, links and all. */
  readonly name: string
  /** With whose rights its files are read and written; undefined: our own. */
  readonly rights: Rights | undefined
  /** With whose rights other files are read, which something in the folder names. */
  readonly outside: Rights | undefined
  /** Where we act as root: who may own folders in it. undefined: the system tells, by our rights. */
  readonly trust: Trust | undefined
  /** Whose links are followed, and whose files they lead to; none where anybody may have made them. */
  readonly linkers: ReadonlySet<number>
  /** Files and folders outside that the admin named. */
  readonly named: readonly string[]
}

/** The disk as it may be seen from an install. */
export function scopedFiles(scope: Scope, ready: () => Promise<void>): Files {
  return filesOn(reachOf(scope, ready))
}

function reachOf(scope: Scope, ready: () => Promise<void>): Reach {
  const { rights, outside, linkers } = scope
  return {
    ready,
    at(path, use, act) {
      const full = resolve(path)
      const parts = partsBelow(scope, full)
      if (parts === undefined) {
        if (use === 'look') return withRights(outside, () => act(spotOf(full, outside)))
        return beside(scope, full, act)
      }
      const name = parts.pop()
      return withRights(rights, () =>
        descend(scope, scope.root, parts, rights, (folder, as) =>
          act(
            name === undefined
              ? { entry: selfOf(folder), folder: selfOf(folder), rights: as }
              : { entry: entryOf(folder, name), folder: selfOf(folder), rights: as },
          ),
        ),
      )
    },
    within(path, act) {
      const full = resolve(path)
      const parts = partsBelow(scope, full)
      if (parts === undefined) return withRights(outside, () => act(spotOf(full, outside)))
      return withRights(rights, () =>
        descend(scope, scope.root, parts, rights, (folder, as) =>
          act({ entry: selfOf(folder), folder: selfOf(folder), rights: as }),
        ),
      )
    },
    follow: {
      to: (link) => follow(scope, link),
      real(path) {
        const parts = partsBelow(scope, resolve(path))
        return parts === undefined ? resolve(path) : join(scope.root.path, ...parts)
      },
    },
    refuse: ({ uid }) =>
      linkers.has(uid) ? undefined : 'a symbolic link to a file that belongs to somebody else',
    again(path, limit) {
      const full = resolve(path)
      if (outside === undefined || !isNamed(scope, full)) return undefined
      return readAsRoot(full, limit)
    },
  }
}

function spotOf(path: string, rights: Rights | undefined): Spot {
  return { entry: path, folder: dirname(path), rights }
}

/** undefined: it does not lie in the install. */
function partsBelow({ root, name }: Scope, path: string): string[] | undefined {
  for (const top of [root.path, name]) {
    if (path === top) return []
    const prefix = top === '/' ? '/' : `${top}/`
    if (path.startsWith(prefix)) return path.slice(prefix.length).split('/')
  }
  return undefined
}

/** Goes down from a folder that is held, through no link; in somebody's folder with his rights from there on. */
function descend<T>(
  scope: Scope,
  from: Folder,
  parts: readonly string[],
  rights: Rights | undefined,
  act: (folder: Folder, rights: Rights | undefined) => T,
): T {
  const [name, ...rest] = parts
  if (name === undefined) return act(from, rights)
  const folder = enter(scope, from, name)
  try {
    const as = rights ?? rightsIn(scope, folder)
    return withRights(as, () => descend(scope, folder, rest, as, act))
  } finally {
    closeFolder(folder)
  }
}

function enter(scope: Scope, from: Folder, name: string): Folder {
  try {
    return openFolder(from, name)
  } catch (error) {
    // A file in the way is told by those who asked; a link is no folder, wherever it leads.
    if (!['ENOTDIR', 'ELOOP'].includes(errorCode(error) ?? '')) throw error
    if (!isLink(from, name)) throw error
    throw linkedFolder(scope, from, name)
  }
}

function isLink(from: Folder, name: string): boolean {
  return lstatSync(entryOf(from, name), { throwIfNoEntry: false })?.isSymbolicLink() === true
}

function linkedFolder({ root }: Scope, from: Folder, name: string): Failure {
  const file = relative(root.path, join(from.path, name))
  return new Failure(
    'badInput',
    `${file} is a symbolic link: no file is used through a linked folder.`,
    {
      where: { file },
      remedy: 'Nothing was changed. Put a folder of its own in its place.',
    },
  )
}

/** Where we are root: in a trusted user's folder as that user, in anybody else's not at all. */
function rightsIn({ trust, root }: Scope, folder: Folder): Rights | undefined {
  if (trust === undefined) return undefined
  const { uid, gid, mode } = statFolder(folder)
  const station: Station = { path: folder.path, kind: 'folder', uid, gid, mode: mode & 0o7777 }
  const distrust = distrustOf([station], trust)
  if (distrust !== undefined) throw distrusted(distrust, root.path)
  return uid === 0 ? undefined : rightsOf({ uid, gid })
}

function isNamed({ named }: Scope, path: string): boolean {
  return named.some((one) => path === one || path.startsWith(`${one}/`))
}

/** A link may lead to a file of the install, or to one that the admin named; and to nothing by somebody else's wish. */
function follow(scope: Scope, { target, uid }: Link): Followed {
  if (!scope.linkers.has(uid)) return { refused: 'a symbolic link that somebody else made' }
  if (partsBelow(scope, target) !== undefined || isNamed(scope, target)) return { to: target }
  return { refused: 'a symbolic link out of the install', leads: { target } }
}

/** A file that the admin named, and what is made beside it on the way to a new one. */
function beside<T>(scope: Scope, path: string, act: (spot: Spot) => T): T {
  const isOurs = scope.named.some(
    (one) => dirname(one) === dirname(path) && isOf(basename(one), basename(path)),
  )
  if (!isOurs) {
    throw new Failure(
      'badInput',
      `${path} lies outside of the install: nothing is changed there.`,
      {
        where: { file: path },
        remedy: 'Nothing was changed. Run tracecat-harden in the folder that it lies in.',
      },
    )
  }
  return withRights(scope.rights, () => {
    const { folder, stations } = wayTo(dirname(path))
    try {
      const distrust = scope.trust === undefined ? undefined : distrustOf(stations, scope.trust)
      if (distrust !== undefined) throw distrusted(distrust, folder.path)
      const entry = entryOf(folder, basename(path))
      return act({ entry, folder: selfOf(folder), rights: scope.rights })
    } finally {
      closeFolder(folder)
    }
  })
}

function isOf(name: string, other: string): boolean {
  return other === name || other.startsWith(`${name}.tracecat-harden`)
}

const rootAlone: Trust = { uids: new Set([0]), gids: new Set([0]) }

/** With our own rights, where nobody but root could have put another file in its place. */
function readAsRoot(path: string, limit: number): FileState | undefined {
  const { folder, stations } = wayTo(dirname(path))
  try {
    if (distrustOf(stations, rootAlone) !== undefined) return undefined
    const found = readPlainly(entryOf(folder, basename(path)), limit)
    return found?.kind === 'file' && found.uid === 0 ? found : undefined
  } finally {
    closeFolder(folder)
  }
}
