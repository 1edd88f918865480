import { attempt } from '../../failure.ts'
import type { EnvAssignment } from '../../install/env-file/env-file.ts'
import { parseEnvFile } from '../../install/env-file/parse.ts'
import { type MaskRules, maskFreeText, maskUris, maskValue } from './mask-text.ts'

/** A `.env` text with its secrets masked; one that Compose would reject is masked by its lines. */
export function maskEnv(text: string, rules: MaskRules): string {
  const env = attempt(
    () => parseEnvFile(text, '.env'),
    () => undefined,
  )
  if (!env) return maskBrokenEnv(text, rules)
  let result = ''
  let at = 0
  for (const assignment of env.assignments) {
    const { start, valueStart, raw } = assignment
    result += maskFreeText(text.slice(at, start), rules)
    at = valueStart + raw.length
    if (isStray(assignment)) {
      result += rules.redact('', text.slice(start, at))
      continue
    }
    result += text.slice(start, valueStart)
    if (!rules.isSecretName(assignment.name)) {
      result += maskFreeText(maskUris(raw, rules), rules)
      continue
    }
    const masked = maskRaw(assignment, rules)
    result += masked
    // Without quotes, ` #` ends the value for Compose, but the admin may have meant it as a part.
    if (masked !== raw && !/^["']/.test(raw))
      at += /^[^\r\n]*/.exec(text.slice(at))?.[0].length ?? 0
  }
  return result + maskFreeText(text.slice(at), rules)
}

/** A line without `=` may be the second line of a secret that was pasted without quotes. */
function isStray({ name, inherits }: EnvAssignment): boolean {
  return name === '' || (inherits && !/^[A-Z][A-Z0-9_]*$/.test(name))
}

function maskRaw({ name, raw }: EnvAssignment, rules: MaskRules): string {
  const [, quote, inner] = /^(["'])([\s\S]*)\1$/.exec(raw) ?? []
  if (quote === undefined || inner === undefined) return maskValue(name, raw, rules)
  // In single quotes nothing is a reference.
  const isLiteral = quote === "'" && inner.includes('$')
  return quote + (isLiteral ? rules.redact(name, inner) : maskValue(name, inner, rules)) + quote
}

const opensQuote = /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*[=:][ \t]*(["'])/

function maskBrokenEnv(text: string, rules: MaskRules): string {
  const lines = text.split('\n')
  const open = lines.findIndex((line) => {
    const [head, name = '', quote = ''] = opensQuote.exec(line) ?? []
    return (
      head !== undefined && rules.isSecretName(name) && !line.slice(head.length).includes(quote)
    )
  })
  if (open < 0) return maskFreeText(text, rules)
  // Nobody knows where this value ends: nothing below it is shown.
  const [head = '', name = ''] = opensQuote.exec(lines[open] ?? '') ?? []
  const hidden = rules.redact(name, lines.slice(open).join('\n'))
  return [maskFreeText(lines.slice(0, open).join('\n'), rules), head + hidden].join('\n')
}
