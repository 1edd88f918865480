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

const sso = () =>
  z.strictObject({
    type: z.optional(
      z
        .enum(['oidc', 'saml', 'basic'])
        .check(z.describe('How people sign in; basic is passwords, without SSO.')),
    ),
    provider: z.optional(
      word(40, 'must be a word such as okta, entra, google or keycloak').check(
        z.describe('Who signs people in: decides what is printed about setting it up.'),
      ),
    ),
    issuer: z.optional(
      text(2048, issuerProblem).check(
        z.describe('OIDC: the issuer, as it stands in the discovery document.'),
      ),
    ),
    clientId: z.optional(
      text(512, (value) =>
        /^[!-~]+$/.test(value) ? undefined : 'must be ASCII without blanks',
      ).check(
        z.describe(
          'OIDC: the client id. Its secret comes from OIDC_CLIENT_SECRET in the environment.',
        ),
      ),
    ),
    scopes: z.optional(
      text(512, scopesProblem).check(
        z.meta({ description: 'OIDC: what is asked for.', default: defaults.scopes }),
      ),
    ),
    metadataUrl: z.optional(
      text(2048, metadataUrlProblem).check(
        z.describe("SAML: the address of the provider's metadata."),
      ),
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
      domain: z.optional(
        text(253, domainProblem).check(
          z.describe('The name under which people reach Tracecat, without https://.'),
        ),
      ),
      tls: z.optional(
        z.enum(['automatic', 'certificate', 'internal', 'load-balancer']).check(
          z.meta({
            description:
              'Where TLS certificates come from: an ACME authority, your own files, a CA of this install, or a load balancer that ends TLS.',
            default: defaults.tls,
          }),
        ),
      ),
      acmeEmail: z.optional(
        text(254, mailProblem).check(
          z.describe('With tls automatic: where the authority sends warnings.'),
        ),
      ),
      certificate: z.optional(
        path().check(
          z.describe('With tls certificate: the PEM file with the chain, relative to the install.'),
        ),
      ),
      certificateKey: z.optional(
        path().check(z.describe('With tls certificate: the PEM file with the private key.')),
      ),
      trustedProxies: z.optional(
        list(trustedProxyProblem).check(
          z.describe(
            'With tls load-balancer: its networks, whose word on client addresses counts.',
          ),
        ),
      ),
      tenancy: z.optional(
        z.enum(['single', 'multi', 'trusted']).check(
          z.meta({
            description:
              'Who writes what runs here: one team, several that must not see each other, or nobody to fear.',
            default: defaults.tenancy,
          }),
        ),
      ),
      executorPrivileges: z.optional(
        z.enum(['auto', 'confined', 'capabilities', 'privileged']).check(
          z.meta({
            description:
              'What the executor may do on the host so that its sandbox starts; auto tries the least first.',
            default: defaults.executorPrivileges,
          }),
        ),
      ),
      sso: z.optional(sso().check(z.describe('How people sign in.'))),
      keepPasswords: z.optional(
        z.boolean().check(
          z.meta({
            description: 'Leave password sign-in on beside SSO, until an SSO sign-in has worked.',
            default: defaults.keepPasswords,
          }),
        ),
      ),
      allowedDomains: z.optional(
        list(mailDomainProblem).check(
          z.describe('E-mail domains that may sign in; required with OIDC.'),
        ),
      ),
      superadminEmail: z.optional(
        text(254, mailProblem).check(
          z.describe('Who becomes superadmin, exactly as the provider sends the address.'),
        ),
      ),
      signUpNetworks: z.optional(
        list(networkProblem).check(
          z.describe('With passwords: networks that may reach sign-up; none by default.'),
        ),
      ),
      caBundle: z.optional(
        path().check(z.describe("A PEM file with a company's CA that containers must trust.")),
      ),
      proxy: z.optional(
        text(2048, proxyProblem).check(
          z.describe('The HTTP proxy through which containers reach the Internet.'),
        ),
      ),
      privateNetworks: z.optional(
        list(networkProblem).check(
          z.describe('Private networks that actions must reach, where the release filters.'),
        ),
      ),
      payloadEncryption: z.optional(
        z.boolean().check(
          z.meta({
            description:
              'Encrypt workflow payloads with a second key, which must never be lost either.',
            default: defaults.payloadEncryption,
          }),
        ),
      ),
      accept: z.optional(
        z
          .array(acceptedRisk())
          .check(z.maxLength(64), z.describe('Findings to accept, each with its reason.')),
      ),
      tracecatVersion: z.optional(
        text(64, versionProblem).check(
          z.describe('The Tracecat release, where the image tag does not say it.'),
        ),
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
