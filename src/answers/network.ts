import { isIPv4, isIPv6 } from 'node:net'

interface Network {
  readonly bits: 32 | 128
  readonly address: bigint
  readonly prefix: number
}

/**
 * What is wrong with a network in CIDR notation, or undefined. Strict as Python's `ip_network`, which
 * reads it in Tracecat and ends the service where bits of the host are set.
 */
export function networkProblem(text: string): string | undefined {
  const network = read(text)
  if (typeof network === 'string') return network
  const { bits, address, prefix } = network
  const hostBits = BigInt(bits - prefix)
  const first = (address >> hostBits) << hostBits
  if (first !== address)
    return `is an address inside a network: the network is ${format(first, bits)}/${prefix}`
  return undefined
}

/** The same for networks of proxies, which may set anybody's address. */
export function trustedProxyProblem(text: string): string | undefined {
  const problem = networkProblem(text)
  if (problem !== undefined) return problem
  const network = read(text)
  if (typeof network !== 'string' && network.prefix < (network.bits === 32 ? 8 : 7))
    return 'is most of the Internet: anybody there could pretend to come from any address; name the load balancer alone'
  return undefined
}

function read(text: string): Network | string {
  const [, address = '', prefix] = /^([0-9a-fA-F.:]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? []
  const bits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : undefined
  if (bits === undefined) return 'must be a network such as 10.0.0.0/8 or fd00::/8'
  if (prefix === undefined)
    return `must be a network: write ${address}/${bits} for this one address`
  if (Number(prefix) > bits) return `has a prefix longer than ${bits} bits`
  return {
    bits,
    address: bits === 32 ? readIPv4(address) : readIPv6(address),
    prefix: Number(prefix),
  }
}

function readIPv4(text: string): bigint {
  return text.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n)
}

function readIPv6(text: string): bigint {
  const [head = '', tail] = canonical(text).split('::')
  const left = head.split(':').filter(Boolean)
  const right = (tail ?? '').split(':').filter(Boolean)
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...zeros, ...right].reduce((sum, part) => sum * 65536n + BigInt(`0x${part}`), 0n)
}

function format(address: bigint, bits: 32 | 128): string {
  const size = bits === 32 ? 8n : 16n
  const count = bits === 32 ? 4 : 8
  const parts = Array.from(
    { length: count },
    (_, i) => (address >> (BigInt(count - 1 - i) * size)) & ((1n << size) - 1n),
  )
  return bits === 32 ? parts.join('.') : canonical(parts.map((part) => part.toString(16)).join(':'))
}

/** IPv6 in its shortest form, hexadecimal throughout. */
function canonical(text: string): string {
  return new URL(`http://[${text}]`).hostname.slice(1, -1)
}
