import { classify } from '../../secrets/classify.ts'
import { type Control, type ControlMeta, type Severity, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { valueOf, whereVariable } from '../reading.ts'
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

function platformControl(secret: PlatformSecret): Control {
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
      const verdict = classify(id, valueOf(c, variable) ?? '')
      if (verdict === 'good') return verdictOf([])
      return verdictOf([
        {
          where: whereVariable(c, variable),
          evidence: `${variable}: ${problems[verdict]}`,
          remedy: verdict === 'weak' && id !== 'db-encryption-key' ? `Run tracecat-harden rotate ${id}.` : 'Run tracecat-harden init.',
        },
      ])
    },
    harden(c) {
      const value = chosen(c.secrets, variable)
      return value === undefined ? [] : [setVariableTo(variable, value, { keep: true })]
    },
  }
}

export const dbEncryptionKey = platformControl({
  id: 'db-encryption-key',
  variable: 'TRACECAT__DB_ENCRYPTION_KEY',
  severity: 'critical',
  title: 'The database encryption key is a real Fernet key',
  why: 'It encrypts every credential that Tracecat stores. The stock value is a placeholder, with which nothing can be stored.',
  risk: 'With a known key, whoever reads the database or a backup reads every stored credential. When it is lost, nobody does.',
  fix: 'A key is made where there is none. A real one is never changed: Tracecat has no way to encrypt again. Keep a copy outside of this host.',
})

export const serviceKey = platformControl({
  id: 'service-key',
  variable: 'TRACECAT__SERVICE_KEY',
  severity: 'critical',
  title: 'The service key is secret',
  why: 'Services prove themselves to each other with it, and sign tokens with it.',
  risk: 'Whoever knows it calls the API as any user: the API accepts it from outside, too.',
  fix: 'A random key replaces the placeholder; a real one stays.',
})

export const signingSecret = platformControl({
  id: 'signing-secret',
  variable: 'TRACECAT__SIGNING_SECRET',
  severity: 'high',
  title: 'The signing secret is secret',
  why: 'The secret part of every webhook URL is computed from it.',
  risk: 'Whoever knows it computes the URL of any webhook and starts workflows.',
  fix: 'A random secret replaces the placeholder; a real one stays, since every webhook URL would change.',
})

export const userAuthSecret = platformControl({
  id: 'user-auth-secret',
  variable: 'USER_AUTH_SECRET',
  severity: 'critical',
  title: 'The user authentication secret is secret',
  why: 'Tokens for password reset, e-mail verification and sign-in of MCP clients are signed with it.',
  risk: 'Whoever knows it resets the password of any user.',
  fix: 'A random secret replaces the placeholder; a real one stays.',
})
