import type { Case } from '../controls/control.ts'
import { Failure } from '../failure.ts'
import type { Service } from '../install/compose/model.ts'
import { resolveCompose } from '../install/compose/resolve.ts'
import type { EnvFile } from '../install/env-file/env-file.ts'
import { lastingValues } from '../install/env-file/resolve.ts'
import type { Install } from '../install/install.ts'
import { serviceAt } from '../install/service-at.ts'
import { changeValues } from '../plan/env/change-values.ts'
import { catalogue, type SecretId } from '../secrets/catalogue.ts'
import { isSecretName } from '../secrets/names.ts'
import type { Secret } from '../secrets/secret.ts'
import { isWellKnown } from '../secrets/well-known.ts'
import { loginsIn } from '../servers/logins.ts'
import { bundledLogin } from '../servers/server.ts'
import { serverOf, serversWithLogin } from '../servers/servers.ts'

type Values = ReadonlyMap<string, Secret>

interface Change {
  readonly id: SecretId
  readonly values: Values
  readonly before: Install
  readonly after: Install
}

/**
 * Why new values in `.env` would not reach everybody who has the old ones, judged by the files alone;
 * undefined where they do. A password that stands in a Compose file stays behind when `.env` changes: its
 * service would be locked out, or the server would keep what it has.
 */
export function whyUnreached(c: Case, id: SecretId, values: Values): string | undefined {
  const before = c.install
  if (before.env === undefined || before.compose === undefined) return undefined
  const [name] = catalogue[id].variables
  try {
    const change = { id, values, before, after: withValues(c, before.env, values) }
    const services = servicesOf(change.after)
    const [first] = services.flatMap((service) => heldBack(service, change))
    if (first !== undefined) {
      return `${first} has a value of its own in the Compose files: let it refer to \${${name}}`
    }
    const isTaken = services.some(
      (one) => textOf(one.name, before) !== textOf(one.name, change.after),
    )
    return isTaken || before.compose.unresolved.length > 0
      ? undefined
      : `no service takes ${name} from ${before.envPath}`
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [error.message, error.remedy ?? ''].join(' ').trim()
  }
}

/** The install as it would be; variables of the shell stand in where `.env` has none. */
function withValues({ install, facts }: Case, env: EnvFile, values: Values): Install {
  const shell = Object.fromEntries(facts.shell)
  const changed = changeValues(env, values, new Map(), shell).env
  const all = lastingValues(changed, shell)
  const compose = resolveCompose(install.sources, new Map([...facts.shell, ...all]), {
    projectDirectory: install.directory,
  })
  return { ...install, env: changed, values: all, compose }
}

function servicesOf({ compose }: Install): readonly Service[] {
  return [...(compose?.model.services.values() ?? [])]
}

/** What this service would keep: `NAME of service`. */
function heldBack(service: Service, change: Change): readonly string[] {
  const found = [
    ...ownValues(service, change),
    ...otherLogins(service, change),
    ...(startsWithOther(service, change) ? ['requirepass'] : []),
  ]
  if (found.length === 0 && mentionsOld(service, change)) found.push('its configuration')
  return found.map((name) => `${name} of ${service.name}`)
}

/** Variables that are called like ours, and those that hold the old value under a name of a secret's. */
function ownValues({ name: service, environment }: Service, change: Change): readonly string[] {
  const isHolder = catalogue[change.id].holders.includes(service)
  const old = oldValues(change)
  return [...environment].flatMap(([name, text]) => {
    if (text === null || text === '') return []
    const wanted = change.values.get(name)?.reveal()
    const isOther = isHolder && wanted !== undefined && wanted !== text
    return isOther || (isSecretName(name) && old.includes(text)) ? [name] : []
  })
}

/** The old values, without those that another secret of `.env` has as well. */
function oldValues({ before, values }: Change): readonly string[] {
  const others = [...before.values].filter(([name]) => isSecretName(name) && !values.has(name))
  return [...values.keys()].flatMap((name) => {
    const old = before.values.get(name)
    return old === undefined || old === '' || others.some(([, value]) => value === old) ? [] : [old]
  })
}

/** Whoever signs in to the same server as the same user needs the new password. */
function otherLogins(service: Service, { id, after, values }: Change): readonly string[] {
  const password = values.get(catalogue[id].variables[0])
  const server = demandOf(after, id)
  if (password === undefined || server === undefined) return []
  return loginsWithout(service, after, { ...server, password }, server.password)
}

/** Who demands this password, and of whom: `user` undefined, of whomever. undefined where no server of the stack does. */
export interface Demand {
  readonly service: string
  readonly user: string | undefined
  readonly password: Secret | undefined
}

export function demandOf(install: Install, id: SecretId): Demand | undefined {
  const server = serverOf(id)
  const login = server && bundledLogin(install, server)
  if (server === undefined || login === undefined) return undefined
  return { ...login, user: server.anyUser ? undefined : login.user.reveal() }
}

/** Variables of a service that hold a login to this server with another password. */
function loginsWithout(
  service: Service,
  install: Install,
  { service: at, user: role, password }: Demand,
  old: Secret | undefined,
): readonly string[] {
  return loginsIn(service).flatMap(([name, { host, user, password: own }]) => {
    const isIts = serviceAt(install, host) === at && (role === undefined || user === role)
    // An address without a password lets nobody in as it is: the password stands elsewhere.
    const isLogin = own !== '' || old === undefined
    return isIts && isLogin && own !== (password?.reveal() ?? '') ? [name] : []
  })
}

/**
 * Who would be locked out by the files as they will be: a login that does not follow the server's, which
 * changes. `NAME of service`.
 */
export function staysBehind(before: Install, after: Install): readonly string[] {
  return serversWithLogin.flatMap(({ secret }) => {
    const old = demandOf(before, secret)
    const next = demandOf(after, secret)
    if (old === undefined || next === undefined) return []
    if (old.password?.reveal() === next.password?.reveal()) return []
    return servicesOf(after).flatMap((service) =>
      loginsWithout(service, after, next, old.password).map((name) => `${name} of ${service.name}`),
    )
  })
}

/** Redis is started with its password: in its command, or in a Compose config. */
function startsWithOther({ name, raw }: Service, { id, after, values }: Change): boolean {
  if (serverOf(id)?.startsWithPassword !== true) return false
  if (name !== demandOf(after, id)?.service) return false
  // What comes from another file is not seen here; Redis itself is asked when it was recreated.
  if ('env_file' in raw || 'secrets' in raw) return false
  const password = values.get(catalogue[id].variables[0])?.reveal() ?? ''
  return !textOf(name, after).includes(password)
}

/** A real secret is found in any word; a default such as `postgres` would be found where it is a name. */
function mentionsOld({ name }: Service, change: Change): boolean {
  const text = textOf(name, change.after)
  return oldValues(change).some(
    (old) =>
      old.length >= 8 && !isWellKnown(old) && text.includes(JSON.stringify(old).slice(1, -1)),
  )
}

/** All that the Compose files say of a service, its configs included. */
function textOf(name: string, { compose }: Install): string {
  const service = compose?.model.services.get(name)
  const configs = service?.configs.map(({ source }) => compose?.model.configs.get(source) ?? null)
  return JSON.stringify([service?.raw ?? null, configs ?? []])
}
