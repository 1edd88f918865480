import { isDeepStrictEqual } from 'node:util'
import type { ComposeEdit, YamlEdit, YamlValue } from '../controls/edit.ts'
import type { Json } from '../install/compose/model.ts'
import { overridePlace } from './fold.ts'
import { overrideHeader } from './override-header.ts'
import { type Drift, hashOf, type WrittenPlace, type WrittenRecord } from './record.ts'
import { editYaml } from './yaml/edit-yaml.ts'
import { valueAt } from './yaml/read-yaml.ts'

export interface OverrideDraft {
  readonly text: string
  readonly places: ReadonlyMap<string, WrittenPlace>
  readonly drift: readonly Drift[]
}

/** Above the parts of a new file; an admin's own file gets none. */
const comments = {
  header: overrideHeader,
  above: {
    'services.redis':
      "The password comes from a file: among Redis' arguments, docker ps would show it.",
    'services.executor':
      'What nsjail needs to start, and no more than the level in tracecat-harden.yaml.',
  },
}

/**
 * Merges the wanted places into the Compose override, takes back what we wrote before and nobody wants
 * any more, and keeps what the admin changed since.
 */
export function draftOverride(
  text: string,
  file: string,
  edits: readonly ComposeEdit['edit'][],
  record: WrittenRecord,
): OverrideDraft {
  const changed = draft(text, file, edits, record)
  if (changed.text === text) return changed
  const base = withoutOurs(text, file, record)
  return base === undefined ? changed : draft(base, file, edits, new Map())
}

/**
 * What the file would be without us; undefined where somebody touched what we wrote, were it only with
 * a comment. From it, changed answers give the same bytes as if they had been the first ones.
 */
function withoutOurs(text: string, file: string, record: WrittenRecord): string | undefined {
  const back: YamlEdit[] = []
  const again: YamlEdit[] = []
  for (const { path, key, now, written, isOurs } of placesOf(text, file, record)) {
    if (now === undefined || !isOurs) return undefined
    back.push(takeBack(path, key, written))
    again.push(
      key === undefined
        ? { op: 'set', path, value: now }
        : { op: 'add-item', path, item: String(now), key },
    )
  }
  if (again.length === 0) return undefined
  if (editYaml('', again, file, comments) === text) return ''
  const base = editYaml(text, back, file, comments)
  return editYaml(base, again, file, comments) === text ? base : undefined
}

/**
 * The override without what we wrote and nobody changed since: what the admin has in it.
 * @throws Failure('badInput') for broken YAML
 */
export function overrideWithoutUs(text: string, file: string, record: WrittenRecord): string {
  const back = placesOf(text, file, record)
    .filter(({ isOurs }) => isOurs)
    .map(({ path, key, written }) => takeBack(path, key, written))
  return back.length === 0 ? text : editYaml(text, back, file)
}

/** What we wrote into the override, with what stands there now: `isOurs` where that is still the same. */
function placesOf(text: string, file: string, record: WrittenRecord) {
  return [...record].flatMap(([place, written]) => {
    if (!place.startsWith('override:')) return []
    const { path, key } = readPlace(place)
    const now = currentAt(text, file, path, key)
    const isOurs = now !== undefined && hashOf(asJson(now)) === written.hash
    return [{ place, written, path, key, now, isOurs }]
  })
}

function draft(
  text: string,
  file: string,
  edits: readonly ComposeEdit['edit'][],
  record: WrittenRecord,
): OverrideDraft {
  const places = new Map<string, WrittenPlace>()
  const drift: Drift[] = []
  const wanted = new Map(edits.map((edit) => [overridePlace(edit), edit]))
  const changes: YamlEdit[] = []
  for (const { place, path, key, now, written, isOurs } of placesOf(text, file, record)) {
    if (now === undefined || wanted.has(place)) continue
    if (isOurs) changes.push(takeBack(path, key, written))
    else drift.push({ file, what: describe(path, key) })
  }
  const taken = changes.length === 0 ? text : editYaml(text, changes, file, comments)
  for (const [place, edit] of wanted) {
    const written = record.get(place)
    const key = edit.op === 'add-item' ? (edit.key ?? edit.item) : undefined
    const now = currentAt(taken, file, edit.path, key)
    const value: YamlValue = edit.op === 'set' ? edit.value : edit.item
    if (now !== undefined && isDeepStrictEqual(now, value)) {
      if (written !== undefined) places.set(place, written)
      continue
    }
    if (now !== undefined && written !== undefined && hashOf(asJson(now)) !== written.hash) {
      drift.push({ file, what: describe(edit.path, key) })
      places.set(place, written)
      continue
    }
    changes.push(edit)
    places.set(place, { hash: hashOf(asJson(value)), before: written?.before ?? beforeOf(now) })
  }
  return {
    text: changes.length === 0 ? text : editYaml(text, changes, file, comments),
    places,
    drift,
  }
}

function currentAt(
  text: string,
  file: string,
  path: readonly string[],
  key: string | undefined,
): YamlValue | undefined {
  return valueAt(text, key === undefined ? { path } : { path, item: key }, file)
}

function takeBack(
  path: readonly string[],
  key: string | undefined,
  written: WrittenPlace,
): YamlEdit {
  const before = written.before.kind === 'value' ? (written.before.value as YamlValue) : undefined
  if (key !== undefined) {
    return typeof before === 'string'
      ? { op: 'add-item', path, item: before, key }
      : { op: 'remove-item', path, item: key, key }
  }
  return before === undefined ? { op: 'remove', path } : { op: 'set', path, value: before }
}

function beforeOf(now: YamlValue | undefined): WrittenPlace['before'] {
  if (now === undefined) return { kind: 'absent' }
  return holdsPassword(now) ? { kind: 'secret' } : { kind: 'value', value: asJson(now) }
}

/** A password in Redis' arguments, or in a URI: nothing to keep a copy of. */
function holdsPassword(value: YamlValue): boolean {
  return /--requirepass|:\/\/[^"/]*:[^"/]*@/.test(JSON.stringify(value))
}

/** Values under a tag are objects of `tag` and `data`: as JSON they keep their meaning. */
function asJson(value: YamlValue): Json {
  return value as Json
}

/** Place names are made by `overridePlace`; this is its inverse. */
export function readPlace(place: string): {
  readonly path: readonly string[]
  readonly key: string | undefined
} {
  const match = /^override:([^[]*)(?:\[(.*)\])?$/s.exec(place)
  const path = (match?.[1] ?? '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return { path, key: match?.[2] }
}

function describe(path: readonly string[], key: string | undefined): string {
  return key === undefined ? path.join('.') : `${path.join('.')}: ${key}`
}
