import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { FileState, Files, Owner } from './files.ts'
import type { Rights } from './rights.ts'
import { errorCode } from './system-error.ts'

const permissionBits = 0o7777

/** Where an operation happens, and as whom. */
export interface Spot {
  /** What the system is asked for. */
  readonly entry: string
  /** The folder of it. */
  readonly folder: string
  /** undefined: with our own rights. */
  readonly rights: Rights | undefined
}

/** How paths are gone to. Everything in `act` happens at once: nothing in it may wait. */
export interface Reach {
  /** Before each operation. */
  ready(): Promise<void>
  /** Goes to the folder that a path lies in. */
  at<T>(path: string, use: 'look' | 'change', act: (spot: Spot) => T): T
  /** Goes into the folder of this path. */
  within<T>(path: string, act: (spot: Spot) => T): T
  /** Undefined: the system follows all links. */
  readonly follow?: {
    /** Where a link may be followed to, or why not. */
    to(link: Link): Followed
    /** A path without links above the install. */
    real(path: string): string
  }
  /** May what a link led to be read? Says why not. */
  readonly refuse?: (found: Owner) => string | undefined
  /** With our own rights, what a user may not read but the admin named. */
  readonly again?: (path: string, limit: number) => FileState | undefined
}

export interface Link extends Owner {
  /** Absolute, as `target` is. */
  readonly path: string
  readonly target: string
}

export type Followed =
  | { readonly to: string }
  | { readonly refused: string; readonly leads?: { readonly target: string } }

/** The disk of this machine, by paths as they are. */
export function realFiles(): Files {
  return filesOn({
    ready: async () => undefined,
    at: (path, _, act) => act({ entry: path, folder: dirname(path), rights: undefined }),
    within: (path, act) => act({ entry: path, folder: path, rights: undefined }),
  })
}

/** The disk, where paths are gone to in a way of their own. */
export function filesOn(reach: Reach): Files {
  const change = async <T>(path: string, act: (spot: Spot) => T): Promise<T> => {
    await turn()
    await reach.ready()
    return named(path, () => reach.at(path, 'change', act))
  }
  const pair = (from: string, to: string, act: (from: string, to: string) => void) =>
    change(to, (second) => {
      reach.at(from, 'change', (first) => {
        act(first.entry, second.entry)
        if (dirname(from) !== dirname(to)) syncDirectory(first.folder)
      })
      syncDirectory(second.folder)
    })
  const files: Files = {
    async read(path, limit) {
      await reach.ready()
      return read(reach, path, limit)
    },
    async directory(path) {
      await reach.ready()
      return named(path, () => directory(reach, path))
    },
    async list(path) {
      await reach.ready()
      return named(path, () => list(reach, path))
    },
    async resolve(path) {
      await reach.ready()
      return named(path, () => resolveIn(reach, path))
    },
    async makeDirectory(path, mode, owner) {
      if (dirname(path) !== path && (await files.directory(dirname(path))) === 'absent') {
        await files.makeDirectory(dirname(path), mode, owner)
      }
      await change(path, (spot) => makeDirectory(spot, mode, owner))
    },
    create: (path, bytes, mode, owner) => change(path, (spot) => create(spot, bytes, mode, owner)),
    link: (from, to) => pair(from, to, linkSync),
    rename: (from, to) => pair(from, to, renameSync),
    remove: (path) =>
      change(path, ({ entry, folder }) => {
        unless(['ENOENT', 'ENOTDIR'], () => unlinkSync(entry))
        syncDirectory(folder)
      }),
    removeDirectory: (path) =>
      change(path, ({ entry, folder }) => {
        unless(['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'], () => rmdirSync(entry))
        syncDirectory(folder)
      }),
  }
  return {
    ...files,
    // A folder that is not there holds nothing to remove.
    remove: (path) => unlessLater(['ENOENT', 'ENOTDIR'], files.remove(path)),
    removeDirectory: (path) => unlessLater(['ENOENT', 'ENOTDIR'], files.removeDirectory(path)),
  }
}

/** Signals are noted between two operations, which do not wait themselves. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/**
 * Without turns through Node's thread pool, which take longer than to read a small file that the system
 * has in its memory: an audit of a thousand installs asks for some twenty files in each.
 */
function read(reach: Reach, path: string, limit: number): FileState {
  try {
    const found = readAt(reach, path, limit)
    if (found.kind !== 'unreadable') return found
    return reach.again?.(path, limit) ?? found
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined) throw error
    if (code === 'ELOOP') return { kind: 'not-a-file', what: 'a loop of symbolic links' }
    // ENOENT: removed since it was looked up.
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' }
    const state: FileState = { kind: 'unreadable', reason: reasonOf(code) }
    return reach.again?.(path, limit) ?? state
  }
}

/** More links than this in a row are a loop. */
const mostLinks = 8

