import type { PartialAnswers } from '../answers/schema.ts'
import { signInTypes } from '../answers/sign-in.ts'
import { validate } from '../answers/validate.ts'

/** Answers that the variables of an install already give: what the questions propose. */
export function suggestFrom(values: ReadonlyMap<string, string>): PartialAnswers {
  const value = (name: string) => {
    const text = values.get(name)?.trim() ?? ''
    return text === '' ? undefined : text
  }
  const domains = value('TRACECAT__AUTH_ALLOWED_DOMAINS')
  return {
    ...valid({ sso: signIn(value) }),
    ...valid({ allowedDomains: domains?.split(',').map((one) => one.trim().toLowerCase()) }),
    ...valid({ superadminEmail: value('TRACECAT__AUTH_SUPERADMIN_EMAIL') }),
  }
}

function signIn(value: (name: string) => string | undefined): PartialAnswers['sso'] {
  const types = signInTypes(value('TRACECAT__AUTH_TYPES'))
  const metadataUrl = value('SAML_IDP_METADATA_URL')
  if (types.includes('saml') && metadataUrl !== undefined) return { type: 'saml', metadataUrl }
  const issuer = value('OIDC_ISSUER')
  const clientId = value('OIDC_CLIENT_ID')
  if (types.includes('oidc') && issuer !== undefined) {
    return { type: 'oidc', issuer, ...(clientId === undefined ? {} : { clientId }) }
  }
  return undefined
}

/** Something that the schema would refuse is no proposal. */
function valid(answers: PartialAnswers): PartialAnswers {
  const given = Object.fromEntries(
    Object.entries(answers).filter(([, value]) => value !== undefined),
  )
  const result = validate(given)
  return 'answers' in result ? result.answers : {}
}
