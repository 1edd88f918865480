/** The environment's proxy for a URL; undefined where it is reached directly. Names as curl reads them, either case. */
export function proxyFor(
  url: URL,
  env: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  const scheme = url.protocol.slice(0, -1)
  const value = either(env, `${scheme}_proxy`) ?? either(env, 'all_proxy')
  if (value === undefined || isExempt(url, either(env, 'no_proxy') ?? '')) return undefined
  try {
    return new URL(value.includes('://') ? value : `http://${value}`)
  } catch {
    return undefined
  }
}

function either(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined
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
