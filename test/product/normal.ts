import { parse } from 'yaml'
import { parseEnvFile } from '../../src/install/env-file/parse.ts'
import { ownPaths } from '../../src/install/install.ts'
import { hashOf } from '../../src/plan/record.ts'
import { isSecretName } from '../../src/secrets/names.ts'
import { snapshot, textOf, valuesOf } from './run.ts'

/** In ISO 8601. */
const moment = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g

/**
 * The files of an install in which every secret is replaced by its variable's name, so that two
 * installs with other secrets can be compared byte by byte. Fingerprints have salt and are left out; of
 * the history of secrets only the moments are. Answers are compared as data, since a file that was there
 * keeps its own look.
 */
export function withoutChance(
  directory: string,
  envPath = '.env',
): Readonly<Record<string, unknown>> {
  const secrets = [...valuesOf(directory, envPath)].filter(
    ([name, value]) => value.length > 15 && (isSecretName(name) || name === 'MINIO_ROOT_USER'),
  )
  const hashes = parseEnvFile(textOf(directory, envPath), envPath)
    .assignments.filter(({ name }) => secrets.some(([secret]) => secret === name))
    .map(({ name, raw }) => [`hash of ${name}`, hashOf(raw)] as const)
  const files = [...snapshot(directory)].filter(([path]) => path !== ownPaths.fingerprints)
  return Object.fromEntries(
    files.map(([path, text]) => [
      path,
      path === 'tracecat-harden.yaml'
        ? parse(text.slice(text.indexOf('\n')))
        : [...secrets, ...hashes].reduce(
            (all, [name, value]) => all.replaceAll(value, `<${name}>`),
            path === ownPaths.history ? text.replaceAll(moment, '<moment>') : text,
          ),
    ]),
  )
}
