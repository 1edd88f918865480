import type { PartialAnswers } from '../answers/schema.ts'
import { validate } from '../answers/validate.ts'

/** What the answers' schema says against these answers, as a sentence; undefined where they are right. */
export function problemOf(answers: PartialAnswers): string | undefined {
  const result = validate(answers)
  if ('answers' in result) return undefined
  const [problem] = result.problems
  if (problem === undefined) return undefined
  const [key = '', item] = problem.path
  const list: unknown = Reflect.get(answers, key)
  const one: unknown =
    Array.isArray(list) && list.length > 1 && typeof item === 'number' ? list[item] : undefined
  return `${typeof one === 'string' ? one : 'This'} ${problem.text}.`
}

/** A list as people type it: commas or blanks between. */
export function listOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '')
}
