import type { Container } from '../controls/facts.ts'
import { removeVariable, setVariable } from '../install/env-file/edit.ts'
import { parseEnvFile } from '../install/env-file/parse.ts'
import type { EnvCopy } from './env-copies.ts'

/** Names in containers that differ from those in `.env`. */
export const renamedVariables: readonly (readonly [
  service: string,
  name: string,
  variable: string,
])[] = [
  ['postgres_db', 'POSTGRES_USER', 'TRACECAT__POSTGRES_USER'],
  ['postgres_db', 'POSTGRES_PASSWORD', 'TRACECAT__POSTGRES_PASSWORD'],
  ['temporal_postgres_db', 'POSTGRES_USER', 'TEMPORAL__POSTGRES_USER'],
  ['temporal_postgres_db', 'POSTGRES_PASSWORD', 'TEMPORAL__POSTGRES_PASSWORD'],
  ['redis', 'REDISCLI_AUTH', 'REDIS_PASSWORD'],
  ['caddy', 'BASE_DOMAIN', 'BASE_DOMAIN'],
]

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
  for (const name of [
    'REDIS_PASSWORD',
    'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING',
    'TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED',
  ]) {
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

function valuesOfContainers(containers: readonly Container[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const { service, environment } of containers) {
    for (const [from, name, variable] of renamedVariables) {
      const value = service === from ? environment.get(name) : undefined
      if (value !== undefined) values.set(variable, value)
    }
    if (service.includes('postgres') || service === 'redis' || service === 'temporal') continue
    for (const [name, value] of environment) {
      if (!ofContainers.has(name) && !values.has(name)) values.set(name, value)
    }
  }
  return values
}
