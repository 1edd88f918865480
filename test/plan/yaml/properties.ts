import { expect } from 'vitest'
import { parseDocument } from 'yaml'
import type { YamlEdit } from '../../../src/controls/edit.ts'
import type { Json } from '../../../src/install/compose/model.ts'
import { editYaml } from '../../../src/plan/yaml/edit-yaml.ts'
import { valueAt } from '../../../src/plan/yaml/read-yaml.ts'
import type { RandomDocument } from './documents.ts'

const file = 'override.yml'

const linesOf = (text: string): string[] => text.replaceAll('\r\n', '\n').split('\n')

/** Are all of these lines there, in this order? */
function holdsInOrder(lines: readonly string[], wanted: readonly string[]): boolean {
  let at = 0
  for (const line of lines) if (line === wanted[at]) at += 1
  return at >= wanted.length
}

const comments = (text: string): string[] =>
  [
    ...text.matchAll(
      /#(?: beside|\ttab| between| a note: \[x| flow| one| open| last| mine| end| top| service)/g,
    ),
  ]
    .map(([comment]) => comment)
    .sort()

/** Without keys that have no value: a mapping that we filled and emptied goes with its key. */
function pruned(value: Json): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([key, item]) => [key, pruned(item)] as const)
  return Object.fromEntries(entries.filter(([, item]) => item !== null && !isEmpty(item)))
}

const isEmpty = (value: Json): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

const inverse = (edit: YamlEdit): YamlEdit =>
  edit.op === 'add-item'
    ? {
        op: 'remove-item',
        path: edit.path,
        item: edit.item,
        ...(edit.key ? { key: edit.key } : {}),
      }
    : { op: 'remove', path: edit.path }

const placeOf = (edit: YamlEdit): { path: readonly string[]; item?: string } =>
  edit.op === 'add-item' || edit.op === 'remove-item'
    ? { path: edit.path, item: edit.key ?? edit.item }
    : { path: edit.path }

type Check = (random: RandomDocument, edits: YamlEdit[], count: number) => void

/** What holds for every document and every set of edits; `count` is from 0 to 5. */
export const properties: readonly (readonly [string, Check])[] = [
  [
    'every edit is there afterwards, and nothing else of the value has changed',
    ({ text }, edits) => {
      const after = editYaml(text, edits, file)
      for (const edit of edits) {
        const wanted = edit.op === 'set' ? edit.value : 'item' in edit ? edit.item : undefined
        expect(valueAt(after, placeOf(edit), file)).toEqual(wanted)
      }
      // Taken out of both, the edited places leave the same, but for what is empty.
      const without = (whole: string): unknown =>
        pruned(valueAt(editYaml(whole, edits.map(inverse), file), { path: [] }, file) as Json)
      expect(without(after)).toEqual(without(text))
      expect(parseDocument(after, { merge: true }).errors).toEqual([])
    },
  ],

  [
    'lines of what is not edited stay, byte for byte, and no comment is lost',
    ({ text, services }, edits) => {
      const after = editYaml(text, edits, file)
      const edited = new Set(edits.map((edit) => edit.path[1]))
      for (const [name, lines] of services) {
        if (!edited.has(name)) expect(holdsInOrder(linesOf(after), lines)).toBe(true)
      }
      expect(comments(after)).toEqual(comments(text))
      expect(after.endsWith('\n')).toBe(text.endsWith('\n'))
      expect(/[^\r]\n/.test(after)).toBe(/[^\r]\n/.test(text))
    },
  ],

  [
    'a second run changes nothing',
    ({ text }, edits, count) => {
      const all = [...edits, ...edits.slice(0, count).map(inverse)]
      const once = editYaml(text, all, file)
      expect(editYaml(once, all, file)).toBe(once)
    },
  ],

  [
    'what was not there before and is taken back leaves the text as it was',
    ({ text }, edits) => {
      const isNew = (edit: YamlEdit): boolean => {
        // An empty mapping, an alias, or one value in place of a list is rewritten for good.
        const parent = valueAt(
          text,
          { path: edit.path.slice(0, edit.op === 'set' ? -1 : undefined) },
          file,
        )
        const isUsual =
          parent === undefined
            ? valueAt(text, { path: edit.path.slice(0, 2) }, file) !== null
            : parent !== null
        return (
          valueAt(text, placeOf(edit), file) === undefined && isUsual && !/[*]shared/.test(text)
        )
      }
      const added = edits.filter(isNew)
      const after = editYaml(text, added, file)
      expect(editYaml(after, added.map(inverse), file)).toBe(text)
    },
  ],
]
