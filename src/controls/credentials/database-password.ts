import { catalogue } from '../../secrets/catalogue.ts'
import { Secret } from '../../secrets/secret.ts'
import { isWellKnown } from '../../secrets/well-known.ts'
import type { PostgresServer } from '../../servers/postgres.ts'
import { formatConnectionUri, isUrlSafe, parseConnectionUri } from '../../servers/uri.ts'
import { bundledService, ofBundled } from '../bundled.ts'
import {
  type Case,
  type Control,
  type ControlMeta,
  type HardenCase,
  type Look,
  verdictOf,
} from '../control.ts'
import { type Edit, setVariableTo } from '../edit.ts'
import { look, type Problem, runInit, settingAt, variableAt } from '../look.ts'
import { serviceOf, variableOf } from '../reading.ts'
import { chosen } from '../secrets.ts'

/** The variables of one PostgreSQL server of the stack. */
interface DatabaseVariables extends PostgresServer {
  readonly user: string
  readonly password: string
  /** A URI that repeats user and password; Temporal has none. */
  readonly uri: string | undefined
}

export function databaseControl(meta: ControlMeta, server: PostgresServer): Control {
  const { variables, user, uri } = catalogue[server.secret]
  const names = {
    ...server,
    user: user?.variable ?? '',
    password: variables[0],
    uri: uri?.variable,
  }
  return {
    meta,
    inspect(c) {
      return ofBundled(c, server, (service) =>
        verdictOf([
          passwordAt(c, names),
          demanded(c, service),
          ...(names.uri === undefined ? [] : [uriAt(c, names, names.uri)]),
        ]),
      )
    },
    harden(c) {
      if (bundledService(c, server) === undefined) return []
      return c.facts.fresh ? newDatabase(c, names) : keepUser(c, names)
    },
  }
}

function passwordAt(c: Case, names: DatabaseVariables): Look {
  const password = variableOf(c, names.password)
  const problem =
    password === undefined
      ? 'no password is set'
      : isWellKnown(password)
        ? 'the password is one that everybody knows'
        : undefined
  return look(
    variableAt(c, names.password),
    'a password of its own',
    problem !== undefined && {
      evidence: `${names.password}: ${problem}`,
      remedy: c.facts.fresh
        ? runInit
        : `A volume that was made with this password keeps it: editing the file alone locks every service out. Run tracecat-harden rotate ${names.secret}; on a stack that was never started, tracecat-harden init --fresh.`,
    },
  )
}

/** The image's entrypoint writes the method into pg_hba.conf, when it makes the data (docker-library/postgres). */
function demanded(c: Case, service: string): Look {
  const name = 'POSTGRES_HOST_AUTH_METHOD'
  const value = serviceOf(c, service)?.environment.get(name) ?? undefined
  return look(
    settingAt(c, service, ['environment', name], value),
    'not trust',
    value === 'trust' && {
      evidence: `${name}=trust: ${service} asks nobody for a password`,
      remedy: `Remove ${name}. Data that was made with it keeps the rule: in pg_hba.conf, beside that data, replace trust in the last line by scram-sha-256, then restart ${service}.`,
    },
  )
}

function uriAt(c: Case, names: DatabaseVariables, name: string): Look {
  const [value, problem] = loginIn(c, names, name)
  const expected = `that of ${names.user} and ${names.password}`
  return look({ ...variableAt(c, name), subject: `the login in ${name}`, value }, expected, problem)
}

function loginIn(
  c: Case,
  names: DatabaseVariables,
  name: string,
): readonly [value: string, problem?: Problem] {
  const uri = parseConnectionUri(variableOf(c, name) ?? '')
  if (uri === undefined) {
    return [
      'no URI',
      {
        evidence: `${name} is not a database URI`,
        remedy: `Set it to postgresql+psycopg://\${${names.user}}:\${${names.password}}@${names.service}:5432/postgres.`,
      },
    ]
  }
  if (uri.hasBareAt === true) {
    return [
      'a password with a bare @',
      {
        evidence: `the password in ${name} has a bare @: what follows it is taken for the host (SQLAlchemy), and no service gets in`,
        remedy: `Write %40 for @ in the password of ${name}, which then cannot refer to \${${names.password}}; or run tracecat-harden rotate ${names.secret}.`,
      },
    ]
  }
  if (
    uri.user === (variableOf(c, names.user) ?? '') &&
    uri.password === (variableOf(c, names.password) ?? '')
  )
    return ['the same']
  return [
    'another',
    {
      evidence: `user or password in ${name} differ from ${names.user} and ${names.password}`,
      remedy: `Let ${name} refer to \${${names.user}} and \${${names.password}}, with the values that the server knows.`,
    },
  ]
}

/** Only on an empty volume do user and password count: both may be chosen. */
function newDatabase(c: HardenCase, names: DatabaseVariables): readonly Edit[] {
  const before = variableOf(c, names.user)
  const user = before === undefined || before === names.stockUser ? names.newUser : before
  const password = chosen(c.secrets, names.password)
  if (password === undefined) return []
  const edits: Edit[] = [
    setVariableTo(names.user, user, { keep: true }),
    setVariableTo(names.password, password, { after: names.user, keep: true }),
  ]
  if (names.uri !== undefined) edits.push(uriEdit(c, names.uri, names, user, password))
  return edits
}

/**
 * A volume that may hold data keeps its credentials: they are written where the file had lost them, and a
 * new password where the running server gets it too. The role keeps its name.
 */
function keepUser(c: HardenCase, names: DatabaseVariables): readonly Edit[] {
  const written = [names.user, names.password].flatMap((name) => {
    const decision = c.secrets.get(name)
    return decision?.kind === 'recover' || decision?.kind === 'make'
      ? [setVariableTo(name, decision.value, { keep: true })]
      : []
  })
  const password = c.secrets.get(names.password)
  const user = variableOf(c, names.user)
  return password?.kind === 'make' && names.uri !== undefined && user !== undefined
    ? [...written, uriEdit(c, names.uri, names, user, password.value)]
    : written
}

function uriEdit(
  c: HardenCase,
  name: string,
  names: DatabaseVariables,
  user: string,
  password: Secret,
): Edit {
  const before = parseConnectionUri(variableOf(c, name) ?? '') ?? {
    scheme: 'postgresql+psycopg',
    user: '',
    password: '',
    host: names.service,
    port: '5432',
    rest: '/postgres',
  }
  const value = new Secret(formatConnectionUri({ ...before, user, password: password.reveal() }))
  if (!isUrlSafe(password.reveal()) || !isUrlSafe(user))
    return setVariableTo(name, value, { after: names.password, keep: true })
  const port = before.port === '' ? '' : `:${before.port}`
  const expression = `${before.scheme}://\${${names.user}}:\${${names.password}}@${before.host}${port}${before.rest}`
  return setVariableTo(name, value, { expression, after: names.password, keep: true })
}
