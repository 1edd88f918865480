import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  type Stats,
} from 'node:fs'
import { join } from 'node:path'

/** Linux: a handle that only names a folder, for which the right to search it is enough (open(2)). */
const pathOnly = 0o10_000_000

/**
 * Node has no openat(2). On Linux `/proc/self/fd/<handle>/<name>` is the same: the kernel goes to the open
 * folder itself, wherever it lies by now (proc(5)).
 */
const anchors = process.platform === 'linux' && existsSync('/proc/self/fd')

/**
 * A folder that stays the same one, whoever renames it or puts a link in its place. Elsewhere than on
 * Linux it is its path; there, root works only where nobody else can do that (docs/security.md).
 */
export interface Folder {
  /** Where it was found. */
  readonly path: string
  readonly handle: number | undefined
}

/** Can a folder be held, so that it does not matter who can move those above it? */
export const holdsFolders = anchors

/** What to call for an entry of the folder; for a name without `/`. */
export function entryOf(folder: Folder, name: string): string {
  return folder.handle === undefined
    ? join(folder.path, name)
    : `/proc/self/fd/${folder.handle}/${name}`
}

/** What to call for the folder itself. */
export function selfOf({ handle, path }: Folder): string {
  return handle === undefined ? path : `/proc/self/fd/${handle}/.`
}

/** The top of all paths. */
export function topFolder(): Folder {
  return { path: '/', handle: anchors ? open('/') : undefined }
}

/**
 * A folder in another one, never through a link.
 * @throws the system's error: ENOTDIR or ELOOP for a link, too
 */
export function openFolder(parent: Folder, name: string): Folder {
  const path = join(parent.path, name)
  if (anchors) return { path, handle: open(entryOf(parent, name)) }
  const found = lstatSync(path)
  if (found.isDirectory()) return { path, handle: undefined }
  throw Object.assign(new Error(`ENOTDIR: ${path}`), { code: 'ENOTDIR', syscall: 'open', path })
}

export function statFolder({ handle, path }: Folder): Stats {
  return handle === undefined ? lstatSync(path) : fstatSync(handle)
}

export function closeFolder({ handle }: Folder): void {
  if (handle !== undefined) closeSync(handle)
}

function open(path: string): number {
  return openSync(path, pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW)
}
