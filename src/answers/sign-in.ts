import { Failure } from '../failure.ts'
import type { AuthType, Release } from '../release/release.ts'
import type { Answers } from './answers.ts'
import { isGoogleIssuer } from './url.ts'

/** How a release does the sign-in that was asked for. */
export interface SignInChoice {
  /** TRACECAT__AUTH_TYPES, such as `oidc` or `basic,oidc`. */
  readonly authTypes: string
  readonly mode: AuthType
}

/**
 * What to set for the sign-in of the answers. Before 1.0.0-beta.5 OIDC is Google's alone, by
 * OAUTH_CLIENT_ID.
 * @throws Failure('badInput') where the release cannot do it, with what it can do instead
 */
export function signInFor(
  release: Release,
  { sso, keepPasswords }: Pick<Answers, 'sso' | 'keepPasswords'>,
): SignInChoice {
  const mode = modeFor(release, sso)
  return { authTypes: keepPasswords && mode !== 'basic' ? `basic,${mode}` : mode, mode }
}

function modeFor({ tag, abilities }: Release, sso: Answers['sso']): AuthType {
  if (sso.type !== 'oidc' || abilities.genericOidc) return sso.type
  if (isGoogleIssuer(sso.issuer) && abilities.authTypes.includes('google_oauth'))
    return 'google_oauth'
  throw new Failure(
    'badInput',
    `Tracecat ${tag} cannot sign people in with OIDC at ${sso.issuer}.`,
    {
      remedy:
        "It can do SAML (sso.type: saml with sso.metadataUrl), or Google's own sign-in (sso.issuer: https://accounts.google.com). Any other OIDC provider needs Tracecat 1.0.0-beta.5 or later.",
    },
  )
}

/**
 * The types that TRACECAT__AUTH_TYPES names, in any case and with spaces around them; blank is basic.
 * So do releases from beta.31 on read it, and older ones where they start at all.
 */
export function signInTypes(value: string | undefined): readonly string[] {
  const types = (value ?? '').split(',').map((one) => one.trim().toLowerCase())
  const named = types.filter((one) => one !== '')
  return named.length === 0 ? ['basic'] : named
}
