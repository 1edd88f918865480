export interface Network {
  /**
   * Downloads over http(s), following redirects to https only. `proxy` settings of the environment count.
   * Throws a Failure ('surroundings') with what went wrong: unreachable, time-out, status, too large.
   */
  download(
    url: string,
    limits: { readonly maxBytes: number; readonly timeoutMs: number },
  ): Promise<Uint8Array>
}
