import type * as z from 'zod/mini'
import { isSecretName } from '../secrets/names.ts'
import { closest } from './closest.ts'
import type { KeyPath, Problem } from './problems.ts'
import { answersSchema, type PartialAnswers } from './schema.ts'

type Issue = z.core.$ZodIssue

type Schema = z.core.$ZodTypes

/** Checks plain data against the schema: the answers, or every problem, one for a key. */
export function validate(
  data: unknown,
): { answers: PartialAnswers } | { problems: readonly Problem[] } {
  const result = answersSchema().safeParse(data)
  if (result.success) return { answers: result.data }
  const problems = new Map<string, Problem>()
  for (const problem of result.error.issues.flatMap((issue) => describe(issue, data))) {
    const key = JSON.stringify(problem.path)
    if (!problems.has(key)) problems.set(key, problem)
  }
  return { problems: [...problems.values()] }
}

/** The schema of the key at a path, or undefined where there is no such key. */
export function schemaAt(path: KeyPath): Schema | undefined {
  return path.reduce<Schema | undefined>(
    (schema, part) => schema && below(schema, part),
    answersSchema(),
  )
}

function below({ _zod: { def } }: Schema, part: string | number): Schema | undefined {
  if (typeof part === 'number')
    return def.type === 'array' ? required(def.element as Schema) : undefined
  const found = def.type === 'object' ? ownValue(def.shape, part) : undefined
  return found === undefined ? undefined : required(found as Schema)
}

/** What an optional key holds. Zod's own unions of its schemas name only their base: hence the assertions. */
function required(schema: Schema): Schema {
  const { def } = schema._zod
  return def.type === 'optional' ? required(def.innerType as Schema) : schema
}

/** What is wrong with a key that does not exist: a secret in the wrong place, or a slip of the pen. */
export function unknownKeyProblem(path: KeyPath): Problem {
  const name = String(path.at(-1))
  if (isSecretName(name)) return { path, text: secretText(name) }
  const parent = schemaAt(path.slice(0, -1))?._zod.def
  const known = parent?.type === 'object' ? Object.keys(parent.shape) : []
  const meant = closest(name, known)
  if (meant !== undefined) return { path, text: `is no answer (did you mean ${meant}?)` }
  const hint = known.length === 0 ? '' : ` (known are ${known.join(', ')})`
  return { path, text: `is no answer${hint}` }
}

function secretText(name: string): string {
  return /client|oidc|oauth/i.test(name)
    ? 'must not stand here: set OIDC_CLIENT_SECRET in the environment instead'
    : 'must not stand here: answers hold no secrets; set OIDC_CLIENT_SECRET in the environment, the others are generated'
}

function describe(issue: Issue, data: unknown): readonly Problem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  const value = valueAt(data, path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKeyProblem([...path, key]))
    case 'invalid_type':
      return [{ path, text: typeText(issue.expected, value) }]
    case 'invalid_value':
      return [{ path, text: choiceText(issue.values.map(String), value) }]
    case 'too_small':
      return [{ path, text: 'must not be empty' }]
    case 'too_big':
      return [{ path, text: tooBigText(issue.origin === 'array', issue.maximum) }]
    default:
      return [{ path, text: issue.message }]
  }
}

function tooBigText(isList: boolean, maximum: number | bigint): string {
  return isList
    ? `must not have more than ${maximum} items`
    : `must not be longer than ${maximum} characters`
}

function typeText(expected: string, value: unknown): string {
  if (value === undefined) return 'is missing'
  if (value === null) return 'is empty: give a value or take the key out'
  if (expected === 'array')
    return typeof value === 'string' ? `must be a list: [${value}]` : 'must be a list'
  if (expected === 'boolean') return 'must be true or false'
  if (expected === 'string')
    return typeof value === 'object' ? 'must be text' : 'must be text: put it in quotes'
  return "must have keys of its own, each as 'key: value'"
}

function choiceText(choices: readonly string[], value: unknown): string {
  const meant = typeof value === 'string' ? closest(value, choices) : undefined
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`
  return `must be one of ${choices.join(', ')}${hint}`
}

function valueAt(data: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((value, part) => ownValue(value, part), data)
}

function ownValue(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined
}
