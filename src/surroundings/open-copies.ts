import type { OpenCopyFact } from '../controls/facts.ts'
import { isEnvOrCopy } from '../install/env-name.ts'
import { readIfText } from '../live/read-files.ts'
import { isWhollySecretName } from '../secrets/names.ts'
import { isWellKnown } from '../secrets/well-known.ts'
import type { World } from '../world/world.ts'

/**
 * Copies of `.env` that every user of the host may read, with a secret in them that is no placeholder.
 * @param entries what lies in the folder
 * @param envPath the one that counts, which is judged by itself
 */
export async function openCopies(
  world: World,
  directory: string,
  entries: readonly string[],
  envPath: string,
): Promise<readonly OpenCopyFact[]> {
  const found: OpenCopyFact[] = []
  for (const path of entries.filter((name) => isEnvOrCopy(name) && name !== envPath)) {
    const file = await readIfText(world, directory, path)
    if (file === undefined || (file.mode & 0o004) === 0) continue
    const holds = secretsIn(file.text)
    if (holds.length > 0) found.push({ path, mode: file.mode, holds })
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
