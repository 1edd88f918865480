import { isIPv4, isIPv6 } from 'node:net'

/** What Python's strict `ip_network` has against it; undefined where it accepts it. */
export function cidrProblem(text: string): string | undefined {
  const [address = '', length, ...more] = text.split('/')
  if (more.length > 0 || (!isIPv4(address) && !isIPv6(address))) return 'is no network'
  const bits = isIPv4(address) ? 32 : 128
  const prefix = length === undefined ? bits : prefixOf(length)
  if (prefix < 0 || prefix > bits) return 'has no valid length of prefix'
  const host = valueOfAddress(address) & ((1n << BigInt(bits - prefix)) - 1n)
  return host === 0n ? undefined : `has bits set behind its first ${prefix}`
}

/** Is this address of IPv4 in the network? Not where Tracecat refuses the network. */
export function covers(cidr: string, address: string): boolean {
  const [network = '', length] = cidr.split('/')
  if (cidrProblem(cidr) !== undefined || !isIPv4(network)) return false
  const rest = BigInt(32 - (length === undefined ? 32 : prefixOf(length)))
  return valueOfAddress(network) >> rest === valueOfAddress(address) >> rest
}

/** A number, or a mask of IPv4 in either direction; below 0 where it is neither. */
function prefixOf(length: string): number {
  if (/^\d{1,3}$/.test(length)) return Number(length)
  if (!isIPv4(length)) return -1
  const mask = valueOfAddress(length).toString(2).padStart(32, '0')
  const networkBits = /^(1*)0*$/.exec(mask)?.[1]?.length
  const hostBits = /^(0*)1*$/.exec(mask)?.[1]?.length
  return networkBits ?? hostBits ?? -1
}

export function portProblem(text: string): string | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65535 ? undefined : 'is no port (1 to 65535)'
}

/** Rejected whatever the variables say: private, reserved and documentation networks. */
const builtIn = 15
/** Name resolution, UDP and TCP, for the one resolver that Docker gives a container. */
const nameResolution = 2
/** Always added. */
const closing = 2
const forIpv6 = 19

/** How many rules one jailed run gets: read in Tracecat's code at 1.0.0-beta.52-rc.3. */
export function ruleCount(rules: {
  readonly cidrs: number
  readonly ports: number
  readonly blocked: number
  readonly ipv6: boolean
}): number {
  return (
    nameResolution +
    rules.cidrs * rules.ports +
    builtIn +
    rules.blocked +
    closing +
    (rules.ipv6 ? forIpv6 : 0)
  )
}

function valueOfAddress(address: string): bigint {
  if (isIPv4(address))
    return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
  return groupsOf(address).reduce((sum, group) => (sum << 16n) | BigInt(group), 0n)
}

/** The eight groups of an IPv6 address; an IPv4 tail counts as two. */
function groupsOf(address: string): readonly number[] {
  const [head = '', tail] = address.split('::')
  const read = (part: string) => (part === '' ? [] : part.split(':').flatMap(readGroup))
  const before = read(head)
  if (tail === undefined) return before
  const after = read(tail)
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function readGroup(group: string): readonly number[] {
  if (!group.includes('.')) return [Number.parseInt(group, 16)]
  const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}
