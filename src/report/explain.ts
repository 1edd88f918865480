import type { ControlMeta } from '../controls/control.ts'
import { wrap } from './wrap.ts'

const columns = 80

/**
 * What a control is about, as Markdown that reads well on a screen: `explain` prints it, and
 * docs/controls/<id>.md is the same text.
 */
export function explanation({
  id,
  title,
  severity,
  area,
  why,
  risk,
  fix,
  reference,
}: ControlMeta): string {
  return [
    `# ${id}`,
    '',
    ...wrap(`${title}.`, columns),
    '',
    `Severity ${severity}, area ${area}.`,
    ...section('Why', why),
    ...section('Who is at risk', risk),
    ...section('How it is fixed', fix),
    ...section('Reference', reference),
    '',
  ].join('\n')
}

function section(title: string, text: string): readonly string[] {
  return ['', `## ${title}`, '', ...wrap(text, columns)]
}
