import type { Where } from '../../failure.ts'
import type { EnvFile } from './env-file.ts'
import { references } from './parse.ts'
import { fileValues, type Shell, variable } from './resolve.ts'

/** A name that is assigned more than once: the last line wins. */
export interface RepeatedName {
  readonly name: string
  readonly places: readonly Where[]
}

/** The names that stand more than once, in the order of their first line. */
export function repeatedNames(env: EnvFile): readonly RepeatedName[] {
  const places = new Map<string, Where[]>()
  for (const { name, line } of env.assignments) {
    const where = { file: env.file, line }
    const known = places.get(name)
    if (known === undefined) places.set(name, [where])
    else known.push(where)
  }
  return [...places]
    .filter(([, lines]) => lines.length > 1)
    .map(([name, lines]) => ({ name, places: lines }))
}

/** A reference that Compose replaces before it knows the name that stands further down. */
export interface EarlyUse {
  readonly name: string
  /** The variable whose value refers to it. */
  readonly usedBy: string
  readonly where: Where
  readonly definition: Where
}

/**
 * References to names that the file defines only below; the shell may still have them. A name's
 * reference to itself (`PATH=$PATH:/opt`) means the shell's and is none of these, and `COMPOSE_`
 * names are known everywhere (see `fileValues`).
 */
export function earlyUses(env: EnvFile): readonly EarlyUse[] {
  const firstLines = new Map<string, number>()
  for (const { name, line } of [...env.assignments].reverse()) firstLines.set(name, line)
  const above = new Set<string>()
  const found: EarlyUse[] = []
  for (const assignment of env.assignments) {
    for (const name of references(env, assignment)) {
      const line = firstLines.get(name)
      if (line === undefined || above.has(name) || name === assignment.name) continue
      if (name.startsWith('COMPOSE_')) continue
      const where = { file: env.file, line: assignment.line }
      const definition = { file: env.file, line }
      found.push({ name, usedBy: assignment.name, where, definition })
    }
    above.add(assignment.name)
  }
  return found
}

/** Names of the file whose value the shell replaces by a different one, each with its last line. */
export function overriddenNames(
  env: EnvFile,
  shell: Shell,
): readonly { readonly name: string; readonly where: Where }[] {
  const values = fileValues(env, shell)
  const lastLines = new Map(env.assignments.map(({ name, line }) => [name, line]))
  return [...lastLines]
    .filter(([name]) => {
      const beating = variable(shell, name)
      return beating !== undefined && beating !== values.get(name)
    })
    .map(([name, line]) => ({ name, where: { file: env.file, line } }))
}
