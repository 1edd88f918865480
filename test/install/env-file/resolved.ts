import type { EnvFile } from '../../../src/install/env-file/env-file.ts'
import { fileValues, type Shell, variable } from '../../../src/install/env-file/resolve.ts'

/**
 * The value of every name that the file sets, as `docker compose config --environment` prints it: the shell
 * beats what the file gives.
 */
export function resolveEnvFile(env: EnvFile, shell: Shell): ReadonlyMap<string, string> {
  const values = [...fileValues(env, shell)]
  return new Map(values.map(([name, value]) => [name, variable(shell, name) ?? value]))
}
