import type { Install } from '../install/install.ts'
import { serviceAt } from '../install/service-at.ts'
import { Secret } from '../secrets/secret.ts'
import { parseConnectionUri } from '../servers/uri.ts'

export interface RedisLogin {
  readonly service: string
  /** Empty for `default`, whose password is changed here. */
  readonly user: string
  /** undefined: it takes everybody. */
  readonly password: Secret | undefined
}

/** undefined where Redis is the admin's own, or there is none. */
export function redisOf(install: Install): RedisLogin | undefined {
  const uri = parseConnectionUri(install.values.get('REDIS_URL') ?? '')
  const service = uri === undefined ? undefined : serviceAt(install, uri.host)
  if (uri === undefined || service === undefined) return undefined
  const password = uri.password === '' ? undefined : new Secret(uri.password)
  return { service, user: uri.user, password }
}
