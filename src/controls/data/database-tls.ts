import type { Service } from '../../install/compose/model.ts'
import { postgres } from '../../servers/postgres.ts'
import { whereIs } from '../../servers/server.ts'
import { parseConnectionUri } from '../../servers/uri.ts'
import { type Case, type Control, type Look, notApplicable, stays, verdictOf } from '../control.ts'
import { environmentAt, look, settingAt, variableAt } from '../look.ts'
import { model, variableOf } from '../reading.ts'

const mode = 'TRACECAT__DB_SSLMODE'
const uriName = 'TRACECAT__DB_URI'

export const databaseTls: Control = {
  meta: {
    id: 'database-tls',
    title: 'TLS to the database is not only a word in .env',
    severity: 'medium',
    area: 'data',
    why: "TRACECAT__DB_SSLMODE has no effect where TRACECAT__DB_URI is set, as it is in every Compose install. PGSSLMODE is what both of Tracecat's drivers read.",
    risk: 'Whoever is on the way to a database outside of this host reads and changes everything that Tracecat stores, though the file says that TLS is required.',
    fix: 'For a server of your own: PGSSLMODE: verify-full and PGSSLROOTCERT in the environment of every service that has TRACECAT__DB_URI, in your override. init does not write it: a server without TLS would be lost at once.',
    reference: 'https://www.postgresql.org/docs/current/libpq-ssl.html',
  },
  inspect(c) {
    const uri = parseConnectionUri(variableOf(c, uriName) ?? '')
    if (uri === undefined) return notApplicable(`${uriName} is not set`)
    const where = whereIs(c.install, postgres)
    return verdictOf([
      inQuery(c, uri.rest),
      ...(where.kind === 'bundled' ? [inside(c)] : outside(c, uri.host)),
    ])
  },
}

/** asyncpg stops at `sslmode`, psycopg at `ssl` (docs/tracecat.md#database-in-tracecat): both read this one URI. */
function inQuery(c: Case, rest: string): Look {
  const name = /[?&](ssl(?:mode)?)=/.exec(rest)?.[1]
  return look(
    {
      ...variableAt(c, uriName),
      subject: `the query of ${uriName}`,
      value: name ?? 'no ssl in it',
    },
    'no ssl in it',
    name !== undefined && {
      evidence: `${uriName} has ${name}, which one of Tracecat's two drivers refuses: services do not start`,
      remedy: `Remove ${name} from ${uriName}; PGSSLMODE in the environment of the services is what both read.`,
    },
  )
}

/** The network of the stack's own database never leaves the host. */
function inside(c: Case): Look {
  const value = variableOf(c, mode)
  return look(
    variableAt(c, mode),
    'not set, or disable',
    value !== undefined &&
      !['disable', 'allow', 'prefer'].includes(value) && {
        severity: 'low',
        evidence: `${mode} is ${value} and has no effect: the database of this stack speaks no TLS`,
        remedy: `Set ${mode} to disable, so that the file says what is.`,
        standing: stays(
          'the connection stays on an internal network of this host; what the file says is yours',
        ),
      },
  )
}

const unknownServer =
  'whether your server speaks TLS cannot be told from here, and demanding it of one that does not would cut the stack off'

function outside(c: Case, host: string): readonly Look[] {
  const users = [...(model(c)?.services.values() ?? [])].filter(({ environment }) =>
    environment.has(uriName),
  )
  const demands = ({ environment }: Service) =>
    ['require', 'verify-ca', 'verify-full'].includes(environment.get('PGSSLMODE') ?? '')
  const without = users.filter((service) => !demands(service))
  const isTurnedOff = without.some(({ environment }) => (environment.get('PGSSLMODE') ?? '') !== '')
  const [first] = without
  if (first === undefined)
    return users.map(({ name }) => look(environmentAt(c, name, 'PGSSLMODE'), 'verify-full'))
  return [
    look(settingAt(c, first.name, ['environment'], 'no TLS demanded'), 'PGSSLMODE: verify-full', {
      evidence: `TLS to ${host} is not demanded by ${without.map(({ name }) => name).join(', ')}; ${mode} has no effect`,
      remedy:
        'Set PGSSLMODE: verify-full and PGSSLROOTCERT in the environment of these services in your override, once the server is known to speak TLS.',
      standing: c.answers === undefined || isTurnedOff ? undefined : stays(unknownServer),
    }),
  ]
}
