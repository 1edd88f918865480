import type { Answers } from '../answers/answers.ts'
import { signInFor } from '../answers/sign-in.ts'
import { clientSecretName } from '../controls/sign-in/sign-in.ts'
import type { Release } from '../release/release.ts'

/**
 * May the client secret among these values be the one of the wanted client? What they do not say, or
 * what the admin changed and keeps, speaks for no other client; a slash at an issuer's end neither.
 * @param kept variables that stay as they are, whatever the answers want
 */
export function mayBeClientOf(
  values: ReadonlyMap<string, string>,
  name: string,
  sso: Answers['sso'],
  kept: ReadonlySet<string> = new Set(),
): boolean {
  if (sso.type !== 'oidc') return false
  const isOther = (variable: string, wanted: string) => {
    const now = values.get(variable)?.trim() ?? ''
    return now !== '' && !kept.has(variable) && withoutSlash(now) !== withoutSlash(wanted)
  }
  // Google's own sign-in has no issuer among its variables.
  if (name === 'OAUTH_CLIENT_SECRET') return !isOther('OAUTH_CLIENT_ID', sso.clientId)
  return !isOther('OIDC_ISSUER', sso.issuer) && !isOther('OIDC_CLIENT_ID', sso.clientId)
}

/** Do these values hold the secret of this client already? */
export function holdsSecretOf(
  values: ReadonlyMap<string, string>,
  release: Release,
  sso: Answers['sso'],
): boolean {
  const name = clientSecretName(signInFor(release, { sso, keepPasswords: false }).mode)
  if (name === undefined || (values.get(name)?.trim() ?? '') === '') return false
  return mayBeClientOf(values, name, sso)
}

function withoutSlash(text: string): string {
  return text.replace(/\/$/, '')
}
