import type { Failure } from '../failure.ts'
import { wrap } from './wrap.ts'

/** A failure for people: what is wrong, where, what to do. */
export function describeFailure(failure: Failure, columns: number): readonly string[] {
  const { where, message, remedy } = failure
  const place =
    where === undefined
      ? ''
      : where.line === undefined
        ? `${where.file}: `
        : `${where.file}:${where.line}: `
  const saysWhere =
    where !== undefined && where.line === undefined && message.startsWith(`${where.file} `)
  const shown = saysWhere || message.startsWith(place) ? message : `${place}${message}`
  const texts = shown.split('\n').flatMap((line) => wrap(line, columns))
  return remedy === undefined
    ? texts
    : [...texts, ...remedy.split('\n').flatMap((line) => wrap(line, columns))]
}