function readAt(reach: Reach, path: string, limit: number): FileState {
  let place = path
  for (let count = 0; count <= mostLinks; count += 1) {
    const seen = reach.at(place, 'look', (spot) =>
      readHere(spot, limit, reach.follow !== undefined),
    )
    if (!('link' in seen)) {
      if (count === 0 || seen.kind !== 'file') {
        return count > 0 && seen.kind === 'absent' ? nowhere : seen
      }
      const why = reach.refuse?.(seen)
      return why === undefined ? seen : { kind: 'not-a-file', what: why }
    }
    const next = followed(reach, place, seen.link)
    if ('refused' in next) return { kind: 'not-a-file', what: next.refused, ...next.leads }
    place = next.to
  }
  return { kind: 'not-a-file', what: 'a loop of symbolic links' }
}

const nowhere: FileState = { kind: 'not-a-file', what: 'a symbolic link that leads nowhere' }

function followed(reach: Reach, path: string, link: Owner & { readonly text: string }): Followed {
  const { uid, gid, text } = link
  const target = join(text.startsWith('/') ? '' : dirname(path), text)
  return reach.follow?.to({ path, target, uid, gid }) ?? { to: target }
}

/** One file, through no link; undefined for a link. */
export function readPlainly(entry: string, limit: number): FileState | undefined {
  const seen = readHere({ entry }, limit, true)
  return 'link' in seen ? undefined : seen
}

type Seen = FileState | { readonly link: Owner & { readonly text: string } }

/** @param asks before a link is followed */
function readHere({ entry }: Pick<Spot, 'entry'>, limit: number, asks: boolean): Seen {
  // Asked before opening: opening a device can do things, and a FIFO would wait for a writer.
  const before = lookUp(entry, asks)
  if (before === 'absent') return { kind: 'absent' }
  if (before === 'leads nowhere') return nowhere
  if (before.isSymbolicLink()) {
    return { link: { text: readlinkSync(entry), uid: before.uid, gid: before.gid } }
  }
  if (!before.isFile()) {
    const { uid, gid, mode } = before
    const owner = { uid, gid }
    return { kind: 'not-a-file', what: nameOf(before), mode: mode & permissionBits, owner }
  }
  const file = openSync(
    entry,
    constants.O_RDONLY |
      (constants.O_NONBLOCK ?? 0) |
      (constants.O_NOCTTY ?? 0) |
      (asks ? (constants.O_NOFOLLOW ?? 0) : 0),
  )
  try {
    return readOpened(file, limit)
  } finally {
    closeSync(file)
  }
}

