import {
  type Case,
  type Control,
  type HardenCase,
  type Look,
  notApplicable,
  verdictOf,
} from '../control.ts'
import { environmentAt, look } from '../look.ts'
import { passOn } from '../pass-on.ts'
import { baseModel, serviceOf, variableOf, whereVariable } from '../reading.ts'
import { authTypes } from './reading.ts'

/** What may be passed on as it is: none of them turns a check off. */
const harmless = ['SAML_ACCEPTED_TIME_DIFF', 'SAML_CA_CERTS', 'SAML_METADATA_CERT'] as const

/** A check each, and the value that leaves it on. */
const checks = {
  SAML_SIGNED_ASSERTIONS: 'true',
  SAML_SIGNED_RESPONSES: 'true',
  SAML_VERIFY_SSL_ENTITY: 'true',
  SAML_VERIFY_SSL_METADATA: 'true',
  SAML_ALLOW_UNSOLICITED: 'false',
} as const

export const samlVariables: Control = {
  meta: {
    id: 'saml-variables',
    title: 'SAML settings reach the API, and none turns a check off',
    severity: 'high',
    area: 'sign-in',
    why: 'From beta.49 on the Compose file passes SAML_IDP_METADATA_URL alone: other SAML variables in .env do nothing. Before, each is passed on, and a blank or false one turns a check off.',
    risk: "Without signatures whoever can reach the sign-in address signs in as anybody; without the company's authority, or with too little room for clocks, nobody signs in.",
    fix: 'Settings that leave the checks on are passed on by the override; those that would turn one off are not, and are set to the safe value where the Compose file passes them.',
    reference: 'https://docs.tracecat.com/self-hosting/authentication',
  },
  inspect(c) {
    if (!authTypes(c).includes('saml')) return notApplicable('nobody signs in with SAML')
    return verdictOf([...lost(c), ...off(c)])
  },
  harden(c) {
    return c.answers.sso.type === 'saml' ? passOn(c, 'api', lostNames(c)) : []
  },
}

/** In `.env`, and not given to the api by the Compose file. What we passed on before stays wanted. */
function lostNames(c: HardenCase | Case): readonly string[] {
  const api = baseModel(c)?.services.get('api')
  if (api === undefined) return []
  return harmless.filter((name) => variableOf(c, name) !== undefined && !api.environment.has(name))
}

function lost(c: Case): readonly Look[] {
  const api = serviceOf(c, 'api')
  return lostNames(c).map((name) =>
    look(
      { ...environmentAt(c, 'api', name), where: whereVariable(c, name) },
      'as in .env',
      api?.environment.has(name) === false && {
        severity: 'medium',
        evidence: `${name} is set and does not reach the api`,
      },
    ),
  )
}

function off(c: Case): readonly Look[] {
  return Object.entries(checks).map(([name, safe]) => {
    const value = serviceOf(c, 'api')?.environment.get(name) ?? undefined
    return look(
      environmentAt(c, 'api', name),
      safe,
      value !== undefined &&
        value.toLowerCase() !== safe && {
          evidence: `${name} is ${value === '' ? 'blank' : value}: ${safe} is what leaves the check on`,
        },
    )
  })
}
