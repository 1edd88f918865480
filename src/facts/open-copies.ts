import { join } from 'node:path'
import type { OpenCopyFact } from '../controls/facts.ts'
import { isWhollySecretName } from '../secrets/names.ts'
import { isWellKnown } from '../secrets/well-known.ts'
import type { World } from '../world/world.ts'

/** No `.env` that people write is larger. */
const largest = 512 * 1024

/** What people and editors call a copy: `.env.bak`, `.env~`. What is meant to be shown holds placeholders. */
const copy = /^\.env[.~_-]/

/**
 * Copies of `.env` that every user of the host may read, with a secret in them that is no placeholder.
 * @param entries what lies in the folder
 * @param known files that are judged elsewhere: `.env` itself
 */
export async function openCopies(
  world: World,
  directory: string,
  entries: readonly string[],
  known: readonly string[],
): Promise<readonly OpenCopyFact[]> {
  const found: OpenCopyFact[] = []
  for (const path of entries) {
    if (!copy.test(path) || known.includes(path)) continue
    const state = await world.files.read(join(directory, path), largest)
    if (state.kind !== 'file' || (state.mode & 0o004) === 0) continue
    const holds = secretsIn(new TextDecoder().decode(state.bytes))
    if (holds.length > 0) found.push({ path, mode: state.mode & 0o7777, holds })
  }
  return found
}

/** Line by line, since a copy may be broken: names of secrets with a value that not everybody knows. */
function secretsIn(text: string): readonly string[] {
  const names = text.split(/\r?\n/).flatMap((line) => {
    const [, name = '', value = ''] = /^\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    const bare = value.replace(/^(["'])(.*)\1$/, '$2')
    const isReference = /^\$\{?\w+\}?$/.test(bare)
    const isSecret = isWhollySecretName(name) && bare !== '' && !isReference && !isWellKnown(bare)
    return isSecret ? [name] : []
  })
  return [...new Set(names)]
}
