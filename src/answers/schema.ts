import * as z from 'zod/mini'
import { attempt } from '../failure.ts'
import { releaseOf } from '../release/release-of.ts'
import { defaults } from './defaults.ts'
import { domainProblem } from './host-name.ts'
import { mailDomainProblem, mailProblem } from './mail.ts'
import { networkProblem, trustedProxyProblem } from './network.ts'
import { issuerProblem, metadataUrlProblem, proxyProblem, scopesProblem } from './url.ts'

/** No control characters, line separators, or marks that turn the direction of text: answers go into files line by line. */
const plain = /^[ -~\u00a0-\u2027\u202f-\u2065\u206a-\ufefe\uff00-\uffff]*$/

type Problem = (text: string) => string | undefined

function text(longest: number, problem: Problem = () => undefined) {
  return z.string().check(
    z.minLength(1),
    z.maxLength(longest),
    z.regex(plain, { error: 'must be one line of text without control characters' }),
    z.refine((value) => problem(value) === undefined, {
      error: ({ input }) => problem(String(input)),
    }),
  )
}

function list(problem: Problem) {
  return z.array(text(256, problem)).check(z.maxLength(64))
}

const path = () =>
  text(1024, (value) => (value.trim() === value ? undefined : 'must not begin or end with a blank'))

function word(longest: number, error: string) {
  return z.string().check(z.maxLength(longest), z.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, { error }))
}

function versionProblem(value: string): string | undefined {
  const release = attempt(
    () => releaseOf(value),
    () => undefined,
  )
  return release === undefined
    ? 'must be a Tracecat release from 0.40.0 on, such as 1.0.0-beta.51'
    : undefined
}

/** An answer that may be left out, with what the published schema says of it. */
function key<Schema extends z.ZodMiniType>(schema: Schema, description: string, preset?: unknown) {
  return z.optional(
    schema.check(z.meta(preset === undefined ? { description } : { description, default: preset })),
  )
}

const sso = () =>
  z.strictObject({
    type: key(
      z.enum(['oidc', 'saml', 'basic']),
      'How people sign in; basic is passwords, without SSO.',
    ),
    provider: key(
      word(40, 'must be a word such as okta, entra, google or keycloak'),
      'Who signs people in: decides what is printed about setting it up.',
    ),
    issuer: key(
      text(2048, issuerProblem),
      'OIDC: the issuer, as it stands in the discovery document.',
    ),
    clientId: key(
      text(512, (value) => (/^[!-~]+$/.test(value) ? undefined : 'must be ASCII without blanks')),
      'OIDC: the client id. Its secret comes from OIDC_CLIENT_SECRET in the environment.',
    ),
    scopes: key(text(512, scopesProblem), 'OIDC: what is asked for.', defaults.scopes),
    metadataUrl: key(
      text(2048, metadataUrlProblem),
      "SAML: the address of the provider's metadata.",
    ),
  })

const acceptedRisk = () =>
  z.strictObject({
    control: word(64, 'must be the id of a control, such as image-pins').check(
      z.describe('The control whose findings are accepted.'),
    ),
    reason: text(500, (value) => (value.trim() === '' ? 'must say why' : undefined)).check(
      z.describe('Why; it stands in every report.'),
    ),
  })

/** The answers file, key by key, each checked by itself. What must be there together, `completeAnswers` says. */
const makeSchema = () =>
  z
    .strictObject({
      domain: key(
        text(253, domainProblem),
        'The name under which people reach Tracecat, without https://.',
      ),
      tls: key(
        z.enum(['automatic', 'certificate', 'internal', 'load-balancer']),
        'Where TLS certificates come from: an ACME authority, your own files, a CA of this install, or a load balancer that ends TLS.',
        defaults.tls,
      ),
      acmeEmail: key(
        text(254, mailProblem),
        'With tls automatic: where the authority sends warnings.',
      ),
      certificate: key(
        path(),
        'With tls certificate: the PEM file with the chain, relative to the install.',
      ),
      certificateKey: key(path(), 'With tls certificate: the PEM file with the private key.'),
      trustedProxies: key(
        list(trustedProxyProblem),
        'With tls load-balancer: its networks, whose word on client addresses counts.',
      ),
      tenancy: key(
        z.enum(['single', 'multi', 'trusted']),
        'Who writes what runs here: one team, several that must not see each other, or nobody to fear.',
        defaults.tenancy,
      ),
      executorPrivileges: key(
        z.enum(['auto', 'confined', 'capabilities', 'privileged']),
        'What the executor may do on the host so that its sandbox starts; auto tries the least first.',
        defaults.executorPrivileges,
      ),
      sso: key(sso(), 'How people sign in.'),
      keepPasswords: key(
        z.boolean(),
        'Leave password sign-in on beside SSO, until an SSO sign-in has worked.',
        defaults.keepPasswords,
      ),
      allowedDomains: key(
        list(mailDomainProblem),
        'E-mail domains that may sign in; required with OIDC.',
      ),
      superadminEmail: key(
        text(254, mailProblem),
        'Who becomes superadmin, exactly as the provider sends the address.',
      ),
      signUpNetworks: key(
        list(networkProblem),
        'With passwords: networks that may reach sign-up; none by default.',
      ),
      caBundle: key(path(), "A PEM file with a company's CA that containers must trust."),
      proxy: key(
        text(2048, proxyProblem),
        'The HTTP proxy through which containers reach the Internet.',
      ),
      privateNetworks: key(
        list(networkProblem),
        'Private networks that actions must reach, where the release filters.',
      ),
      payloadEncryption: key(
        z.boolean(),
        'Encrypt workflow payloads with a second key, which must never be lost either.',
        defaults.payloadEncryption,
      ),
      accept: key(
        z.array(acceptedRisk()).check(z.maxLength(64)),
        'Findings to accept, each with its reason.',
      ),
      tracecatVersion: key(
        text(64, versionProblem),
        'The Tracecat release, where the image tag does not say it.',
      ),
    })
    .check(z.meta({ title: 'Answers of tracecat-harden' }))

let schema: ReturnType<typeof makeSchema> | undefined

/** The schema of the answers: made when it is asked for, since an install that was never hardened has none. */
export function answersSchema(): ReturnType<typeof makeSchema> {
  schema ??= makeSchema()
  return schema
}

/** Answers as given: any may be missing. */
export type PartialAnswers = z.infer<ReturnType<typeof makeSchema>>
