import type { Answers, SignIn, TlsAnswer } from './answers.ts'

/** Keys that mean something in one `tls` mode only. */
export const tlsKeys: { readonly [mode in TlsAnswer]: readonly (keyof Answers)[] } = {
  automatic: [],
  certificate: ['certificate', 'certificateKey'],
  internal: [],
  'load-balancer': ['trustedProxies'],
}

/** Keys of `sso` that mean something with one type only. */
export const ssoKeys: { readonly [type in SignIn['type']]: readonly string[] } = {
  oidc: ['issuer', 'clientId', 'scopes'],
  saml: ['metadataUrl'],
  basic: [],
}
