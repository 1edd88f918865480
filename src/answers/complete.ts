import type { Where } from '../failure.ts'
import type { Release } from '../release/release.ts'
import type { Answers, SignIn } from './answers.ts'
import { defaults } from './defaults.ts'
import { normalDomain, publicCertificateProblem } from './host-name.ts'
import { isDomainAllowed, mailDomain } from './mail.ts'
import { ssoKeys, tlsKeys } from './modes.ts'
import { answersFailure, type KeyPath, type Problem } from './problems.ts'
import type { PartialAnswers } from './schema.ts'

/** What else is known when answers are completed. */
export interface CompletionContext {
  /** Checks the answers against what the release can do. */
  readonly release?: Release
  /** Where an answer came from, as from `parseAnswers`. */
  readonly locate?: (path: KeyPath) => Where | undefined
}

/**
 * Answers with defaults filled in and values in their normal form.
 * @throws Failure('badInput') that names every missing answer and every contradiction
 */
export function completeAnswers(given: PartialAnswers, context: CompletionContext = {}): Answers {
  const problems = [
    ...missing(given),
    ...contradictions(given),
    ...beyondRelease(given, context.release),
  ]
  const signIn = signInOf(given.sso)
  const { domain, superadminEmail } = given
  if (
    problems.length > 0 ||
    signIn === undefined ||
    domain === undefined ||
    superadminEmail === undefined
  )
    throw answersFailure(
      problems,
      context.locate ?? (() => undefined),
      'Put them into tracecat-harden.yaml, or pass them as --set key=value.',
    )
  return {
    domain: normalDomain(domain),
    tls: given.tls ?? defaults.tls,
    acmeEmail: given.acmeEmail,
    certificate: given.certificate,
    certificateKey: given.certificateKey,
    trustedProxies: unique(given.trustedProxies),
    tenancy: given.tenancy ?? defaults.tenancy,
    executorPrivileges: given.executorPrivileges ?? defaults.executorPrivileges,
    sso: signIn,
    keepPasswords: given.keepPasswords ?? defaults.keepPasswords,
    allowedDomains: lowerCased(given.allowedDomains),
    superadminEmail,
    signUpNetworks: unique(given.signUpNetworks),
    caBundle: given.caBundle,
    proxy: given.proxy,
    privateNetworks: unique(given.privateNetworks),
    payloadEncryption: given.payloadEncryption ?? defaults.payloadEncryption,
    accept: given.accept ?? [],
    tracecatVersion: given.tracecatVersion?.replace(/^v/, ''),
  }
}

/** Answers that must be there, each with what it is. */
function missing({
  domain,
  superadminEmail,
  sso,
  tls,
  allowedDomains,
  ...rest
}: PartialAnswers): readonly Problem[] {
  const required: readonly (readonly [boolean, KeyPath, string])[] = [
    [domain === undefined, ['domain'], 'the name under which people reach Tracecat'],
    [
      tls === 'certificate' && rest.certificate === undefined,
      ['certificate'],
      'tls: certificate needs the file',
    ],
    [
      tls === 'certificate' && rest.certificateKey === undefined,
      ['certificateKey'],
      'tls: certificate needs its key',
    ],
    [
      tls === 'load-balancer' && isEmpty(rest.trustedProxies),
      ['trustedProxies'],
      'tls: load-balancer needs its networks',
    ],
    [sso?.type === undefined, ['sso', 'type'], 'oidc, saml or basic'],
    [sso?.type === 'oidc' && sso.issuer === undefined, ['sso', 'issuer'], "the provider's address"],
    [
      sso?.type === 'oidc' && sso.clientId === undefined,
      ['sso', 'clientId'],
      'the id that the provider gave',
    ],
    [
      sso?.type === 'saml' && sso.metadataUrl === undefined,
      ['sso', 'metadataUrl'],
      "the provider's metadata",
    ],
    [
      sso?.type === 'oidc' && isEmpty(allowedDomains),
      ['allowedDomains'],
      'with OIDC Tracecat trusts any address that the provider sends, so the domains must be named',
    ],
    [
      superadminEmail === undefined,
      ['superadminEmail'],
      'who becomes superadmin, exactly as the provider sends it',
    ],
  ]
  return required
    .filter(([isMissing]) => isMissing)
    .map(([, path, what]) => ({ path, text: `is missing: ${what}` }))
}

