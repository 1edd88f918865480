import { Failure } from '../failure.ts'
import { openingLength, parseDirectives } from './carried-text.ts'
import type { LeftOut } from './model.ts'
import type { CarriedPart, TlsMode } from './parts.ts'

interface GlobalOptions {
  readonly options: readonly string[]
  readonly servers: readonly string[]
  readonly leftOut: readonly LeftOut[]
}

/**
 * Merges the admin's global options with ours. An option that we set, or that would undo the chosen
 * TLS, gives way and is reported; all `servers` blocks become one, as Caddy takes only one.
 * Throws a Failure for `servers` with an address where we need the plain one: Caddy would then apply
 * only that one, and the trusted proxies would be lost.
 */
export function foldGlobal(
  parts: readonly CarriedPart[],
  tls: TlsMode,
  trustsProxies: boolean,
): GlobalOptions {
  const options: string[] = []
  const servers: string[] = []
  const leftOut: LeftOut[] = []
  for (const { text } of parts) {
    const [option] = parseDirectives(text)
    const words = option?.words.map((word) => word.text) ?? []
    const why = givesWay(words, tls)
    if (why !== undefined) leftOut.push({ text, why })
    else if (words[0] !== 'servers') options.push(text)
    else if (words.length > 1 && trustsProxies) throw addressed(words)
    else if (words.length > 1) options.push(text)
    else if (trustsProxies && setsTrust(option?.block?.directives[0]?.name))
      leftOut.push({ text, why: 'the answer "trustedProxies" decides whom Caddy believes' })
    else servers.push(...insideOf(text))
  }
  return { options, servers, leftOut }
}

function givesWay([name, value]: readonly string[], tls: TlsMode): string | undefined {
  if (name === 'email' && tls.mode === 'automatic' && tls.acmeEmail !== undefined)
    return 'the answer "acmeEmail" decides the address'
  if (name === 'skip_install_trust' && tls.mode === 'internal') return 'it is set already'
  if (name === 'admin' && opensAdmin(value ?? ''))
    return "Caddy's admin endpoint would be open to the other containers, without a password"
  if (tls.mode === 'load-balancer') return undefined
  if (name === 'auto_https' || name === 'local_certs')
    return 'the answer "tls" decides where the certificate comes from'
  if (name === 'http_port' || name === 'https_port')
    return 'the ports 80 and 443 are what the Compose file publishes'
  return undefined
}

/** Does this address, if any is given, let other containers reach Caddy's admin endpoint? */
export function opensAdmin(address: string): boolean {
  return !/^(?:|off|unix(?:\+h2c)?\/.*|(?:tcp\/)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?)$/.test(
    address,
  )
}

function setsTrust(name: string | undefined): boolean {
  return name === 'trusted_proxies' || name === 'trusted_proxies_strict'
}

function addressed(words: readonly string[]): Failure {
  return new Failure(
    'badInput',
    `Your Caddyfile has the global option "${words.join(' ')}", which would hide the trusted proxies`,
    { remedy: 'Write it as "servers" without an address, so that both can be one block.' },
  )
}

/** The lines between the braces of a `servers` block. */
function insideOf(text: string): readonly string[] {
  const block = parseDirectives(text)[0]?.block
  if (block === undefined || block.directives.length === 0) return []
  return [
    text
      .slice(block.start - openingLength, block.end - openingLength)
      .replace(/^[^\n]*\n|\n[\t ]*$/g, ''),
  ]
}
