import { classify } from '../../secrets/classify.ts'
import { type Control, type ControlMeta, type Severity, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { look, runInit, variableAt } from '../look.ts'
import { variableOf } from '../reading.ts'
import { chosen } from '../secrets.ts'

/** The four secrets of the platform that no server holds: the file is their only home. */
interface PlatformSecret {
  readonly id: 'db-encryption-key' | 'service-key' | 'signing-secret' | 'user-auth-secret'
  readonly variable: string
  readonly severity: Severity
  readonly title: string
  readonly why: string
  readonly risk: string
  readonly fix: string
}

const problems = {
  missing: 'not set',
  placeholder: 'still the placeholder that everybody knows',
  malformed: 'not in the format that Tracecat needs',
  weak: 'too short or too regular to be secret',
} as const

export function platformControl(secret: PlatformSecret): Control {
  const { id, variable, severity, title, why, risk, fix } = secret
  const meta: ControlMeta = {
    id,
    title,
    severity,
    area: 'credentials',
    why,
    risk,
    fix,
    reference: 'https://docs.tracecat.com/self-hosting/security',
  }
  return {
    meta,
    inspect(c) {
      const quality = classify(id, variableOf(c, variable) ?? '')
      const problem = quality === 'good' ? undefined : problems[quality]
      const canRotate = quality === 'weak' && id !== 'db-encryption-key'
      return verdictOf([
        look(
          { ...variableAt(c, variable), value: problem ?? 'a secret of its own' },
          'a secret of its own',
          problem !== undefined && {
            evidence: `${variable}: ${problem}`,
            remedy: canRotate ? `Run tracecat-harden rotate ${id}.` : runInit,
          },
        ),
      ])
    },
    harden(c) {
      const value = chosen(c.secrets, variable)
      return value === undefined ? [] : [setVariableTo(variable, value, { keep: true })]
    },
  }
}
