import { type StructuredPatchHunk, structuredPatch } from 'diff'
import { Masked } from '../secrets/masked.ts'
import type { Masker } from '../secrets/masker.ts'
import { isWhollySecretName } from '../secrets/names.ts'
import { type IsSecretName, maskFileText, secretsOf } from './mask/mask-files.ts'

export interface DiffOptions {
  readonly masker: Masker
  /** Default: the usual words (PASSWORD, SECRET, KEY, TOKEN, ...). */
  readonly isSecretName?: IsSecretName
  /** Unchanged lines around each change; default 3. */
  readonly context?: number
}

/** Lines that come and go: the time grows with its square, and a backup may hold any text. */
const maxEditLength = 5_000

/** Everything goes and comes: for texts that have too little in common. */
function wholly(before: string, after: string): StructuredPatchHunk {
  const [gone, come] = [linesOf(before), linesOf(after)]
  return {
    oldStart: 1,
    oldLines: gone.length,
    newStart: 1,
    newLines: come.length,
    lines: [...gone.map((line) => `-${line}`), ...come.map((line) => `+${line}`)],
  }
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

/**
 * The lines of a unified diff between two texts of a file, made from their masked renditions: an
 * unchanged secret shows no change, a changed one is `********` before and `******** (new)` after.
 * `undefined` is a file that is not there. No color.
 * Empty where nothing that may be shown differs.
 */
export function unifiedDiff(
  path: string,
  before: string | undefined,
  after: string | undefined,
  options: DiffOptions,
): readonly Masked[] {
  const { masker, isSecretName = isWhollySecretName, context = 3 } = options
  const known = secretsOf(path, before ?? '', isSecretName)
  const oldText = maskFileText(path, before ?? '', isSecretName, masker).reveal()
  const newText = maskFileText(path, after ?? '', isSecretName, masker, known).reveal()
  if (oldText === newText && (before === undefined) === (after === undefined)) return []
  const limits = { context, maxEditLength }
  const patch = structuredPatch(path, path, oldText, newText, undefined, undefined, limits)
  const hunks = patch?.hunks ?? [wholly(oldText, newText)]
  const lines = [
    `--- ${before === undefined ? '/dev/null' : path}`,
    `+++ ${after === undefined ? '/dev/null' : path}`,
    ...hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: changed }) => [
      `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`,
      ...changed,
    ]),
  ]
  return lines.map(Masked.trusted)
}

/** By custom, a side without lines counts from the line before. */
const range = (start: number, lines: number): string =>
  `${lines === 0 ? start - 1 : start},${lines}`
