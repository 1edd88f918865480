import { store, type Upstream } from './parts.ts'

/** A route of the stock Caddyfile that we render as well, with the same destination and path. */
export interface Route {
  /** Directive and path, as in the Caddyfile; `reverse_proxy` is everything else. */
  readonly id: string
  readonly upstream: Exclude<Upstream, typeof store>
  /** Sent on at once, for answers that come in pieces (server-sent events). */
  readonly streams: boolean
}

function route(id: string, upstream: Route['upstream'], streams = false): Route {
  return { id, upstream, streams }
}

/**
 * The routes of every release from 0.40.0 on, but for /s3 (read in both stock Caddyfiles: 0.40.0 to
 * 1.0.0-beta.27, and the one with MCP since). MCP's sign-in serves at the root, so its `/register`
 * has nothing to do with Tracecat's sign-up.
 */
export const routes: readonly Route[] = [
  route('handle_path /api*', 'api'),
  route('handle /mcp*', 'mcp', true),
  route('handle /.well-known/oauth-authorization-server', 'mcp'),
  route('handle /.well-known/oauth-protected-resource*', 'mcp'),
  route('handle /authorize*', 'mcp'),
  route('handle /token', 'mcp'),
  route('handle /register', 'mcp'),
  route('handle /consent*', 'mcp'),
  route('handle /auth/callback*', 'mcp'),
  route('reverse_proxy', 'ui'),
]

/** Where the upstreams listen inside the stack. */
export const upstreamAddresses: Readonly<Record<Upstream, string>> = {
  api: 'api:8000',
  ui: 'ui:3000',
  mcp: 'mcp:8099',
  [store]: `${store}:9000`,
}

/** Whether a release has the upstream: `ui` and `api` always are there. */
export function isServed(upstream: string, upstreams: readonly string[]): boolean {
  return upstream === 'ui' || upstream === 'api' || upstreams.includes(upstream)
}
