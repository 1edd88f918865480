import type { Container, Fact } from '../controls/facts.ts'
import { parseEnvFile } from '../install/env-file/parse.ts'
import { lastingValues } from '../install/env-file/resolve.ts'
import type { Recovered } from '../plan/choose-secrets.ts'
import {
  catalogue,
  openUsers,
  renamedVariables,
  secretIds,
  secretUsers,
  variablesOf,
} from '../secrets/catalogue.ts'
import { isSecretName } from '../secrets/names.ts'
import { Secret } from '../secrets/secret.ts'
import { isWellKnown } from '../secrets/well-known.ts'
import { parseConnectionUri } from '../servers/uri.ts'
import type { EnvCopy } from './env-copies.ts'

/**
 * Secrets that may be gone from `.env`: what the stack runs with comes first, then what we wrote last,
 * then the newest backup. Defaults that everybody knows don't count.
 */
export function findRecovered(
  containers: Fact<readonly Container[]>,
  copies: readonly EnvCopy[],
): ReadonlyMap<string, Recovered> {
  const found = new Map<string, Recovered>()
  const heldDefaults = new Set<string>()
  const add = (
    name: string,
    value: string | undefined,
    where: Pick<Recovered, 'from' | 'source' | 'beside'>,
  ) => {
    if (value === undefined || value === '' || found.has(name) || heldDefaults.has(name)) return
    if (!isWellKnown(value) || openUsers.has(name))
      found.set(name, { ...where, value: new Secret(value) })
    else if (where.source === 'container' && serverHolds.has(name)) heldDefaults.add(name)
  }
  for (const container of containers.known ? containers.value : []) {
    const where = {
      from: `the container of service ${container.service}`,
      source: 'container',
      beside: container.environment,
    } as const
    for (const { service, name, variable } of renamedVariables) {
      if (container.service === service) add(variable, container.environment.get(name), where)
    }
    for (const [name, value] of container.environment) {
      if (isRecoverable(name)) add(name, value, where)
    }
    for (const { uri, variables } of Object.values(catalogue)) {
      if (uri?.isFirst !== true) continue
      const found = parseConnectionUri(container.environment.get(uri.variable) ?? '')
      if (found !== undefined) add(variables[0], found.password, where)
    }
  }
  for (const copy of copies) {
    const values = valuesOf(copy)
    const where = { from: copy.from, source: copy.source, beside: values }
    for (const [name, value] of values) {
      if (isRecoverable(name)) add(name, value, where)
    }
  }
  return found
}

/** A running server that holds a default of these holds no value from a copy. */
const serverHolds = new Set(
  secretIds.filter((id) => catalogue[id].made === 'for its data').flatMap(variablesOf),
)

/** Secrets, and the user names that belong to them; URIs are put together from these. */
function isRecoverable(name: string): boolean {
  if (name.endsWith('_URI') || name.endsWith('_URL')) return false
  return isSecretName(name) || secretUsers.has(name) || openUsers.has(name)
}

function valuesOf(copy: EnvCopy): ReadonlyMap<string, string> {
  try {
    return lastingValues(parseEnvFile(copy.text, copy.from), {})
  } catch {
    // A copy that cannot be read holds nothing for us; the file itself is judged elsewhere.
    return new Map()
  }
}
