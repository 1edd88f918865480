import http from 'node:http'
import { Provider as OpenIdProvider } from 'oidc-provider'
import { listen, type Provider } from './provider.ts'

/** An application that is registered at a provider, or wants to pass for it. */
export interface Client {
  readonly id: string
  readonly secret: string
  readonly redirectUri: string
}

const signInPage = '/sign-in'

/**
 * A real OpenID provider that knows one client. Under `/wrong` the same provider answers, as behind
 * a second address: its discovery document names the issuer that it has, not the one asked for.
 * Keys and storage are those that oidc-provider starts with, of which it warns.
 */
export async function openIdProvider({ id, secret, redirectUri }: Client): Promise<Provider> {
  const server = http.createServer()
  const listening = await listen(server, 'http')
  const answer = new OpenIdProvider(listening.url, {
    clients: [{ client_id: id, client_secret: secret, redirect_uris: [redirectUri] }],
    scopes: ['openid', 'email', 'profile'],
    features: { devInteractions: { enabled: false } },
    interactions: { url: () => signInPage },
  }).callback()
  server.on('request', (request, response) => {
    request.url = request.url?.replace(/^\/wrong\//, '/')
    void answer(request, response)
  })
  return listening
}

/**
 * Whether the provider shows its sign-in page to someone whom the client sends, and whether it takes
 * the client's secret: it then complains of the code alone (RFC 6749, 5.2).
 */
export async function tryClient(
  issuer: string,
  { id, secret, redirectUri }: Client,
): Promise<{ readonly signInPage: boolean; readonly secret: boolean }> {
  const query = new URLSearchParams({
    client_id: id,
    response_type: 'code',
    scope: 'openid email profile',
    redirect_uri: redirectUri,
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
  })
  const sent = await fetch(`${issuer}/auth?${query}`, { redirect: 'manual' })
  const token = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: 'not-a-code',
      redirect_uri: redirectUri,
    }),
  })
  return {
    signInPage: sent.headers.get('location') === signInPage,
    secret: (await token.text()).includes('"invalid_grant"'),
  }
}
