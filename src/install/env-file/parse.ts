import { Failure } from '../../failure.ts'
import { InterpolationError, interpolate } from '../interpolate.ts'
import type { EnvAssignment, EnvFile } from './env-file.ts'
import { ScanError, scan } from './scan.ts'
import { decodeValue } from './value.ts'

/**
 * Reads the text of a `.env` in Compose's dialect; `file` is the name to show. Linear in time.
 *
 * @throws Failure `badInput` with file and line where Compose 2.40 rejects the file whatever the
 *   shell holds; what depends on the shell (`${NAME:?}`) is left to `fileValues`
 */
export function parseEnvFile(text: string, file: string): EnvFile {
  const assignments: EnvAssignment[] = []
  const env: EnvFile = { file, text, assignments }
  try {
    for (const assignment of scan(text)) {
      // Syntax does not depend on values: every default and message is evaluated anyway.
      references(env, assignment)
      assignments.push(assignment)
    }
    return env
  } catch (error) {
    if (error instanceof ScanError) throw rejected(error.message, file, error.line)
    throw error
  }
}

/**
 * The names that an assignment refers to, in the order of their use, defaults included.
 *
 * @throws Failure `badInput` where its value is no valid template
 */
export function references(env: EnvFile, assignment: EnvAssignment): readonly string[] {
  const value = decodeValue(assignment.raw)
  if (!value.interpolated || !value.text.includes('$')) return []
  const names = new Set<string>()
  interpolateAt(env, assignment, value.text, (name) => {
    names.add(name)
    return 'set'
  })
  return [...names]
}

/** `interpolate`, with its error turned into a Failure that names the assignment's place. */
export function interpolateAt(
  env: EnvFile,
  assignment: EnvAssignment,
  text: string,
  lookup: (name: string) => string | undefined,
): ReturnType<typeof interpolate> {
  try {
    return interpolate(text, lookup)
  } catch (error) {
    if (!(error instanceof InterpolationError)) throw error
    throw rejected(`in ${assignment.name}, ${error.message}`, env.file, assignment.line)
  }
}

function rejected(message: string, file: string, line: number): Failure {
  return new Failure('badInput', `Docker Compose rejects this file: ${message}`, {
    where: { file, line },
    remedy: `Correct line ${line} of ${file}; docker compose config tells when it is right.`,
  })
}