/** What is behind the links of a path; one question where there is nothing, and no error to make. */
function lookUp(path: string, asks: boolean): Stats | 'absent' | 'leads nowhere' {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  if (entry === undefined) return 'absent'
  if (asks || !entry.isSymbolicLink()) return entry
  try {
    return statSync(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return 'leads nowhere'
    throw error
  }
}

/** What is read into it is copied out before anything else can run. */
const part = Buffer.alloc(65_536)

function readOpened(file: number, limit: number): FileState {
  const found = fstatSync(file)
  if (!found.isFile()) return { kind: 'not-a-file', what: nameOf(found) }
  if (found.size > limit) return { kind: 'too-large', size: found.size, limit }
  // Read to the end, not to the size: a file may grow, and files under /proc say 0.
  const parts: Buffer[] = []
  let size = 0
  for (;;) {
    const bytesRead = readSync(file, part, 0, Math.min(part.length, limit - size + 1), null)
    if (bytesRead === 0) break
    size += bytesRead
    if (size > limit) return { kind: 'too-large', size, limit }
    parts.push(Buffer.from(part.subarray(0, bytesRead)))
  }
  return {
    kind: 'file',
    bytes: new Uint8Array(Buffer.concat(parts)),
    mode: found.mode & permissionBits,
    uid: found.uid,
    gid: found.gid,
  }
}

function reasonOf(code: string): string {
  return code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code
}

function nameOf(entry: {
  isDirectory(): boolean
  isFIFO(): boolean
  isSocket(): boolean
  isCharacterDevice(): boolean
  isBlockDevice(): boolean
}): string {
  if (entry.isDirectory()) return 'a directory'
  if (entry.isFIFO()) return 'a named pipe'
  if (entry.isSocket()) return 'a socket'
  if (entry.isCharacterDevice() || entry.isBlockDevice()) return 'a device'
  return 'not a regular file'
}

type FolderState = 'writable' | 'read-only' | 'absent' | 'not-a-directory'

function directory(reach: Reach, path: string): FolderState {
  try {
    return reach.within(path, ({ entry, rights }) => {
      const found = statSync(entry)
      if (!found.isDirectory()) return 'not-a-directory'
      return mayWrite(entry, found, rights) ? 'writable' : 'read-only'
    })
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOTDIR' || code === 'ELOOP') return 'not-a-directory'
    if (code === 'EACCES') return 'read-only'
    if (code !== 'ENOENT') throw error
    return isSymbolicLink(reach, path) ? 'not-a-directory' : 'absent'
  }
}

/** Of what was not found a moment ago: anything else that is there now has just been made. */
function isSymbolicLink(reach: Reach, path: string): boolean {
  try {
    return reach.at(path, 'look', ({ entry }) => lstatSync(entry).isSymbolicLink())
  } catch {
    return false
  }
}

/** access(2) asks for the real user, who is root still where we act with another's rights. */
function mayWrite(entry: string, found: Stats, rights: Rights | undefined): boolean {
  if (rights !== undefined) {
    const { uid, gid, groups } = rights
    const isMember = found.gid === gid || groups.includes(found.gid)
    const shift = found.uid === uid ? 6 : isMember ? 3 : 0
    return ((found.mode >> shift) & 0o3) === 0o3
  }
  try {
    accessSync(entry, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

function list(reach: Reach, path: string): readonly string[] {
  try {
    return reach.within(path, ({ entry }) => readdirSync(entry).sort())
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    // Where the folder could not even be opened, it is its list that was wanted.
    if (error instanceof Error && 'syscall' in error) error.syscall = 'scandir'
    throw error
  }
}

function resolveIn(reach: Reach, path: string): string {
  if (reach.follow === undefined) return resolveAnywhere(path)
  let place = reach.follow.real(path)
  for (let count = 0; count <= mostLinks; count += 1) {
    const link = linkAt(reach, place)
    if (link === undefined) return reach.follow.real(place)
    const next = followed(reach, place, link)
    if ('refused' in next) break
    place = next.to
  }
  throw Object.assign(new Error(`ELOOP: ${path}`), { code: 'ELOOP', syscall: 'open', path })
}

function linkAt(reach: Reach, path: string): (Owner & { readonly text: string }) | undefined {
  try {
    return reach.at(path, 'look', ({ entry }) => {
      const found = lstatSync(entry, { throwIfNoEntry: false })
      if (found?.isSymbolicLink() !== true) return undefined
      return { text: readlinkSync(entry), uid: found.uid, gid: found.gid }
    })
  } catch (error) {
    // A folder above it is not there yet.
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined
    throw error
  }
}

function resolveAnywhere(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    const isMissing = ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')
    if (!isMissing || dirname(path) === path) throw error
    return join(resolveAnywhere(dirname(path)), basename(path))
  }
}

function makeDirectory({ entry, folder, rights }: Spot, mode: number, owner?: Owner): void {
  try {
    mkdirSync(entry, mode & 0o700)
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && lstatSync(entry).isDirectory()) return
    throw error
  }
  // Through a handle that follows no link: whoever owns the parent folder could swap the name.
  const made = openSync(
    entry,
    constants.O_RDONLY | constants.O_DIRECTORY | (constants.O_NOFOLLOW ?? 0),
  )
  try {
    settle(made, mode, ownerFor(rights, owner))
  } finally {
    closeSync(made)
  }
  syncDirectory(folder)
}

function create(
  { entry, folder, rights }: Spot,
  bytes: Uint8Array,
  mode: number,
  owner: Owner | undefined,
): void {
  const file = openSync(
    entry,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0),
    mode & 0o600,
  )
  try {
    settle(file, mode, ownerFor(rights, owner))
    writeFileSync(file, bytes)
    fsyncSync(file)
  } catch (error) {
    closeSync(file)
    // What could not be written whole is not left behind; the first error is the one that counts.
    unless(anyCode, () => unlinkSync(entry))
    throw error
  }
  closeSync(file)
  syncDirectory(folder)
}

/** Nobody can give a file away: what a user's rights make is his, of a group that he is in. */
function ownerFor(rights: Rights | undefined, owner: Owner | undefined): Owner | undefined {
  if (rights === undefined || owner === undefined) return owner
  const isMember = owner.gid === rights.gid || rights.groups.includes(owner.gid)
  return { uid: rights.uid, gid: isMember ? owner.gid : rights.gid }
}

/** Owner first, then the mode: the new owner's rights never reach the old group, whatever the umask. */
function settle(file: number, mode: number, owner: Owner | undefined): void {
  // No file of ours is setuid, setgid or sticky.
  const access = mode & 0o777
  const made = fstatSync(file)
  if (owner !== undefined && (made.uid !== owner.uid || made.gid !== owner.gid)) {
    fchownSync(file, owner.uid, owner.gid)
  }
  if ((made.mode & permissionBits) !== access) fchmodSync(file, access)
}

/** File systems that cannot sync a directory (some network ones, and Windows) say so; there is nothing to do about it. */
function syncDirectory(path: string): void {
  unless(['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM', 'EACCES', 'ENOENT', 'ENOTDIR'], () => {
    const directoryHandle = openSync(path, constants.O_RDONLY)
    try {
      fsyncSync(directoryHandle)
    } finally {
      closeSync(directoryHandle)
    }
  })
}

const anyCode = 'any'

function unless(codes: readonly string[] | typeof anyCode, action: () => void): void {
  try {
    action()
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined || (codes !== anyCode && !codes.includes(code))) throw error
  }
}

async function unlessLater(codes: readonly string[], action: Promise<void>): Promise<void> {
  try {
    await action
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined || !codes.includes(code)) throw error
  }
}

/** The system's errors name what people know, not the handle that we went by. */
function named<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof Error && 'path' in error && String(error.path).startsWith('/proc/self/fd'))
      Object.assign(error, { path })
    throw error
  }
}
