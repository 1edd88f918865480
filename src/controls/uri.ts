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

/**
 * Reads `scheme://user:password@host:port/rest`; undefined where it is no such URI. The login ends at
 * the last `@`, so that no part of a password is taken for a host, and shown.
 */
export function parseConnectionUri(text: string): ConnectionUri | undefined {
  const match =
    /^([a-z][a-z0-9+.-]*):\/\/(?:([^:@/?#]*)(?::([^@]*(?:@[^@/?#]*)*))?@)?(\[[^\]@]+\]|[^@:/?#]+)(?::(\d+))?(.*)$/is.exec(
      text,
    )
  if (match === null) return undefined
  const [, scheme = '', user = '', password = '', host = '', port = '', rest = ''] = match
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
