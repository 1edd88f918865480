import { type Case, type Control, notApplicable, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { look, variableAt } from '../look.ts'
import { variableOf } from '../reading.ts'
import { passwordsAllowed } from './reading.ts'

const variable = 'TRACECAT__AUTH_MIN_PASSWORD_LENGTH'
const least = 12

export const passwordLength: Control = {
  meta: {
    id: 'password-length',
    title: 'Passwords of people have twelve characters at least',
    severity: 'medium',
    area: 'sign-in',
    why: 'Stock Tracecat asks for twelve; somebody lowered it. Nothing limits how often a password may be tried.',
    risk: 'Short passwords are found by trying.',
    fix: 'The least length is set to twelve again. Passwords that exist stay valid.',
    reference: 'https://pages.nist.gov/800-63-4/sp800-63b.html',
  },
  inspect(c) {
    if (!passwordsAllowed(c)) return notApplicable('passwords are not accepted')
    const length = lengthOf(c)
    return verdictOf([
      look(
        variableAt(c, variable),
        `${least} or more`,
        length !== undefined && length < least && { evidence: `${variable} is ${length}` },
      ),
    ])
  },
  harden(c) {
    const length = lengthOf(c)
    return length === undefined || length > least ? [] : [setVariableTo(variable, String(least))]
  },
}

function lengthOf(c: Case): number | undefined {
  const value = variableOf(c, variable)
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined
}
