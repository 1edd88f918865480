import type { ContainerFact, Fact } from '../controls/facts.ts'
import { parseConnectionUri } from '../controls/uri.ts'
import { parseEnvFile } from '../install/env-file/parse.ts'
import { lastingValues } from '../install/env-file/resolve.ts'
import type { Recovered } from '../plan/choose-secrets.ts'
import { isSecretName } from '../secrets/names.ts'
import { Secret } from '../secrets/secret.ts'
import { isWellKnown } from '../secrets/well-known.ts'
import { renamedVariables } from './rebuild-env.ts'

/** A copy of `.env`: what we wrote last, or a backup. */
export interface EnvCopy {
  /** For people. */
  readonly from: string
  readonly text: string
}

/**
 * Secrets that may be gone from `.env`: what the stack runs with comes first, then what we wrote last,
 * then the newest backup. Defaults that everybody knows don't count.
 */
export function findRecovered(
  containers: Fact<readonly ContainerFact[]>,
  copies: readonly EnvCopy[],
): ReadonlyMap<string, Recovered> {
  const found = new Map<string, Recovered>()
  const add = (name: string, value: string | undefined, from: string) => {
    if (value === undefined || value === '' || isWellKnown(value) || found.has(name)) return
    found.set(name, { value: new Secret(value), from })
  }
  for (const container of containers.known ? containers.value : []) {
    const from = `the container of service ${container.service}`
    for (const [service, name, variable] of renamedVariables) {
      if (container.service === service) add(variable, container.environment.get(name), from)
    }
    for (const [name, value] of container.environment) {
      if (isRecoverable(name)) add(name, value, from)
    }
    const redisUrl = parseConnectionUri(container.environment.get('REDIS_URL') ?? '')
    if (redisUrl !== undefined) add('REDIS_PASSWORD', redisUrl.password, from)
  }
  for (const copy of copies) {
    for (const [name, value] of valuesOf(copy)) {
      if (isRecoverable(name)) add(name, value, copy.from)
    }
  }
  return found
}

/** Secrets, and the user names that belong to them; URIs are put together from these. */
function isRecoverable(name: string): boolean {
  if (name.endsWith('_URI') || name.endsWith('_URL')) return false
  return isSecretName(name) || name === 'MINIO_ROOT_USER' || name.endsWith('__POSTGRES_USER')
}

function valuesOf(copy: EnvCopy): ReadonlyMap<string, string> {
  try {
    return lastingValues(parseEnvFile(copy.text, copy.from), {})
  } catch {
    // A copy that cannot be read holds nothing for us; the file itself is judged elsewhere.
    return new Map()
  }
}
