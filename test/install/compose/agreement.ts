import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../../src/failure.ts'
import { composeFileNames } from '../../../src/install/compose/file-names.ts'
import type { ResolvedCompose, Service } from '../../../src/install/compose/model.ts'
import { resolveCompose } from '../../../src/install/compose/resolve.ts'
import { parseEnvFile } from '../../../src/install/env-file/parse.ts'
import { resolveEnvFile } from '../env-file/resolved.ts'
import { comparable, comparableService } from './comparable.ts'
import {
  type ComposeOptions,
  commandEnvironment,
  composeConfig,
  isRecord,
} from './compose-command.ts'

/** Reads a folder's Compose files and `.env` as the product does. */
export function resolveFolder(
  directory: string,
  shell: Readonly<Record<string, string>> = {},
): ResolvedCompose {
  const folder = realpathSync(directory)
  const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile())
  const texts = names.map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const)
  return resolveFiles(Object.fromEntries(texts), folder, commandEnvironment(shell))
}

/** The same for files that are on no disk. */
export function resolveFiles(
  texts: Readonly<Record<string, string>>,
  projectDirectory: string,
  environment: Readonly<Record<string, string>>,
): ResolvedCompose {
  const dotEnv = resolveEnvFile(parseEnvFile(texts['.env'] ?? '', '.env'), environment)
  const shell = new Map(Object.entries(environment))
  const { files } = composeFileNames(dotEnv, shell, Object.keys(texts))
  return resolveCompose(
    files.map((file) => ({ file, text: texts[file] ?? '' })),
    new Map([...dotEnv, ...shell]),
    { projectDirectory },
  )
}

/**
 * What our model of a folder says differently from `docker compose config`, one line each; empty
 * where both agree, or both refuse.
 */
export function compareWithCompose(
  directory: string,
  options: ComposeOptions = {},
): readonly string[] {
  const answer = composeConfig(directory, options)
  const ours = attempt(() => resolveFolder(directory, options.shell))
  if (!answer.ok)
    return ours instanceof Failure ? [] : [`Compose refuses, we accept: ${answer.message}`]
  if (ours instanceof Failure) return [`we refuse, Compose accepts: ${ours.message}`]
  return differences(ours, answer.config)
}

function attempt<T>(make: () => T): T | Failure {
  try {
    return make()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/** The same for a resolved model and a parsed answer of `docker compose config`. */
export function differences(
  ours: ResolvedCompose,
  config: Record<string, unknown>,
): readonly string[] {
  const { model } = ours
  const found: string[] = []
  const compare = (path: string, our: unknown, their: unknown): void => {
    const [a, b] = [stable(our), stable(their)]
    if (a !== b) found.push(`${path}: we read ${a}, Compose ${b}`)
  }
  compare('name', model.projectName, config.name)
  const services = sectionOf(config, 'services')
  compare('services', [...model.services.keys()].sort(), Object.keys(services).sort())
  for (const [name, service] of model.services) {
    const theirs = services[name]
    if (!isRecord(theirs)) continue
    const expected = comparableService(theirs)
    for (const [field, value] of Object.entries(fieldsOf(service))) {
      compare(`services.${name}.${field}`, value, expected[field])
    }
    compare(`services.${name}`, comparable(service.raw), comparable(theirs))
  }
  for (const key of ['volumes', 'networks', 'configs'] as const) {
    // Compose prints those alone that a service uses
    for (const [name, value] of Object.entries(sectionOf(config, key))) {
      compare(`${key}.${name}`, comparable(model[key].get(name)), comparable(value))
    }
  }
  return found
}

function sectionOf(config: Record<string, unknown>, key: string): Record<string, unknown> {
  const section = config[key]
  return isRecord(section) ? section : {}
}

/** A service's own fields; order counts only where it means something. */
function fieldsOf(service: Service): Record<string, unknown> {
  const { name: _name, raw: _raw, ...fields } = service
  return {
    ...fields,
    environment: Object.fromEntries(service.environment),
    dependsOn: Object.fromEntries(service.dependsOn),
    networks: [...service.networks].sort(),
    extraHosts: [...service.extraHosts].sort(),
    logging: comparable(service.logging),
  }
}

/** JSON with sorted keys; undefined and what is not there are the same. */
function stable(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, inside: unknown) =>
    isRecord(inside)
      ? Object.fromEntries(Object.entries(inside).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inside,
  )
}
