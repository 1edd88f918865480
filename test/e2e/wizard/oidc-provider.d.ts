/** What these tests use of oidc-provider 8, which has no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface Client {
    readonly client_id: string
    readonly client_secret: string
    readonly redirect_uris: readonly string[]
  }

  interface Configuration {
    readonly clients: readonly Client[]
    readonly scopes: readonly string[]
    readonly features: { readonly devInteractions: { readonly enabled: boolean } }
    readonly interactions: { url(): string }
  }

  export class Provider {
    constructor(issuer: string, configuration: Configuration)
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
  }
}
