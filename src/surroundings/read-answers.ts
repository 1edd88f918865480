import { parseAnswers } from '../answers/parse.ts'
import type { Locate } from '../answers/problems.ts'
import type { PartialAnswers } from '../answers/schema.ts'
import { applySet } from '../answers/set.ts'
import { refuseUnknownAccepted } from '../controls/accepted-controls.ts'
import { Failure } from '../failure.ts'
import { ownPaths } from '../install/install.ts'
import { readInstallFile } from '../live/read-files.ts'
import type { World } from '../world/world.ts'

/** What the command line says of the answers. */
export interface AnswerOptions {
  /** A file, or `-` for standard input. */
  readonly answers: string | undefined
  readonly set: readonly string[]
}

export interface GivenAnswers {
  readonly given: PartialAnswers
  readonly locate: Locate | undefined
}

/** The answers of the file that is named, or of the folder's own, with `--set` on top. */
export async function readAnswers(
  world: World,
  directory: string,
  options: AnswerOptions,
): Promise<GivenAnswers> {
  const name = options.answers ?? ownPaths.answers
  const text =
    name === '-'
      ? await world.terminal.readInput()
      : options.answers === undefined
        ? (await readInstallFile(world, directory, name))?.text
        : await requiredFile(world, name)
  const file =
    text === undefined ? undefined : parseAnswers(text, name === '-' ? 'standard input' : name)
  const before = file?.answers ?? {}
  const given = applySet(before, options.set)
  refuseUnknownAccepted(given, before, file?.locate ?? (() => undefined))
  return { given, locate: file?.locate }
}

async function requiredFile(world: World, path: string): Promise<string> {
  const file = await readInstallFile(world, '.', path)
  if (file === undefined)
    throw new Failure('badInput', `${path} does not exist.`, {
      where: { file: path },
      remedy: 'Name the file with the answers; without --answers it is tracecat-harden.yaml.',
    })
  return file.text
}
