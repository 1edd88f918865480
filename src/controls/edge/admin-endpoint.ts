import { opensAdmin } from '../../edge/global-options.ts'
import { type Control, skipped, verdictOf } from '../control.ts'
import { look } from '../look.ts'
import { serviceOf, whereService } from '../reading.ts'
import { decided, effectiveEdge, isVerdict, whereEdge } from './reading.ts'

/** What Caddy goes by where its Caddyfile says nothing. */
const variable = 'CADDY_ADMIN'

export const adminEndpoint: Control = {
  meta: {
    id: 'admin-endpoint',
    title: "No other container reaches Caddy's admin endpoint",
    severity: 'critical',
    area: 'edge',
    why: "Whoever reaches Caddy's admin endpoint replaces its whole configuration, without a password. By default only Caddy's own container does.",
    risk: 'A script in the stack takes every rule of the edge away, opens sign-up and the object store, and reads what everybody sends.',
    fix: 'The global option admin of your Caddyfile is left out where it names another address than localhost. CADDY_ADMIN in a Compose file is yours to remove.',
    reference: 'https://caddyserver.com/docs/caddyfile/options#admin',
  },
  inspect(c) {
    const edge = effectiveEdge(c)
    if (isVerdict(edge)) return edge
    const option = edge.expanded.global.findLast(({ words }) => words[0] === 'admin')
    const inherited = serviceOf(c, 'caddy')?.environment.get(variable) ?? ''
    const address = option === undefined ? inherited : (option.words[1] ?? inherited)
    const isOption = option?.words[1] !== undefined
    const place = {
      subject: "Caddy's admin endpoint",
      where: isOption
        ? whereEdge(edge, option.line)
        : whereService(c, 'caddy', 'environment', variable),
      service: 'caddy',
      value: address || 'localhost:2019, its default',
    }
    const expected = 'off, or on this container alone'
    if (!opensAdmin(address)) return decided(edge, verdictOf([look(place, expected)]))
    if (address.includes('{')) return skipped(`where Caddy's admin endpoint listens is ${address}`)
    return verdictOf([
      look(place, expected, {
        evidence: `Caddy's admin endpoint listens on ${address}, for every container, and asks for no password`,
        remedy: isOption
          ? 'Run tracecat-harden init, or write admin off.'
          : `Remove ${variable} from the environment of caddy in the Compose file.`,
      }),
    ])
  },
}
