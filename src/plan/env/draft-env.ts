import type { EnvEdit } from '../../controls/edit.ts'
import { moveAboveFirstUse, removeVariable, setVariable } from '../../install/env-file/edit.ts'
import type { EnvAssignment, EnvFile, EnvValue } from '../../install/env-file/env-file.ts'
import { lastingValues, type Shell } from '../../install/env-file/resolve.ts'
import { decodeValue } from '../../install/env-file/value.ts'
import { isSecretName } from '../../secrets/names.ts'
import { Secret } from '../../secrets/secret.ts'
import { isWellKnown } from '../../secrets/well-known.ts'
import { reveal } from '../fold.ts'
import { type Drift, hashOf, type WrittenPlace, type WrittenRecord } from '../record.ts'

export interface EnvDraft {
  readonly env: EnvFile
  readonly places: ReadonlyMap<string, WrittenPlace>
  readonly drift: readonly Drift[]
}

/**
 * Writes the wanted variables into `.env`, takes back what we wrote before and nobody wants any more,
 * and keeps what the admin changed since. References are resolved top-down, so the variables are
 * visited in the order of the file: one that already resolves to what is wanted stays as it is.
 */
export function draftEnv(
  start: EnvFile,
  edits: readonly EnvEdit[],
  record: WrittenRecord,
  shell: Shell,
): EnvDraft {
  const wanted = new Map(edits.map((edit) => [edit.name, edit]))
  const back = takeBack(start, wanted, record)
  const places = new Map(back.places)
  const drift = [...back.drift]
  let env = back.env
  for (const edit of inFileOrder(env, edits)) {
    const place = `env:${edit.name}`
    const written = record.get(place)
    const now = effective(env, edit.name)
    if (now !== undefined && resolves(env, edit, shell)) {
      if (written !== undefined && written.hash === hashOf(now.raw)) places.set(place, written)
      env = orderReferences(onlyOnce(env, edit, now, shell), edit)
      continue
    }
    if (now !== undefined && written !== undefined && isAdmins(now, written, edit)) {
      drift.push({ file: env.file, what: edit.name })
      places.set(place, written)
      continue
    }
    const before =
      now === undefined || written === undefined ? undefined : asBefore(env, edit, written)
    if (before !== undefined && resolves(before, edit, shell)) {
      env = before
      continue
    }
    env = orderReferences(write(env, edit), edit)
    const raw = effective(env, edit.name)?.raw ?? ''
    places.set(place, {
      hash: hashOf(raw),
      before: written?.before ?? beforeOf(now),
      ...(edit.keep === true ? { keep: true } : {}),
    })
  }
  return { env, places, drift }
}

/** A name of ours stands in the file once: of several assignments the last one counts. */
function onlyOnce(env: EnvFile, edit: EnvEdit, now: EnvAssignment, shell: Shell): EnvFile {
  if (env.assignments.filter(({ name }) => name === edit.name).length < 2) return env
  const once = setVariable(env, edit.name, valueOfRaw(now.raw))
  return resolves(once, edit, shell) ? once : env
}

function resolves(env: EnvFile, edit: EnvEdit, shell: Shell): boolean {
  return lastingValues(env, shell).get(edit.name) === reveal(edit.value)
}

/** With what stood there before us: where that is what is wanted now, nothing of ours is needed. */
function asBefore(env: EnvFile, edit: EnvEdit, written: WrittenPlace): EnvFile | undefined {
  if (written.before.kind !== 'text') return undefined
  return orderReferences(putBack(env, edit.name, written), edit)
}

/** Changed since we wrote it, and not, for a secret, to nothing or a default that everybody knows. */
function isAdmins(now: EnvAssignment, written: WrittenPlace, edit: EnvEdit): boolean {
  if (hashOf(now.raw) === written.hash) return false
  const value = now.raw.replace(/^["']|["']$/g, '')
  return !(edit.value instanceof Secret && (value.trim() === '' || isWellKnown(value)))
}

function write(env: EnvFile, edit: EnvEdit): EnvFile {
  const options = {
    ...(edit.after === undefined ? {} : { after: edit.after }),
    ...(edit.comment === undefined ? {} : { comment: [edit.comment] }),
  }
  const value =
    edit.expression === undefined
      ? ({ kind: 'literal', value: reveal(edit.value) } as const)
      : ({ kind: 'expression', text: edit.expression } as const)
  return setVariable(env, edit.name, value, options)
}

/** What an expression refers to must stand above it: `REDIS_PASSWORD` below `REDIS_URL` is an empty password. */
function orderReferences(env: EnvFile, edit: EnvEdit): EnvFile {
  if (edit.expression === undefined) return moveAboveFirstUse(env, edit.name)
  const names = [...edit.expression.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)/g)].map(
    (match) => match[1] ?? '',
  )
  return names.reduce((file, name) => moveAboveFirstUse(file, name), env)
}

function takeBack(
  start: EnvFile,
  wanted: ReadonlyMap<string, EnvEdit>,
  record: WrittenRecord,
): EnvDraft {
  const places = new Map<string, WrittenPlace>()
  const drift: Drift[] = []
  let env = start
  for (const [place, written] of record) {
    const name = place.startsWith('env:') ? place.slice('env:'.length) : undefined
    if (name === undefined || wanted.has(name)) continue
    const now = effective(env, name)
    if (now === undefined) continue
    if (written.keep === true) places.set(place, written)
    else if (hashOf(now.raw) !== written.hash) drift.push({ file: env.file, what: name })
    else env = putBack(env, name, written)
  }
  return { env, places, drift }
}

function putBack(env: EnvFile, name: string, written: WrittenPlace): EnvFile {
  switch (written.before.kind) {
    case 'text':
      return setVariable(env, name, valueOfRaw(written.before.text))
    case 'secret':
      return setVariable(env, name, { kind: 'literal', value: '' })
    default:
      return removeVariable(env, name)
  }
}

function valueOfRaw(raw: string): EnvValue {
  const { interpolated, text } = decodeValue(raw)
  return interpolated ? { kind: 'expression', text } : { kind: 'literal', value: text }
}

function beforeOf(now: EnvAssignment | undefined): WrittenPlace['before'] {
  if (now === undefined) return { kind: 'absent' }
  return isSecretName(now.name) && !/^["']?["']?$/.test(now.raw) && !isWellKnown(now.raw)
    ? { kind: 'secret' }
    : { kind: 'text', text: now.raw }
}

function effective(env: EnvFile, name: string): EnvAssignment | undefined {
  return env.assignments.findLast((assignment) => assignment.name === name)
}

/** Existing names as they stand in the file, new ones behind them, each behind the one it is to follow. */
function inFileOrder(env: EnvFile, edits: readonly EnvEdit[]): readonly EnvEdit[] {
  const position = (edit: EnvEdit) => env.assignments.findIndex(({ name }) => name === edit.name)
  const existing = edits
    .filter((edit) => position(edit) >= 0)
    .sort((a, b) => position(a) - position(b))
  const fresh = edits.filter((edit) => position(edit) < 0)
  return [...existing, ...byNeighbor(fresh)]
}

function byNeighbor(edits: readonly EnvEdit[]): readonly EnvEdit[] {
  const done: EnvEdit[] = []
  const left = [...edits]
  while (left.length > 0) {
    const index = left.findIndex(
      (edit) => !left.some((other) => other !== edit && other.name === edit.after),
    )
    const [next] = left.splice(Math.max(index, 0), 1)
    if (next !== undefined) done.push(next)
  }
  return done
}
