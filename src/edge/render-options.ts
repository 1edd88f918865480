import type { Upstream } from './parts.ts'
import { upstreamAddresses } from './routes.ts'

/** Other addresses and ports than those inside the stack: for tests on loopback. */
export interface RenderOptions {
  /** host:port of upstreams; without: the service names. */
  readonly addresses?: Partial<Readonly<Record<Upstream, string>>>
  readonly httpPort?: number
  readonly httpsPort?: number
}

export function addressOf(upstream: Upstream, options: RenderOptions): string {
  return `http://${options.addresses?.[upstream] ?? upstreamAddresses[upstream]}`
}
