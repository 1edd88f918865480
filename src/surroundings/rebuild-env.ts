import type { Container } from '../controls/facts.ts'
import { removeVariable, setVariable } from '../install/env-file/edit.ts'
import { parseEnvFile } from '../install/env-file/parse.ts'
import { catalogue, renamedVariables, secretIds } from '../secrets/catalogue.ts'
import type { EnvCopy } from './env-copies.ts'

/** Not passed under these names by any stock Compose file: they belong to the container alone. */
const ofContainers = new Set([
  'PATH',
  'HOME',
  'HOSTNAME',
  'LANG',
  'PYTHONPATH',
  'TRACECAT__APP_ENV',
  'TRACECAT__SERVICE_NAME',
])

export interface Rebuilt {
  readonly text: string
  /** For people. */
  readonly from: string
}

/**
 * Makes a lost `.env` anew: from our own copy or a backup, else from the example with what the
 * containers run with. What containers run with wins where both know a variable.
 * @param example the release's example, or our own template
 * @returns undefined where there is neither a copy nor a container
 */
export function rebuildEnv(
  file: string,
  example: string,
  copies: readonly EnvCopy[],
  containers: readonly Container[],
): Rebuilt | undefined {
  const [copy] = copies
  if (copy === undefined && containers.length === 0) return undefined
  const running = valuesOfContainers(containers)
  let env = parseEnvFile(copy?.text ?? example, file)
  for (const { name, raw } of env.assignments) {
    const value = running.get(name)
    // An expression such as a URI follows the variables that it is made of.
    if (value === undefined || raw.includes('${') || /[\r\n]/.test(value)) continue
    env = setVariable(env, name, { kind: 'literal', value })
  }
  for (const name of notInExample) {
    const value = running.get(name)
    if (value === undefined || value === '' || env.assignments.some((one) => one.name === name))
      continue
    env = setVariable(removeVariable(env, name), name, { kind: 'literal', value })
  }
  const sources = [copy?.from, containers.length > 0 ? 'the running containers' : undefined].filter(
    (one) => one !== undefined,
  )
  return { text: env.text, from: sources.join(' and ') }
}

/** What `init` adds below the variables that every example has. */
const notInExample = [
  ...secretIds.flatMap((id) =>
    ['for its start', 'if wanted'].includes(catalogue[id].made) ? [catalogue[id].variables[0]] : [],
  ),
  'TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED',
]

function valuesOfContainers(containers: readonly Container[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const { service, environment } of containers) {
    const renamed = renamedVariables.filter((one) => one.service === service)
    for (const { name, variable } of renamed) {
      const value = environment.get(name)
      if (value !== undefined) values.set(variable, value)
    }
    // Its other variables are its image's, whatever they are called.
    if (renamed.length > 0) continue
    const domain = service === 'caddy' ? environment.get('BASE_DOMAIN') : undefined
    if (domain !== undefined) values.set('BASE_DOMAIN', domain)
    for (const [name, value] of environment) {
      if (!ofContainers.has(name) && !values.has(name)) values.set(name, value)
    }
  }
  return values
}
