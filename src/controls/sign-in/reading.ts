import { signInTypes } from '../../answers/sign-in.ts'
import type { Case } from '../control.ts'
import { serviceOf, variableOf } from '../reading.ts'

export const authTypesName = 'TRACECAT__AUTH_TYPES'

/** The types that this release knows how to offer. */
export function authTypes(c: Case): readonly string[] {
  return namedTypes(c).filter((one) => c.release.abilities.authTypes.some((known) => known === one))
}

/**
 * The types as the release reads them: in any case, from beta.31 on with spaces around them, too.
 * Before, even nothing between two commas is a type, and one that it does not know.
 */
export function namedTypes(c: Case): readonly string[] {
  const value = variableOf(c, authTypesName)
  if (!refusesUnknown(c)) return signInTypes(value)
  if (value !== undefined) return value.toLowerCase().split(',')
  const isPassedOn = serviceOf(c, 'api')?.environment.get(authTypesName) === ''
  return isPassedOn ? [''] : ['basic', 'google_oauth']
}

/** Up to beta.30, which still knows Google's own, one type that it does not know ends the api at start. */
export function refusesUnknown(c: Case): boolean {
  return c.release.abilities.authTypes.includes('google_oauth')
}

/** Does this install let people in with a password? */
export function passwordsAllowed(c: Case): boolean {
  return authTypes(c).includes('basic')
}
