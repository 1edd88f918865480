import { signInFor } from '../../answers/sign-in.ts'
import { metadataUrlProblem } from '../../answers/url.ts'
import { isWellKnown } from '../../secrets/well-known.ts'
import {
  acceptedBy,
  type Case,
  type Control,
  type HardenCase,
  type Look,
  verdictOf,
} from '../control.ts'
import { type Edit, setVariableTo } from '../edit.ts'
import { environmentAt, look, runInit, variableAt } from '../look.ts'
import { passOn } from '../pass-on.ts'
import { baseModel, serviceOf, whereVariable } from '../reading.ts'
import { chosen } from '../secrets.ts'
import {
  authTypes,
  namedTypes,
  passwordsAllowed,
  refusesUnknown,
  authTypesName as types,
} from './reading.ts'

export const signIn: Control = {
  meta: {
    id: 'sign-in',
    title: 'People sign in through a provider of yours',
    severity: 'high',
    area: 'sign-in',
    why: 'Passwords of Tracecat have no limit on attempts, no second factor, and live on after somebody leaves.',
    risk: 'Whoever guesses or steals one password works in the platform that holds the keys to everything else.',
    fix: 'OIDC or SAML is set up with what this release understands. With sso: {type: basic} passwords stay, as an accepted risk.',
    reference: 'https://docs.tracecat.com/self-hosting/authentication',
  },
  inspect(c) {
    return verdictOf([
      ...typeFindings(c),
      ...oidcFindings(c),
      ...clientSecretFindings(c),
      ...samlFindings(c),
    ])
  },
  harden(c) {
    const { authTypes, mode } = signInFor(c.release, c.answers)
    const edits: Edit[] = [setVariableTo(types, authTypes)]
    if (mode === 'oidc' || mode === 'google_oauth') edits.push(...oidc(c, mode))
    if (mode === 'saml') edits.push(...saml(c))
    return edits
  },
}

function oidc(c: HardenCase, mode: 'oidc' | 'google_oauth'): readonly Edit[] {
  if (c.answers.sso.type !== 'oidc') return []
  const prefix = mode === 'google_oauth' ? 'OAUTH' : 'OIDC'
  const secret = chosen(c.secrets, `${prefix}_CLIENT_SECRET`)
  const edits: Edit[] = []
  if (mode === 'oidc')
    edits.push(setVariableTo('OIDC_ISSUER', c.answers.sso.issuer, { after: types }))
  edits.push(
    setVariableTo(`${prefix}_CLIENT_ID`, c.answers.sso.clientId, {
      after: mode === 'oidc' ? 'OIDC_ISSUER' : types,
    }),
  )
  if (secret !== undefined)
    edits.push(setVariableTo(`${prefix}_CLIENT_SECRET`, secret, { after: `${prefix}_CLIENT_ID` }))
  if (mode === 'oidc')
    edits.push(setVariableTo('OIDC_SCOPES', c.answers.sso.scopes, { after: 'OIDC_CLIENT_SECRET' }))
  return [...edits, ...passOn(c, 'api', namesOf(edits))]
}

/**
 * Up to beta.48 the Compose file passes these on and no .env.example sets them: a blank one turns the
 * check off. From beta.49 on the release itself demands both signatures; a Compose file of before, on
 * which only the image's tag was raised, still hands the others on blank.
 */
const samlSettings: readonly (readonly [string, string])[] = [
  ['SAML_SIGNED_ASSERTIONS', 'true'],
  ['SAML_SIGNED_RESPONSES', 'true'],
  ['SAML_VERIFY_SSL_ENTITY', 'true'],
  ['SAML_VERIFY_SSL_METADATA', 'true'],
  ['SAML_ALLOW_UNSOLICITED', 'false'],
  ['SAML_AUTHN_REQUESTS_SIGNED', 'false'],
]

function saml(c: HardenCase): readonly Edit[] {
  if (c.answers.sso.type !== 'saml') return []
  const passed = c.release.abilities.samlPassed
  const api = baseModel(c)?.services.get('api')
  const edits = [
    setVariableTo('SAML_IDP_METADATA_URL', c.answers.sso.metadataUrl, { after: types }),
    ...samlSettings
      .filter(([name]) => passed.includes(name) || api?.environment.has(name) === true)
      .map(([name, value]) => setVariableTo(name, value, { after: 'SAML_IDP_METADATA_URL' })),
  ]
  return [...edits, ...passOn(c, 'api', namesOf(edits))]
}

