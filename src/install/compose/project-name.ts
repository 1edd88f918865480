import { posix } from 'node:path'
import { type Tree, textAt } from './tree.ts'

export interface ProjectName {
  /** What Compose calls the project: the prefix of its volumes and networks. */
  readonly name: string
  /** Whether it was set somewhere; else it comes from the folder's name. */
  readonly isSet: boolean
}

/** Lower case letters, digits, `_` and `-`, with a letter or digit first. */
function normalized(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
}

/**
 * The project's name: as given, else COMPOSE_PROJECT_NAME, else `name:` of the last file that has
 * one, else the folder's name. Measured with Compose 2.40.
 *
 * @param substituted the roots of the files in order; `name:` already substituted
 */
export function projectNameOf(
  given: string | undefined,
  env: ReadonlyMap<string, string>,
  substituted: readonly Tree[],
  projectDirectory: string,
): ProjectName {
  const fromFiles = substituted
    .map((root) => textAt(root, 'name'))
    .findLast((name) => name !== undefined)
  const set = [given, env.get('COMPOSE_PROJECT_NAME'), normalized(fromFiles ?? '')]
  const name = set.find((candidate) => candidate !== undefined && candidate !== '')
  if (name !== undefined) return { name, isSet: true }
  return { name: normalized(posix.basename(projectDirectory)), isSet: false }
}
