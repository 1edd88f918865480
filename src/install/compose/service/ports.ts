import { isIP } from 'node:net'
import {
  asWritten,
  mapTree,
  type Place,
  refuse,
  type ScalarTree,
  type Tree,
  textScalar,
  valueScalar,
} from '../tree.ts'

interface Range {
  readonly first: number
  readonly last: number
}

/**
 * The short form of a port, `[[ip:]published:]target[/protocol]`, as the long form. Two ranges of
 * one length become one port each; a published range before a single target stays one port.
 * Measured with Compose 2.40.
 *
 * @throws Failure('badInput') where Compose refuses it
 */
export function expandPort(port: ScalarTree): readonly Tree[] {
  const wrong = (why: string) => refuse(`${asWritten(port)} is no port: ${why}`, port.at)
  const [ports = '', protocol = 'tcp', ...rest] = port.text.split('/')
  if (rest.length > 0 || !/^(?:tcp|udp|sctp)$/i.test(protocol)) throw wrong('unknown protocol')
  const parts = ports.split(':')
  const target = range(parts.pop() ?? '')
  if (target === undefined) throw wrong('its target is no port number')
  const publishedText = parts.pop() ?? ''
  const published = range(publishedText)
  if (publishedText !== '' && published === undefined) {
    throw wrong('its published port is no port number')
  }
  const hostIp = address(parts.join(':'))
  if (hostIp === undefined) throw wrong('its address is no IP address')
  const size = target.last - target.first
  if (published !== undefined && size > 0 && published.last - published.first !== size) {
    throw wrong('its ranges differ in length')
  }
  return Array.from({ length: size + 1 }, (_, index) =>
    longPort(port.at, {
      hostIp,
      published: published === undefined ? undefined : publishedAt(published, size, index),
      target: target.first + index,
      protocol: protocol.toLowerCase(),
    }),
  )
}

function range(text: string): Range | undefined {
  const found = /^([0-9]+)(?:-([0-9]+))?$/.exec(text)
  const first = Number(found?.[1])
  const last = Number(found?.[2] ?? found?.[1])
  return first <= last && last <= 65_535 ? { first, last } : undefined
}

/** '' where none is given; undefined where it is none. */
function address(text: string): string | undefined {
  if (text === '' || isIP(text) === 4) return text
  const inside = /^\[(.*)\]$/.exec(text)?.[1]
  return inside !== undefined && isIP(inside) !== 0 ? inside : undefined
}

function publishedAt(published: Range, size: number, index: number): string {
  if (size > 0 || published.first === published.last) return String(published.first + index)
  return `${published.first}-${published.last}`
}

interface ShortPort {
  readonly hostIp: string
  readonly published: string | undefined
  readonly target: number
  readonly protocol: string
}

function longPort(at: Place, port: ShortPort): Tree {
  return mapTree(
    [
      ['mode', textScalar('ingress', at)],
      ...(port.hostIp === '' ? [] : [['host_ip', textScalar(port.hostIp, at)] as const]),
      ['target', valueScalar(port.target, at)],
      ...(port.published === undefined
        ? []
        : [['published', textScalar(port.published, at)] as const]),
      ['protocol', textScalar(port.protocol, at)],
    ],
    at,
  )
}
