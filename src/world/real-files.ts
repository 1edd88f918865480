import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs'
import {
  access,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rmdir,
  stat,
  unlink,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { FileState, Files, Owner } from './files.ts'
import { errorCode } from './system-error.ts'

const permissionBits = 0o7777

/** The disk of this machine. */
export function realFiles(): Files {
  return {
    read,
    directory,
    list,
    resolve,
    makeDirectory,
    create,
    async link(from, to) {
      await link(from, to)
      await syncDirectory(dirname(to))
    },
    async rename(from, to) {
      await rename(from, to)
      await syncDirectory(dirname(to))
      if (dirname(from) !== dirname(to)) await syncDirectory(dirname(from))
    },
    async remove(path) {
      await unless(['ENOENT', 'ENOTDIR'], unlink(path))
      await syncDirectory(dirname(path))
    },
    async removeDirectory(path) {
      await unless(['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'], rmdir(path))
      await syncDirectory(dirname(path))
    },
  }
}

/**
 * Without turns through Node's thread pool, which take longer than to read a small file that the system
 * has in its memory: an audit of a thousand installs asks for some twenty files in each.
 */
async function read(path: string, limit: number): Promise<FileState> {
  try {
    // Asked before opening: opening a device can do things, and a FIFO would wait for a writer.
    const before = lookUp(path)
    if (before === 'absent') return { kind: 'absent' }
    if (before === 'leads nowhere')
      return { kind: 'not-a-file', what: 'a symbolic link that leads nowhere' }
    if (!before.isFile())
      return { kind: 'not-a-file', what: nameOf(before), mode: before.mode & permissionBits }
    const file = openSync(
      path,
      constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0),
    )
    try {
      return readOpened(file, limit)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined) throw error
    if (code === 'ELOOP') return { kind: 'not-a-file', what: 'a loop of symbolic links' }
    // ENOENT: removed since it was looked up.
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' }
    return { kind: 'unreadable', reason: reasonOf(code) }
  }
}

/** What is behind the links of a path; one question where there is nothing, and no error to make. */
function lookUp(path: string): Stats | 'absent' | 'leads nowhere' {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  if (entry === undefined) return 'absent'
  if (!entry.isSymbolicLink()) return entry
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

/** Of what was not found a moment ago: anything else that is there now has just been made. */
async function isSymbolicLink(path: string): Promise<boolean> {
  return await lstat(path).then(
    (entry) => entry.isSymbolicLink(),
    () => false,
  )
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

async function directory(
  path: string,
): Promise<'writable' | 'read-only' | 'absent' | 'not-a-directory'> {
  try {
    if (!(await stat(path)).isDirectory()) return 'not-a-directory'
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOTDIR' || code === 'ELOOP') return 'not-a-directory'
    if (code === 'EACCES') return 'read-only'
    if (code !== 'ENOENT') throw error
    return (await isSymbolicLink(path)) ? 'not-a-directory' : 'absent'
  }
  const writable = await access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
  return writable ? 'writable' : 'read-only'
}

async function list(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(path)).sort()
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

async function resolve(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    const isMissing = ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')
    if (!isMissing || dirname(path) === path) throw error
    return join(await resolve(dirname(path)), basename(path))
  }
}

async function makeDirectory(path: string, mode: number, owner?: Owner): Promise<void> {
  if (dirname(path) !== path && (await directory(dirname(path))) === 'absent') {
    await makeDirectory(dirname(path), mode, owner)
  }
  try {
    await mkdir(path, mode & 0o700)
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await stat(path)).isDirectory()) return
    throw error
  }
  // Through a handle that follows no link: whoever owns the parent folder could swap the name.
  const made = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    await settle(made, mode, owner)
  } finally {
    await made.close()
  }
  await syncDirectory(dirname(path))
}

async function create(path: string, bytes: Uint8Array, mode: number, owner?: Owner): Promise<void> {
  const file = await open(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0),
    mode & 0o600,
  )
  try {
    await settle(file, mode, owner)
    await file.writeFile(bytes)
    await file.sync()
  } catch (error) {
    await file.close()
    // What could not be written whole is not left behind; the first error is the one that counts.
    await unlink(path).catch(() => undefined)
    throw error
  }
  await file.close()
  await syncDirectory(dirname(path))
}

/** Owner first, then the mode: the new owner's rights never reach the old group, whatever the umask. */
async function settle(file: FileHandle, mode: number, owner: Owner | undefined): Promise<void> {
  // No file of ours is setuid, setgid or sticky.
  const rights = mode & 0o777
  const made = await file.stat()
  if (owner !== undefined && (made.uid !== owner.uid || made.gid !== owner.gid)) {
    await file.chown(owner.uid, owner.gid)
  }
  if ((made.mode & permissionBits) !== rights) await file.chmod(rights)
}

/** File systems that cannot sync a directory (some network ones, and Windows) say so; there is nothing to do about it. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const directoryHandle = await open(path, constants.O_RDONLY)
    try {
      await directoryHandle.sync()
    } finally {
      await directoryHandle.close()
    }
  } catch (error) {
    const code = errorCode(error)
    const cannot = ['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM', 'EACCES', 'ENOENT', 'ENOTDIR']
    if (code === undefined || !cannot.includes(code)) throw error
  }
}

async function unless(codes: readonly string[], action: Promise<void>): Promise<void> {
  try {
    await action
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined || !codes.includes(code)) throw error
  }
}
