import { basename, dirname, isAbsolute, join, normalize } from 'node:path'
import { Failure } from '../failure.ts'
import type { FileState } from '../world/files.ts'
import type { World } from '../world/world.ts'
import { largestFile, sha256 } from './state-folder.ts'
import type { FileChange } from './step.ts'

/** A change and the place on disk where it happens. */
export interface Target {
  readonly change: FileChange
  /** Absolute, behind symbolic links: what is renamed over. */
  readonly path: string
  readonly found: Extract<FileState, { kind: 'file' } | { kind: 'absent' }>
}

/**
 * Finds where the changes go, and leaves out those that change nothing. Throws a Failure where a file
 * is not what the plan was made from, or cannot be written; nothing is touched.
 */
export async function findTargets(
  world: World,
  root: string,
  changes: readonly FileChange[],
): Promise<readonly Target[]> {
  const seen = new Map<string, string>()
  const targets: Target[] = []
  for (const change of changes) {
    const target = await findTarget(world, root, change)
    const twin = seen.get(target.path)
    if (twin !== undefined) {
      throw new Failure('badInput', `${twin} and ${change.path} are one file`, {
        where: { file: change.path },
        remedy: 'Replace the symbolic link by a file of its own and run again.',
      })
    }
    seen.set(target.path, change.path)
    if (changesSomething(target)) targets.push(target)
  }
  for (const target of targets) await missingFolders(world, target)
  return targets
}

async function findTarget(world: World, root: string, change: FileChange): Promise<Target> {
  const { path } = change
  if (isAbsolute(path) || normalize(path) !== path || path.startsWith('..') || path.endsWith('/')) {
    throw new Error(`Not a path of a file inside an install: ${path}`)
  }
  const lexical = join(root, path)
  const found = await world.files.read(lexical, largestFile)
  const where = { file: path }
  if (found.kind === 'not-a-file') {
    throw new Failure('badInput', `${path} is ${found.what}, not a file`, { where })
  }
  if (found.kind === 'too-large') {
    throw new Failure('badInput', `${path} is too large: ${found.size} bytes`, { where })
  }
  if (found.kind === 'unreadable') {
    throw new Failure('surroundings', `${path} cannot be read: ${found.reason}`, { where })
  }
  if (hashOf(found) !== change.before) {
    throw new Failure(
      'surroundings',
      `${path} was changed by someone else since the plan was made`,
      {
        where,
        remedy: 'Nothing was changed. Run again: the new plan is made from what is there now.',
      },
    )
  }
  // A link is written through; but where the plan says "gone", the link goes and its file stays.
  const real =
    change.after === undefined
      ? join(await world.files.resolve(dirname(lexical)), basename(lexical))
      : await world.files.resolve(lexical)
  return { change, path: real, found }
}

/** SHA-256 of what was found, in the form of `FileChange.before`. */
export function hashOf(found: Target['found']): string {
  return found.kind === 'file' ? sha256(found.bytes) : 'absent'
}

function changesSomething({ change, found }: Target): boolean {
  if (change.after === undefined) return found.kind === 'file'
  return (
    found.kind === 'absent' || found.mode !== change.mode || sha256(change.after) !== hashOf(found)
  )
}

/** Folders above the target that do not exist, outer ones first. Throws a Failure where we may not write. */
export async function missingFolders(world: World, target: Target): Promise<readonly string[]> {
  const missing: string[] = []
  for (let folder = dirname(target.path); ; folder = dirname(folder)) {
    const state = await world.files.directory(folder)
    if (state === 'writable') return missing
    if (state === 'absent' && dirname(folder) !== folder) {
      missing.unshift(folder)
      continue
    }
    const where = { file: target.change.path }
    if (state === 'read-only') {
      throw new Failure('surroundings', `No right to write in the folder ${folder}`, {
        where,
        remedy: 'Nothing was changed. Run as the owner of that folder, or with sudo.',
      })
    }
    throw new Failure('badInput', `${folder} is in the way: it is not a folder`, { where })
  }
}
