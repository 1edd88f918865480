import * as z from 'zod/mini'
import { issuerProblem } from '../../answers/url.ts'
import { parseJson } from '../../json.ts'

/** Where a provider's discovery document is; Tracecat takes the slash off the issuer first. */
export function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`
}

const documentSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
})

/** What is wrong with a discovery document, in a sentence; undefined where sign-in can work with it. */
export function discoveryProblem(issuer: string, text: string): string | undefined {
  const data = parseJson(text)
  if (data === undefined)
    return 'What is there is not JSON: no discovery document. Is the issuer right?'
  const parsed = documentSchema.safeParse(data)
  if (!parsed.success) {
    const absent = parsed.error.issues
      .map(({ path }) => path.join('.'))
      .filter((name) => name !== '')
    return absent.length === 0
      ? 'What is there is no discovery document.'
      : `The discovery document has no ${absent.join(', ')}.`
  }
  const bare = (url: string) => url.replace(/\/+$/, '')
  if (bare(parsed.data.issuer) !== bare(issuer)) {
    return `The provider calls itself ${parsed.data.issuer}, not ${issuer}: enter what it calls itself.`
  }
  const { authorization_endpoint, token_endpoint, jwks_uri } = parsed.data
  const wrong = Object.entries({ authorization_endpoint, token_endpoint, jwks_uri }).filter(
    ([, url]) => !isSafe(url),
  )
  const [first] = wrong
  return first === undefined ? undefined : `Its ${first[0]} is ${first[1]}, which is not https.`
}

/** The same rule as for issuers: https, or loopback. A path and a query are fine here. */
function isSafe(url: string): boolean {
  return URL.canParse(url) && issuerProblem(new URL(url).origin) === undefined
}
