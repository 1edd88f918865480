import { Failure } from '../failure.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The environment's proxy for a URL; undefined where it is reached directly. The variables are curl's, in
 * lower case or, unlike with curl also for `http_proxy`, in upper case.
 * @throws Failure('surroundings') for a proxy that is no http(s) one: going past it would be no admin's wish
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const scheme = url.protocol.slice(0, -1)
  const found = either(env, `${scheme}_proxy`) ?? either(env, 'all_proxy')
  if (found === undefined || isExempt(url, either(env, 'no_proxy')?.value ?? '')) return undefined
  const text = found.value.includes('://') ? found.value : `http://${found.value}`
  const proxy = URL.canParse(text) ? new URL(text) : undefined
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy
  // Its value is not shown: a password may be in it.
  const why = proxy === undefined ? 'is no address' : `is of the kind ${proxy.protocol}//`
  throw new Failure('surroundings', `The proxy in ${found.name} cannot be used: it ${why}.`, {
    remedy: `Set ${found.name} to an http or https proxy (http://proxy:3128), or name this host in NO_PROXY.`,
  })
}

function either(
  env: Environment,
  name: string,
): { readonly name: string; readonly value: string } | undefined {
  for (const spelled of [name, name.toUpperCase()]) {
    const value = env[spelled]
    if (value) return { name: spelled, value }
  }
  return undefined
}

/** `NO_PROXY`: names with their subdomains, each with or without a port; `*` is everything. */
function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      const [, name = entry, onlyPort] = /^(.*[^:]):(\d+)$/.exec(entry) ?? []
      if (onlyPort !== undefined && onlyPort !== port && name !== host) return false
      const suffix = name.replace(/^\*?\./, '')
      return (
        (host === suffix || host.endsWith(`.${suffix}`)) &&
        (onlyPort === undefined || onlyPort === port)
      )
    })
}
