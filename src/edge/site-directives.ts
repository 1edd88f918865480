import { Failure } from '../failure.ts'
import { parseDirectives } from './carried-text.ts'
import type { LeftOut } from './model.ts'
import type { CarriedPart, TlsMode } from './parts.ts'

/**
 * The admin's directives of the site. `tls` with words says where the certificate comes from, which
 * the answers decide; a block alone (a DNS challenge, protocols) is kept. Throws a Failure for a
 * `tls` block where we end no TLS.
 */
export function foldSite(
  parts: readonly CarriedPart[],
  tls: TlsMode,
): { directives: readonly CarriedPart[]; leftOut: readonly LeftOut[] } {
  const directives: CarriedPart[] = []
  const leftOut: LeftOut[] = []
  for (const part of parts) {
    const { text } = part
    const setting = parseDirectives(text).find(({ name }) => name === 'tls')
    if (setting !== undefined && setting.words.length > 1) {
      leftOut.push({ text, why: 'the answer "tls" decides where the certificate comes from' })
      continue
    }
    if (setting !== undefined && tls.mode === 'load-balancer')
      throw new Failure(
        'badInput',
        'Your Caddyfile has a tls block, but the load balancer ends TLS',
        {
          remedy: 'Take the block out of your Caddyfile, or choose another value for "tls".',
        },
      )
    directives.push(part)
  }
  return { directives, leftOut }
}
