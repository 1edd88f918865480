import type { Failure } from '../failure.ts'
import type { Masker } from '../secrets/masker.ts'
import { oneLine } from './one-line.ts'
import { withoutLogins } from './without-logins.ts'
import { wrap } from './wrap.ts'

/**
 * A failure for people: what is wrong, where, what to do. What programs and files say is in it: no line
 * holds a control character, or a login of an address.
 * @param masker where secrets may be in it: they are taken out before a line is broken, since one with a
 *   blank in it would not be known again in two halves
 */
export function describeFailure(
  failure: Failure,
  columns: number,
  masker?: Masker,
): readonly string[] {
  const masked = (text: string) => masker?.mask(text).reveal() ?? text
  const { where } = failure
  const message = masked(failure.message)
  const remedy = failure.remedy === undefined ? undefined : masked(failure.remedy)
  const place =
    where === undefined
      ? ''
      : where.line === undefined
        ? `${where.file}: `
        : `${where.file}:${where.line}: `
  const saysWhere =
    where !== undefined && where.line === undefined && message.startsWith(`${where.file} `)
  const shown = saysWhere || message.startsWith(place) ? message : `${place}${message}`
  const texts = [shown, ...(remedy === undefined ? [] : [remedy])]
  const wrapped = texts
    .flatMap((text) => text.split('\n'))
    .flatMap((line) => wrap(withoutLogins(line), columns))
  return [...wrapped, ...failure.lines.map((line) => `  ${withoutLogins(masked(line))}`)].map(
    oneLine,
  )
}
