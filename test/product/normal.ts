import { parse } from 'yaml'
import { parseEnvFile } from '../../src/install/env-file/parse.ts'
import { hashOf } from '../../src/plan/record.ts'
import { isSecretName } from '../../src/secrets/names.ts'
import { snapshot, textOf, valuesOf } from './run.ts'

/**
 * The files of an install in which every secret is replaced by its variable's name, so that two
 * installs with other secrets can be compared byte by byte. Fingerprints have salt and are left out;
 * answers are compared as data, since a file that was there keeps its own look.
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
  const files = [...snapshot(directory)].filter(
    ([path]) => path !== '.tracecat-harden/fingerprints.json',
  )
  return Object.fromEntries(
    files.map(([path, text]) => [
      path,
      path === 'tracecat-harden.yaml'
        ? parse(text.slice(text.indexOf('\n')))
        : [...secrets, ...hashes].reduce(
            (all, [name, value]) => all.replaceAll(value, `<${name}>`),
            text,
          ),
    ]),
  )
}
