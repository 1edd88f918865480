import { catalogue } from '../secrets/catalogue.ts'
import { Secret } from '../secrets/secret.ts'
import type { ServerWithLogin, Site } from './server.ts'
import { type ConnectionUri, parseConnectionUri } from './uri.ts'

const { variables, uri } = catalogue.redis
const url = uri?.variable ?? ''

export const redis: ServerWithLogin = {
  id: 'redis',
  title: 'Redis',
  service: 'redis',
  beside: [],
  image: 'redis',
  data: { folder: '/data', volume: 'redis-data' },
  secret: 'redis',
  anyUser: true,
  startsWithPassword: true,
  address(site) {
    if (/^unix:/i.test(site.values.get(url) ?? '')) return 'a socket'
    return redisUrl(site)?.host
  },
  login(site) {
    const found = redisUrl(site)
    if (found === undefined) return undefined
    const password = found.password === '' ? undefined : new Secret(found.password)
    return { user: new Secret(found.user), password }
  },
  whyNotRenewed({ user, password }, value) {
    const name = user.reveal()
    if (name !== '' && name !== 'default')
      return `the services sign in as ${name}: change it where Redis has its users from`
    if (password === undefined)
      return 'Redis has no password yet: tracecat-harden init gives it one'
    return password.reveal() === value
      ? undefined
      : `${url} does not refer to ${variables[0]}: tracecat-harden init mends that`
  },
}

/** What the services are told of Redis, in parts. */
export function redisUrl({ values }: Pick<Site, 'values'>): ConnectionUri | undefined {
  return parseConnectionUri(values.get(url) ?? '')
}

/** The variables that Redis' own controls write. */
export const redisVariables = { password: variables[0], url } as const

/** Does a Redis that this command starts write everything down? Of an argument that stands twice the last one counts. */
export function commandAppends(words: readonly string[] | undefined): boolean {
  return argumentOf(words ?? [], '--appendonly')?.toLowerCase() === 'yes'
}

/** The last value of an argument, in any case, as Redis takes it. */
export function argumentOf(words: readonly string[], name: string): string | undefined {
  const index = words.findLastIndex((word) => word.toLowerCase() === name)
  return index < 0 ? undefined : (words[index + 1] ?? '')
}
