import { BlockList } from 'node:net'
import type { TlsAnswer } from '../answers/answers.ts'
import { publicCertificateProblem } from '../answers/host-name.ts'
import type { WizardContext } from './draft.ts'

export interface NameSeen {
  readonly proposed: TlsAnswer
  /** What was seen, and what cannot be known from here. */
  readonly lines: readonly string[]
}

const timeoutMs = 5_000

/** Networks that the Internet does not reach (RFC 1918, 6598, 4193, loopback, link-local). */
const inside = new BlockList()
inside.addSubnet('10.0.0.0', 8)
inside.addSubnet('172.16.0.0', 12)
inside.addSubnet('192.168.0.0', 16)
inside.addSubnet('100.64.0.0', 10)
inside.addSubnet('127.0.0.0', 8)
inside.addSubnet('169.254.0.0', 16)
inside.addSubnet('fc00::', 7, 'ipv6')
inside.addSubnet('fe80::', 10, 'ipv6')
inside.addAddress('::1', 'ipv6')

function isInside(address: string): boolean {
  return inside.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
}

/** Looks whether the name points here and port 80 answers, and proposes how TLS ends. */
export async function lookUp(context: WizardContext, name: string): Promise<NameSeen> {
  const { world, prompter, offline } = context
  if (publicCertificateProblem(name) !== undefined) return { proposed: 'internal', lines: [] }
  if (offline)
    return {
      proposed: 'automatic',
      lines: ['Not looked up (--offline): whether the name points here is not known.'],
    }
  const addresses = await prompter.wait(`Looking up ${name} (up to 5 s)`, () =>
    world.network.lookup(name, timeoutMs),
  )
  const own = world.network.ownAddresses()
  const list = addresses.join(', ')
  if (addresses.length === 0) {
    return {
      proposed: 'automatic',
      lines: [
        `${name} has no address yet. Automatic works once it points here and port 80 is open; Caddy then tries again by itself.`,
      ],
    }
  }
  const here = addresses.filter((address) => own.includes(address))
  if (here.length > 0 && here.every((address) => !isInside(address))) {
    return { proposed: 'automatic', lines: [`${name} points to this host (${list}). ${notKnown}`] }
  }
  if (addresses.every(isInside)) {
    return {
      proposed: 'internal',
      lines: [
        `${name} points to ${list}, which the Internet does not reach: Let's Encrypt could not check it.`,
      ],
    }
  }
  const port = await prompter.wait(`Trying port 80 of ${name} (up to 5 s)`, () =>
    world.network.connect(name, 80, timeoutMs),
  )
  const answer = {
    open: 'takes connections',
    refused: 'refuses connections',
    'no-answer': 'does not answer',
  }[port]
  return {
    proposed: 'automatic',
    lines: [
      `${name} points to ${list}, which is no address of this host's own. That is right behind a router or a load balancer, else DNS is wrong. Its port 80 ${answer}, seen from here. ${notKnown}`,
    ],
  }
}

const notKnown = 'Whether the Internet reaches port 80 cannot be told from here.'
