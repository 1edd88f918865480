import { Failure, type Where } from '../failure.ts'

/** The way to a key: `['sso', 'issuer']`, `['trustedProxies', 0]`. */
export type KeyPath = readonly (string | number)[]

/** Where a key stands, or undefined where it came from elsewhere. */
export type Locate = (path: KeyPath) => Where | undefined

/** Something wrong with one answer; `text` goes on from the key: "must be ...". Never the value of a secret. */
export interface Problem {
  readonly path: KeyPath
  readonly text: string
}

/** More problems than a screen holds help nobody. */
const shown = 30

/** `sso.issuer`, `trustedProxies[0]`. */
export function keyText(path: KeyPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** One failure for all problems: the place of the only one, or the file and a line for each. */
export function answersFailure(
  problems: readonly Problem[],
  locate: Locate,
  remedy?: string,
): Failure {
  const [only] = problems
  if (only !== undefined && problems.length === 1) {
    return new Failure('badInput', sentence(only), { where: locate(only.path), remedy })
  }
  const places = problems
    .slice(0, shown)
    .map((problem) => ({ problem, where: locate(problem.path) }))
  const file = places.find(({ where }) => where !== undefined)?.where?.file
  const lines = places.map(({ problem, where }) => {
    const line = where?.line === undefined ? '' : `line ${where.line}: `
    return `  ${line}${sentence(problem)}`
  })
  const others = problems.length > shown ? [`  and ${problems.length - shown} more.`] : []
  const message = [`${problems.length} answers are not right:`, ...lines, ...others].join('\n')
  return new Failure('badInput', message, {
    where: file === undefined ? undefined : { file },
    remedy,
  })
}

function sentence({ path, text }: Problem): string {
  return path.length === 0 ? `The answers ${text}.` : `${keyText(path)} ${text}.`
}
