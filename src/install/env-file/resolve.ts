import { Failure } from '../../failure.ts'
import type { EnvAssignment, EnvFile } from './env-file.ts'
import { interpolateAt } from './parse.ts'
import { decodeValue } from './value.ts'

/** The environment that Compose is started with; undefined is the same as not there. */
export type Shell = Readonly<Record<string, string | undefined>>

/** The variables of the shell that are set. */
export function setIn(shell: Shell): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(shell).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** Characters of all values together. References can multiply a small file without end. */
const maximumTotal = 16 * 1024 * 1024

/**
 * What the file alone would give each name that it sets, as long as references see the shell: references
 * see what stands above them, of two assignments the last one wins, a bare name is there only if the shell
 * has it. Measured with Compose 2.40, which reads the file twice: the first time its `COMPOSE_` names are
 * added to the shell, so that those, and only those, are known above their definition.
 *
 * @throws Failure `badInput` with file and line for a required variable that is missing, or
 *   values that multiply beyond 16 Mi characters
 */
export function fileValues(env: EnvFile, shell: Shell): ReadonlyMap<string, string> {
  return readTwice(env, shell)
}

/**
 * What the file gives each name where no variable of this shell stands in for one that the file sets:
 * what Compose reads when it is started from elsewhere. Only other names, and a name's reference to
 * itself, still come from the shell.
 */
export function lastingValues(env: EnvFile, shell: Shell): ReadonlyMap<string, string> {
  const own = new Set(
    env.assignments.map(({ name }) => name).filter((name) => !name.startsWith('COMPOSE_')),
  )
  return readTwice(env, shell, own)
}

/** A variable of the shell; names such as `constructor` are not inherited from JavaScript. */
export function variable(shell: Shell, name: string): string | undefined {
  return Object.hasOwn(shell, name) ? shell[name] : undefined
}

function readTwice(env: EnvFile, shell: Shell, own?: ReadonlySet<string>): Map<string, string> {
  if (!env.assignments.some(({ name }) => name.startsWith('COMPOSE_'))) {
    return readOnce(env, shell, own)
  }
  const added = [...readOnce(env, shell)].filter(
    ([name]) => name.startsWith('COMPOSE_') && variable(shell, name) === undefined,
  )
  return new Map([...readOnce(env, { ...shell, ...Object.fromEntries(added) }, own), ...added])
}

function readOnce(
  env: EnvFile,
  shell: Shell,
  own: ReadonlySet<string> = new Set(),
): Map<string, string> {
  const values = new Map<string, string>()
  let total = 0
  for (const assignment of env.assignments) {
    const value = evaluate(env, assignment, shell, values, own)
    if (value === undefined) continue
    total += value.length
    if (total > maximumTotal) throw tooLarge(env, assignment)
    values.set(assignment.name, value)
  }
  return values
}

function evaluate(
  env: EnvFile,
  assignment: EnvAssignment,
  shell: Shell,
  above: ReadonlyMap<string, string>,
  own: ReadonlySet<string>,
): string | undefined {
  if (assignment.inherits) return variable(shell, assignment.name)
  const { interpolated, text } = decodeValue(assignment.raw)
  if (!interpolated || !text.includes('$')) return text
  const isOwn = (name: string) => own.has(name) && name !== assignment.name
  const lookup = (name: string) =>
    (isOwn(name) ? undefined : variable(shell, name)) ?? above.get(name)
  return interpolateAt(env, assignment, text, lookup).value
}

function tooLarge(env: EnvFile, assignment: EnvAssignment): Failure {
  return new Failure(
    'badInput',
    `the values of ${env.file} refer to each other until they are huge`,
    {
      where: { file: env.file, line: assignment.line },
      remedy: 'Remove the references that repeat each other.',
    },
  )
}