function namesOf(edits: readonly Edit[]): readonly string[] {
  return edits.flatMap((edit) => (edit.kind === 'env' ? [edit.name] : []))
}

function typeFindings(c: Case): readonly Look[] {
  const standing =
    c.answers?.sso.type === 'basic'
      ? acceptedBy('sso: {type: basic}')
      : c.answers?.keepPasswords === true
        ? acceptedBy('keepPasswords: true')
        : undefined
  return [
    ...strangeTypes(c),
    look(
      variableAt(c, types),
      'no passwords',
      passwordsAllowed(c) && {
        evidence: 'people sign in with passwords; nothing limits how often one may be tried',
        remedy: 'Set sso in tracecat-harden.yaml to your provider and run tracecat-harden init.',
        standing,
      },
    ),
  ]
}

/** Later releases than those that refuse it skip what they do not know, and stop only where none is left. */
function strangeTypes(c: Case): readonly Look[] {
  const understood: readonly string[] = c.release.abilities.authTypes
  const named = namedTypes(c)
  const strange = named.filter((one) => !understood.includes(one))
  const stops = refusesUnknown(c) || strange.length === named.length
  return strange.map((one) =>
    look({ ...variableAt(c, types), service: 'api' }, `of ${understood.join(', ')}`, {
      evidence: `${types} names '${one}', which ${c.release.tag} does not know (${understood.join(', ')}): ${stops ? 'the api does not start' : 'it is ignored'}`,
      severity: stops ? 'critical' : 'medium',
    }),
  )
}

function oidcFindings(c: Case): readonly Look[] {
  if (!authTypes(c).includes('oidc')) return []
  return ['OIDC_ISSUER', 'OIDC_CLIENT_ID'].map((name) => reachesApi(c, name))
}

function reachesApi(c: Case, name: string): Look {
  return look(
    { ...environmentAt(c, 'api', name), where: whereVariable(c, name) },
    'set',
    apiSees(c, name) === undefined && {
      evidence: `${types} has oidc and ${name} does not reach the api: it cannot start, or nobody can sign in`,
      severity: 'critical',
    },
  )
}

/** The provider knows the right one: with another nobody signs in, and nobody is let in either. */
function clientSecretFindings(c: Case): readonly Look[] {
  return (['oidc', 'google_oauth'] as const)
    .filter((type) => authTypes(c).includes(type))
    .flatMap((type) => {
      const name = clientSecretName(type)
      const value = name === undefined ? undefined : apiSees(c, name)
      if (name === undefined) return []
      if (value === undefined) return type === 'oidc' ? [reachesApi(c, name)] : []
      return [
        look(
          environmentAt(c, 'api', name),
          'the secret of the client at the provider',
          isWellKnown(value) && {
            evidence: `${name} is a placeholder, or a value that everybody knows`,
            remedy: `Give the client a new secret at the provider, and put it into ${name} of ${c.install.envPath}.`,
          },
        ),
      ]
    })
}

function samlFindings(c: Case): readonly Look[] {
  if (!authTypes(c).includes('saml')) return []
  const name = 'SAML_IDP_METADATA_URL'
  const url = apiSees(c, name)
  const problem = url === undefined ? 'does not reach the api' : metadataUrlProblem(url)
  return [
    look(
      environmentAt(c, 'api', name),
      "the provider's metadata, over https",
      problem !== undefined && {
        evidence: `${types} has saml and ${name} ${problem}`,
        remedy:
          url === undefined
            ? runInit
            : 'Set sso.metadataUrl in tracecat-harden.yaml and run tracecat-harden init.',
        severity: 'critical',
      },
    ),
  ]
}

function apiSees(c: Case, name: string): string | undefined {
  const value = serviceOf(c, 'api')?.environment.get(name) ?? undefined
  return value === '' ? undefined : value
}

/** The secret of the client at the provider, where sign-in needs one. */
export function clientSecretName(
  mode: 'oidc' | 'google_oauth' | 'saml' | 'basic',
): string | undefined {
  return mode === 'oidc'
    ? 'OIDC_CLIENT_SECRET'
    : mode === 'google_oauth'
      ? 'OAUTH_CLIENT_SECRET'
      : undefined
}
