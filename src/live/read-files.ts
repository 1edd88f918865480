import { createHash } from 'node:crypto'
import { posix, resolve } from 'node:path'
import { attemptLater, Failure } from '../failure.ts'
import type { InstallFile } from '../install/install.ts'
import type { World } from '../world/world.ts'

/** No Compose file or `.env` that people write is larger; the YAML parser needs 1.3 s for 1 MB. */
const largest = 512 * 1024

/**
 * Reads one text file of the install; undefined where there is none.
 * @throws Failure('badInput') for a pipe, a directory, a file over 512 KiB, bytes that are not UTF-8;
 *   Failure('surroundings') where it may not be read
 */
export async function readInstallFile(
  world: World,
  directory: string,
  path: string,
): Promise<InstallFile | undefined> {
  const state = await world.files.read(absolute(directory, path), largest)
  const where = { where: { file: path } }
  switch (state.kind) {
    case 'absent':
      return undefined
    case 'not-a-file':
      throw new Failure('badInput', `${path} is ${state.what}, not a file.`, {
        ...where,
        remedy:
          state.target === undefined
            ? 'Move it away, or name another folder.'
            : `Put the file itself in its place. If that link is yours, name what it leads to: TRACECAT_HARDEN_LINKS=${state.target}`,
      })
    case 'too-large':
      throw new Failure(
        'badInput',
        `${path} has ${state.size} bytes; more than ${state.limit} are not read.`,
        {
          ...where,
          remedy: 'Files that people write are smaller: put the right one in its place.',
        },
      )
    case 'unreadable':
      throw new Failure('surroundings', `${path} cannot be read: ${state.reason}.`, {
        ...where,
        remedy:
          'Run as who may read it. With sudo, the files of an install are read as who owns its folder: give it to that user.',
      })
    case 'file':
      return {
        path,
        text: decode(state.bytes, path),
        hash: sha256(state.bytes),
        mode: state.mode & 0o7777,
      }
  }
}

/** Reads several; those that are not there are left out. */
/** The same; undefined, too, for what is no text or may not be read. */
export function readIfText(
  world: World,
  directory: string,
  path: string,
): Promise<InstallFile | undefined> {
  return attemptLater(
    () => readInstallFile(world, directory, path),
    () => undefined,
  )
}

export async function readInstallFiles(
  world: World,
  directory: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, InstallFile>> {
  const found = new Map<string, InstallFile>()
  for (const path of paths) {
    const file = await readInstallFile(world, directory, path)
    if (file !== undefined) found.set(path, file)
  }
  return found
}

export function absolute(directory: string, path: string): string {
  return resolve(directory, path)
}

/** A path as the install sees it: relative with `/` where it lies inside. */
export function relativeTo(directory: string, path: string): string {
  const full = resolve(directory, path)
  return full.startsWith(`${directory}/`) ? posix.normalize(full.slice(directory.length + 1)) : full
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function decode(bytes: Uint8Array, path: string): string {
  const text = decodeUtf8(bytes)
  if (text === undefined || text.includes('\u0000')) {
    throw new Failure('badInput', `${path} is not a text file.`, {
      where: { file: path },
      remedy: 'It must be UTF-8 text: put the right file in its place, or convert this one.',
    })
  }
  return text
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    // A byte order mark is part of the file and comes back as it was.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
