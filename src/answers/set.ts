import { Failure } from '../failure.ts'
import { ssoKeys, tlsKeys } from './modes.ts'
import { answersFailure, type KeyPath, type Problem } from './problems.ts'
import type { PartialAnswers } from './schema.ts'
import { schemaAt, unknownKeyProblem, validate } from './validate.ts'

interface Assignment {
  readonly path: KeyPath
  readonly value: unknown
}

/**
 * Lays `--set key=value` over answers: dotted keys (`sso.issuer=...`), lists by commas, `true` and
 * `false`, `accept.<control>=<reason>`; an empty value takes the answer away. Where `tls` or
 * `sso.type` changes, the answers that only the old one had are dropped, so that a mode changes by one
 * `--set` and those that the new one needs.
 * @throws Failure('badInput') that names every wrong assignment; secrets in them are not shown
 */
export function applySet(answers: PartialAnswers, assignments: readonly string[]): PartialAnswers {
  const data: Record<string, unknown> = structuredClone(answers)
  const parsed = assignments.map(parse)
  const problems = parsed.filter((part) => 'text' in part)
  const set = parsed.filter((part) => 'value' in part)
  for (const { path, value } of set) assign(data, path, value)
  dropStale(data, answers, new Set(set.map(({ path }) => path.join('.'))))
  const result = validate(data)
  const all = [...problems, ...('problems' in result ? result.problems : [])]
  if (all.length > 0 || 'problems' in result)
    throw answersFailure(all, () => undefined, 'Mend the --set options; each is --set key=value.')
  return result.answers
}

function parse(assignment: string): Assignment | Problem {
  const equals = assignment.indexOf('=')
  if (equals < 1) {
    throw new Failure('badInput', '--set needs key=value.', {
      remedy: 'Write it as --set tls=internal.',
    })
  }
  const path = assignment.slice(0, equals).trim().split('.')
  const text = assignment.slice(equals + 1)
  if (path[0] === 'accept' && path.length === 2) return { path, value: text }
  const kind = schemaAt(path)?._zod.def.type
  if (kind === undefined) return unknownKeyProblem(firstUnknown(path))
  if (kind === 'object' || path[0] === 'accept')
    return {
      path,
      text: `is set part by part: ${path[0] === 'accept' ? 'accept.<control>=<reason>' : `${path[0]}.type=...`}`,
    }
  if (kind === 'array')
    return {
      path,
      value: text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    }
  if (text === '') return { path, value: undefined }
  if (kind === 'boolean')
    return { path, value: text === 'true' ? true : text === 'false' ? false : text }
  return { path, value: text }
}

/** The shortest beginning of the path that is no key. */
function firstUnknown(path: KeyPath): KeyPath {
  const known = path.findIndex((_, index) => schemaAt(path.slice(0, index + 1)) === undefined)
  return path.slice(0, known + 1)
}

function assign(data: Record<string, unknown>, [first, second]: KeyPath, value: unknown): void {
  if (first === 'accept') {
    const others = Array.isArray(data.accept)
      ? data.accept.filter(({ control }) => control !== second)
      : []
    data.accept = value === '' ? others : [...others, { control: second, reason: value }]
  } else if (second !== undefined)
    data[String(first)] = put(data[String(first)], String(second), value)
  else if (value === undefined) delete data[String(first)]
  else data[String(first)] = value
}

function put(mapping: unknown, key: string, value: unknown): object {
  const others = Object.entries(mapping ?? {}).filter(([name]) => name !== key)
  return Object.fromEntries(value === undefined ? others : [...others, [key, value]])
}

function dropStale(
  data: Record<string, unknown>,
  before: PartialAnswers,
  set: ReadonlySet<string>,
): void {
  const drop = (path: string, ...parts: readonly string[]) => {
    if (!set.has(path)) assign(data, parts, undefined)
  }
  if (before.tls !== undefined && data.tls !== before.tls)
    for (const key of tlsKeys[before.tls]) drop(key, key)
  const type = before.sso?.type
  const now = Reflect.get(data.sso ?? {}, 'type')
  if (type === undefined || now === type) return
  for (const key of ssoKeys[type]) drop(`sso.${key}`, 'sso', key)
  if (now === 'basic') drop('keepPasswords', 'keepPasswords')
  if (type === 'basic') drop('signUpNetworks', 'signUpNetworks')
}
