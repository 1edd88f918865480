import { isDeepStrictEqual } from 'node:util'
import type { ComposeEdit, EdgeEdit, Edit, EnvEdit, FileEdit, LineEdit } from '../controls/edit.ts'
import { Secret } from '../secrets/secret.ts'

/** All edits of one run, one for each place. */
export interface FoldedEdits {
  readonly env: readonly EnvEdit[]
  readonly override: readonly ComposeEdit['edit'][]
  readonly edge: readonly EdgeEdit['part'][]
  readonly files: readonly FileEdit[]
  readonly lines: readonly LineEdit[]
}

/**
 * Lets equal edits meet. The order of the edits does not matter: the result is sorted by place.
 * @throws Error where two edits want different values at one place: a fault of the controls
 */
export function foldEdits(edits: readonly Edit[]): FoldedEdits {
  const byPlace = new Map<string, Edit>()
  for (const edit of edits) {
    const place = placeOf(edit)
    const other = byPlace.get(place)
    if (other === undefined) byPlace.set(place, edit)
    else if (!sameEdit(other, edit))
      throw new Error(`two controls want different values at ${place}`)
  }
  const sorted = [...byPlace.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, edit]) => edit)
  return {
    env: sorted.filter((edit) => edit.kind === 'env'),
    override: sorted.filter((edit) => edit.kind === 'compose').map((edit) => edit.edit),
    edge: sorted.filter((edit) => edit.kind === 'edge').map((edit) => edit.part),
    files: sorted.filter((edit) => edit.kind === 'file'),
    lines: sorted.filter((edit) => edit.kind === 'line'),
  }
}

function placeOf(edit: Edit): string {
  switch (edit.kind) {
    case 'env':
      return `env:${edit.name}`
    case 'compose':
      return overridePlace(edit.edit)
    case 'edge':
      return `edge:${JSON.stringify(edit.part)}`
    case 'file':
      return `file:${edit.path}`
    case 'line':
      return `line:${edit.path}:${edit.line}`
  }
}

/** The name of a place in the override, as the record has it. */
export function overridePlace(edit: ComposeEdit['edit']): string {
  const path = edit.path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')
  return edit.op === 'set' ? `override:${path}` : `override:${path}[${edit.key ?? edit.item}]`
}

function sameEdit(a: Edit, b: Edit): boolean {
  if (a.kind === 'env' && b.kind === 'env') {
    return reveal(a.value) === reveal(b.value) && a.expression === b.expression && a.keep === b.keep
  }
  return isDeepStrictEqual(a, b)
}

export function reveal(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value
}
