/** The parts of a connection URI that a control compares. User and password are decoded. */
export interface ConnectionUri {
  readonly scheme: string
  readonly user: string
  readonly password: string
  readonly host: string
  readonly port: string
  /** Path, query and all, as written. */
  readonly rest: string
  /** Its password has an @ that is not encoded. */
  readonly hasBareAt?: boolean
}

/** Reads `scheme://user:password@host:port/rest`; undefined where it is no such URI. */
export function parseConnectionUri(text: string): ConnectionUri | undefined {
  const [, scheme = '', body = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text) ?? []
  const end = scheme === '' ? -1 : endOfLogin(body)
  const server = looseHost.exec(body.slice(end + 1))
  if (scheme === '' || server === null) return undefined
  const [, host = '', port = '', rest = ''] = server
  const [, user = '', password = ''] =
    /^([^:]*):?(.*)$/s.exec(body.slice(0, Math.max(end, 0))) ?? []
  return {
    scheme: scheme.toLowerCase(),
    user: decode(user),
    password: decode(password),
    host,
    port,
    rest,
    ...(password.includes('@') ? { hasBareAt: true } : {}),
  }
}

const looseHost = /^(\[[^\]@]+\]|[^@:/?#]+)(?::(\d+))?(.*)$/s
const plausibleHost = /(?:\[[0-9a-f:.%]+\]|[\w%][\w%.-]*)(:\d+)?(?=[/?#,]|$)/iy
const soundAuthority = /^(?:.*@)?(?:\[[^\]@]+\]|[^@:/?#]+)(?::\d+)?(?:,.*)?$/s

/**
 * Where the `@` stands that ends the login; -1 where there is none. A password that is not encoded may
 * hold `@`, `/`, `?` and `#`, and none of it may be taken for a host, and shown: so it is the last `@`
 * before a host with a port, or else before what can be a host, outside of a query.
 */
function endOfLogin(body: string): number {
  const authority = /^[^/?#]*/.exec(body)?.[0] ?? ''
  const isSound = soundAuthority.test(authority)
  const query = /\?[a-z_][\w.-]*=/i.exec(body)
  const queryFrom = query === null ? body.length : query.index + query[0].length
  const hosts = [...body.matchAll(/@/g)].flatMap(({ index }) => {
    plausibleHost.lastIndex = index + 1
    const host = plausibleHost.exec(body)
    const inQuery = index >= queryFrom
    return host === null ? [] : [{ index, hasPort: host[1] !== undefined, inQuery }]
  })
  const best =
    hosts.findLast(({ hasPort }) => hasPort) ??
    hosts.findLast(({ inQuery }) => !inQuery) ??
    (isSound ? undefined : hosts.at(-1))
  const last = authority.lastIndexOf('@')
  return best?.index ?? (last >= 0 || isSound ? last : body.lastIndexOf('@'))
}

/** Writes a URI; user and password are encoded. */
export function formatConnectionUri(uri: ConnectionUri): string {
  const user = encodeURIComponent(uri.user)
  const password = uri.password === '' ? '' : `:${encodeURIComponent(uri.password)}`
  const login = user === '' && password === '' ? '' : `${user}${password}@`
  return `${uri.scheme}://${login}${uri.host}${uri.port === '' ? '' : `:${uri.port}`}${uri.rest}`
}

/** Can this text stand in a URI as it is? */
export function isUrlSafe(text: string): boolean {
  return encodeURIComponent(text) === text
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
