import { isDeepStrictEqual } from 'node:util'
import type { Port, Service } from '../../install/compose/model.ts'
import { defaultTagIn } from '../../release/image-tag.ts'
import { publishesMcp } from '../../release/release-of.ts'
import { serverServices } from '../../servers/servers.ts'
import { type Case, type Control, type HardenCase, type Look, verdictOf } from '../control.ts'
import { type Edit, setInService } from '../edit.ts'
import { look, type Problem, settingAt } from '../look.ts'
import { baseModel, isAdminsChoice, model, platformServices, serviceOf } from '../reading.ts'

export const publishedPorts: Control = {
  meta: {
    id: 'published-ports',
    title: 'Only Caddy is reachable from outside',
    severity: 'high',
    area: 'edge',
    why: 'A published port goes past Caddy, and past most host firewalls: Docker opens it in iptables itself. From beta.20 to beta.27 the stock Compose file publishes mcp on 8099.',
    risk: 'Whoever reaches the host talks to the service over plain HTTP, without TLS and without any edge rule; a database or Redis is open to the world.',
    fix: 'mcp is bound to 127.0.0.1: from elsewhere through an SSH tunnel. A port that you published yourself stays and is reported: bind it to 127.0.0.1, or accept it with the reason.',
    reference: 'https://docs.docker.com/engine/network/packet-filtering-firewalls/',
  },
  inspect(c) {
    return verdictOf([...(model(c)?.services.values() ?? [])].map((service) => portsOf(c, service)))
  },
  harden(c) {
    return isStockMcp(c) ? mcpToLoopback(c) : []
  },
}

/** Services of Tracecat's Compose file, whatever image they have; of others the admin knows why. */
const stock = new Set([...serverServices, 'ui', 'ollama'])

function portsOf(c: Case, service: Service): Look {
  const { name, ports, networkMode } = service
  if (networkMode === 'host' && name !== 'caddy') return onHost(c, service)
  const open = name === 'caddy' ? [] : ports.filter((port) => !isLoopback(port))
  const index = String(ports.findIndex((port) => !isLoopback(port)))
  const published = ports.map((port) => `${port.hostIp ?? ''}:${textOf(port)}`).join(', ')
  return look(
    {
      ...settingAt(c, name, ['ports', ...(open.length > 0 ? [index] : [])], published || 'none'),
      subject: `ports of ${name}`,
    },
    name === 'caddy' ? 'its own' : 'none, or of this host alone',
    open.length > 0 && pastCaddy(c, service, open),
  )
}

function pastCaddy(c: Case, service: Service, open: readonly Port[]): Problem {
  const { name } = service
  const ofTracecat = stock.has(name) || platformServices(model(c)).includes(service)
  return {
    evidence: `${name} is reachable from outside on ${open.map(textOf).join(', ')}, past Caddy`,
    remedy:
      name === 'mcp' && isStockMcp(c)
        ? 'Run tracecat-harden init; where mcp has ports in your override, bind them to 127.0.0.1 yourself.'
        : `Put 127.0.0.1: before the port of ${name}, or remove it; where it must be open, accept it with the reason.`,
    severity: ofTracecat ? undefined : 'low',
  }
}

/** Does mcp publish its port because a stock file says so: that of this release, or an older one that was kept? */
function isStockMcp(c: Case): boolean {
  return [c.release.tag, ...c.install.sources.map(({ text }) => defaultTagIn(text))].some(
    (tag) => tag !== undefined && publishesMcp(tag),
  )
}

/** Nothing is published then, and everything is reachable. */
function onHost(c: Case, { name }: Service): Look {
  return look(settingAt(c, name, ['network_mode'], 'host'), 'a network of the stack', {
    evidence: `${name} is on the host's own network: whatever it opens is reachable from outside, past Caddy`,
    remedy: `Remove network_mode: host from ${name}; where it must be, accept it with the reason.`,
  })
}

function isLoopback({ hostIp }: Port): boolean {
  return (
    hostIp !== undefined && (hostIp.startsWith('127.') || hostIp === '::1' || hostIp === '[::1]')
  )
}

function textOf({ published, target, protocol }: Port): string {
  return `${published ?? 'a random port'}${protocol === 'udp' ? '/udp' : ''} (its ${target})`
}

/** Ports that the admin's own override changed stay the admin's. */
function mcpToLoopback(c: HardenCase): readonly Edit[] {
  const stockPorts = baseModel(c)?.services.get('mcp')?.ports ?? []
  const now = serviceOf(c, 'mcp')?.ports ?? []
  const wanted = stockPorts.map((port) =>
    isLoopback(port) ? port : { ...port, hostIp: '127.0.0.1' },
  )
  if (stockPorts.every(isLoopback)) return []
  if (stockPorts.some((_, index) => isAdminsChoice(c, 'mcp', 'ports', String(index)))) return []
  if (!isDeepStrictEqual(now, stockPorts) && !isDeepStrictEqual(now, wanted)) return []
  const items = wanted.map(
    ({ hostIp, published, target }) => `${hostIp}:${published ?? ''}:${target}`,
  )
  return [setInService('mcp', ['ports'], { tag: '!override', data: items })]
}
