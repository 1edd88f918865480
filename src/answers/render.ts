import { isDeepStrictEqual } from 'node:util'
import { Document, isMap, isScalar, type Pair, type YAMLMap } from 'yaml'
import { parseAnswers, readYaml } from './parse.ts'
import { answersSchema, type PartialAnswers } from './schema.ts'

const keys = () => Object.keys(answersSchema().shape)

const header = ` yaml-language-server: $schema=https://unpkg.com/tracecat-harden/dist/answers.schema.json
 What tracecat-harden was told. Safe to commit, since no secret is in it.`

/** The text of a new answers file, in the schema's order; editors complete it by its first line. */
export function renderAnswers(answers: PartialAnswers): string {
  const document = new Document(inOrder(answers))
  document.commentBefore = header
  return document.toString({ lineWidth: 0 })
}

/**
 * The text of an answers file that says what is wanted now. Comments, order and line ends stay; where
 * nothing differs the text comes back as it is.
 * @throws Failure('badInput') where the old text is no answers file
 */
export function updateAnswers(text: string, wanted: PartialAnswers): string {
  const { answers: before } = parseAnswers(text, 'tracecat-harden.yaml')
  const after = inOrder(wanted)
  if (isDeepStrictEqual(inOrder(before), after)) return text
  const result = changed(text, before, after)
  return text.includes('\r\n') ? result.replace(/\r?\n/g, '\r\n') : result
}

function changed(text: string, before: PartialAnswers, after: Record<string, unknown>): string {
  const document = readYaml(text, 'tracecat-harden.yaml')
  if (!isMap(document.contents))
    return `${text.trimEnd()}\n${new Document(after).toString({ lineWidth: 0 })}`
  for (const key of Object.keys(before)) if (!(key in after)) document.delete(key)
  for (const [key, value] of Object.entries(after)) {
    if (isDeepStrictEqual(Reflect.get(before, key), value)) continue
    const old = document.get(key)
    if (key === 'sso' && isMap(old)) updateParts(old, before.sso ?? {}, Object(value))
    else if (document.has(key)) document.set(key, value)
    else insert(document.contents, document.createPair(key, value))
  }
  return document.toString({ lineWidth: 0 })
}

/** Behind the one that stands before it in the schema: an answer that comes back comes back to its place. */
function insert({ items }: YAMLMap, pair: Pair): void {
  const all = keys()
  const before = all.slice(0, all.indexOf(String(pair.key))).reverse()
  const nearest = before.find((key) => items.some((item) => nameOf(item) === key))
  const index = items.findIndex((item) => nameOf(item) === nearest)
  items.splice(index < 0 ? items.length : index + 1, 0, pair)
}

function nameOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key)
}

/** The same for the keys of one mapping, whose comments stay too. */
function updateParts(mapping: YAMLMap, before: object, after: object): void {
  for (const part of Object.keys(before)) if (!Object.hasOwn(after, part)) mapping.delete(part)
  for (const [part, value] of Object.entries(after)) mapping.set(part, value)
}

/** The answers that are given, in the order of the schema. */
function inOrder(answers: PartialAnswers): Record<string, unknown> {
  const given = keys().map((key) => [key, Reflect.get(answers, key)] as const)
  return Object.fromEntries(given.filter(([, value]) => value !== undefined))
}
