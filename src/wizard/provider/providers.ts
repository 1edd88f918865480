/** An identity provider that speaks OIDC, as the admin sees it. */
export interface OidcProvider {
  readonly id: string
  readonly name: string
  /** What to type, and where it is found. */
  readonly ask: { readonly message: string; readonly help: string }
  /** The same for everybody: nothing to ask. */
  readonly fixedIssuer?: string
  readonly usualIssuer?: string
  /** The issuer that this text means: a whole URL, or the part that differs between customers. */
  issuerOf(text: string): string
  /** Who else could get an account there. */
  readonly warning?: string
}

/** An identity provider that speaks SAML. */
export interface SamlProvider {
  readonly id: string
  readonly name: string
  /** Where its metadata is found. */
  readonly help: string
}

const openRegistration = (name: string) =>
  `If ${name} lets people register themselves, anybody can register under an address of your company and become superadmin: turn that off, or have addresses verified. Tracecat does not check that they are.`

export const oidcProviders: readonly OidcProvider[] = [
  {
    id: 'google',
    name: 'Google',
    ask: { message: 'Issuer:', help: '' },
    fixedIssuer: 'https://accounts.google.com',
    issuerOf: withScheme,
    warning:
      'Every Google account in the world belongs to this provider: only the e-mail domains keep others out.',
  },
  {
    id: 'okta',
    name: 'Okta',
    ask: {
      message: 'Okta domain or issuer:',
      help: 'The address of your Okta, such as example.okta.com. With an authorization server of your own: its issuer, such as https://example.okta.com/oauth2/default.',
    },
    issuerOf: withScheme,
  },
  {
    id: 'entra',
    name: 'Microsoft Entra ID',
    ask: {
      message: 'Tenant ID or issuer:',
      help: 'The directory (tenant) ID from the overview of the app registration. Add "email" to the optional claims of the ID token.',
    },
    issuerOf: (text) =>
      /[/:]/.test(text) ? text : `https://login.microsoftonline.com/${text}/v2.0`,
  },
  {
    id: 'auth0',
    name: 'Auth0',
    ask: {
      message: 'Auth0 domain or issuer:',
      help: 'The domain in the settings of the application, such as example.eu.auth0.com.',
    },
    issuerOf: (text) => (/^https?:/i.test(text) ? text : `https://${text}/`),
    warning: openRegistration('Auth0'),
  },
  {
    id: 'keycloak',
    name: 'Keycloak',
    ask: {
      message: 'Issuer:',
      help: 'https://<host>/realms/<realm>; before Keycloak 17 with /auth in front of /realms.',
    },
    issuerOf: withScheme,
    warning: openRegistration('the realm'),
  },
  {
    id: 'authentik',
    name: 'Authentik',
    ask: { message: 'Issuer:', help: 'https://<host>/application/o/<slug of the application>/' },
    issuerOf: withScheme,
  },
  {
    id: 'gitlab',
    name: 'GitLab',
    ask: { message: 'Issuer:', help: 'https://gitlab.com, or the address of your own GitLab.' },
    usualIssuer: 'https://gitlab.com',
    issuerOf: withScheme,
    warning: openRegistration('GitLab'),
  },
  {
    id: 'other',
    name: 'another OIDC provider',
    ask: { message: 'Issuer:', help: 'The address in front of /.well-known/openid-configuration.' },
    issuerOf: withScheme,
  },
]

export const samlProviders: readonly SamlProvider[] = [
  {
    id: 'okta',
    name: 'Okta',
    help: 'Sign On tab of the application: https://<org>.okta.com/app/<id>/sso/saml/metadata',
  },
  {
    id: 'entra',
    name: 'Microsoft Entra ID',
    help: 'App Federation Metadata Url: https://login.microsoftonline.com/<tenant>/federationmetadata/2007-06/federationmetadata.xml?appid=<id>',
  },
  {
    id: 'authentik',
    name: 'Authentik',
    help: 'Metadata of the provider: https://<host>/api/v3/providers/saml/<number>/metadata/?download',
  },
  {
    id: 'keycloak',
    name: 'Keycloak',
    help: 'https://<host>/realms/<realm>/protocol/saml/descriptor',
  },
  {
    id: 'other',
    name: 'another SAML provider',
    help: 'The URL where the provider publishes its metadata (XML).',
  },
]

/** The provider and how it is spoken to: `Okta, OIDC`; the protocol alone where the provider has no name. */
export function providerName(id: string | undefined, protocol: 'OIDC' | 'SAML'): string {
  if (id === undefined || id === 'other') return protocol
  const found = [...oidcProviders, ...samlProviders].find((one) => one.id === id)
  return `${found?.name ?? id}, ${protocol}`
}

/** Redirect URIs for OIDC at this public address. `mcp`: the release's MCP service signs in by itself. */
export function redirectUris(domain: string, mcp: boolean): readonly string[] {
  const app = `https://${domain}`
  return [`${app}/auth/oauth/callback`, ...(mcp ? [`${app}/auth/callback`] : [])]
}

/** What a SAML provider must be told (Tracecat takes its public API URL as entity ID). */
export function samlAddresses(domain: string): { readonly acs: string; readonly entityId: string } {
  return { acs: `https://${domain}/auth/saml/acs`, entityId: `https://${domain}/api` }
}

function withScheme(text: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || text === '' ? text : `https://${text}`
}