/** Answers that cannot hold together. */
function contradictions(given: PartialAnswers): readonly Problem[] {
  const problems: Problem[] = []
  const add = (text: string, ...path: KeyPath) => problems.push({ path, text })
  const tls = given.tls ?? defaults.tls
  for (const [mode, keys] of Object.entries(tlsKeys))
    for (const key of keys)
      if (mode !== tls && !isEmpty(given[key]))
        add(`belongs to tls: ${mode}, but tls is ${tls}`, key)
  const type = given.sso?.type
  for (const [other, keys] of Object.entries(ssoKeys))
    for (const key of keys)
      if (type !== undefined && other !== type && Reflect.get(given.sso ?? {}, key) !== undefined)
        add(`belongs to sso type ${other}, but the type is ${type}`, 'sso', key)
  if (given.domain !== undefined && (tls === 'automatic' || tls === 'certificate')) {
    const domain = normalDomain(given.domain)
    const problem =
      tls === 'automatic' || !domain.includes('.') ? publicCertificateProblem(domain) : undefined
    if (problem !== undefined) add(`${problem}: use a full public name, or tls: internal`, 'domain')
  }
  if (type === 'basic' && given.keepPasswords === true)
    add('belongs to SSO: with sso type basic passwords are the only way in', 'keepPasswords')
  if (
    (type === 'oidc' || type === 'saml') &&
    given.keepPasswords !== true &&
    !isEmpty(given.signUpNetworks)
  )
    add('belongs to passwords, which are off: nobody signs up', 'signUpNetworks')
  if (given.tenancy === 'trusted' && (given.executorPrivileges ?? 'auto') !== 'auto')
    add('belongs to the sandbox, and with tenancy: trusted there is none', 'executorPrivileges')
  return [...problems, ...superadminOutside(given), ...acceptedTwice(given)]
}

function superadminOutside({
  superadminEmail,
  allowedDomains,
  sso,
  keepPasswords,
}: PartialAnswers): readonly Problem[] {
  if (superadminEmail === undefined) return []
  const domain = mailDomain(superadminEmail)
  const domains = lowerCased(allowedDomains)
  const samlAlone = sso?.type === 'saml' && keepPasswords !== true
  if (isDomainAllowed(superadminEmail, domains, samlAlone)) return []
  const text = domains.includes(domain.toLowerCase())
    ? `has capitals in its domain: Tracecat would refuse it, since it compares ${domain} with ${domain.toLowerCase()} letter by letter`
    : `could not sign in: ${domain} is not among allowedDomains`
  return [{ path: ['superadminEmail'], text }]
}

function acceptedTwice({ accept = [] }: PartialAnswers): readonly Problem[] {
  return accept.flatMap(({ control }, index) =>
    accept.findIndex((other) => other.control === control) < index
      ? [{ path: ['accept', index], text: `accepts ${control} a second time` }]
      : [],
  )
}

function beyondRelease(
  { payloadEncryption }: PartialAnswers,
  release: Release | undefined,
): readonly Problem[] {
  if (payloadEncryption !== true || release === undefined || release.abilities.payloadKeyring)
    return []
  const text = `is not in Tracecat ${release.tag}: it came with 1.0.0-beta.42`
  return [{ path: ['payloadEncryption'], text }]
}

function signInOf(sso: PartialAnswers['sso']): SignIn | undefined {
  const { type, provider, issuer, clientId, scopes = defaults.scopes, metadataUrl } = sso ?? {}
  if (type === 'basic') return { type }
  if (type === 'saml' && metadataUrl !== undefined) return { type, provider, metadataUrl }
  if (type === 'oidc' && issuer !== undefined && clientId !== undefined)
    return { type, provider, issuer, clientId, scopes: scopes.split(' ').filter(Boolean).join(' ') }
  return undefined
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0)
}

function unique(list: readonly string[] = []): readonly string[] {
  return [...new Set(list)]
}

function lowerCased(list: readonly string[] = []): readonly string[] {
  return unique(list.map((item) => item.toLowerCase()))
}
