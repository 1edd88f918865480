import type { Case } from '../control.ts'
import { variableOf } from '../reading.ts'

export const authTypesName = 'TRACECAT__AUTH_TYPES'

/** The types as the release reads them. */
export function authTypes(c: Case): readonly string[] {
  return (variableOf(c, authTypesName) ?? '').split(',').filter((one) => one !== '')
}

/** Does this install let people in with a password? Blank means so from beta.31 on; before, it means basic and Google. */
export function passwordsAllowed(c: Case): boolean {
  const set = authTypes(c)
  return set.length === 0 || set.includes('basic')
}
