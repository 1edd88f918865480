export interface Network {
  /**
   * Downloads over http(s), following redirects to https, and from http to http on the same host.
   * `proxy` settings of the environment count.
   * Throws a Failure: 'surroundings' with what went wrong (unreachable, time-out, status, too large, a proxy
   * that cannot be used), 'badInput' where `url` is not one of http(s).
   */
  download(
    url: string,
    limits: { readonly maxBytes: number; readonly timeoutMs: number },
  ): Promise<Uint8Array>
  /** One GET over http(s) that follows no redirect. Never throws for what the network does. */
  get(url: string, options: GetOptions): Promise<GetResult>
  /** The addresses of a name, as this host resolves it; empty where there are none. */
  lookup(name: string, timeoutMs: number): Promise<readonly string[]>
  /** Does something on this port take connections, as seen from here? */
  connect(host: string, port: number, timeoutMs: number): Promise<'open' | 'refused' | 'no-answer'>
  /** The addresses of this host's interfaces, loopback included. */
  ownAddresses(): readonly string[]
}

export interface GetOptions {
  readonly maxBytes: number
  readonly timeoutMs: number
  /** Certificates (PEM) that count beside the public ones. */
  readonly authorities?: readonly string[]
  /** Used instead of the environment's. */
  readonly proxy?: string | undefined
}

export type GetResult =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly location: string | undefined
      readonly text: string
    }
  | {
      readonly kind: 'failed'
      /** `name`: it does not resolve. `proxy`: there is no way to the proxy that `detail` names. */
      readonly reason: 'name' | 'connection' | 'proxy' | 'time-out' | 'certificate' | 'too-large'
      readonly detail: string
    }
