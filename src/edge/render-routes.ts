import { marked } from './marks.ts'
import type { EdgeModel } from './model.ts'
import { addressOf, type RenderOptions } from './render-options.ts'
import type { Route } from './routes.ts'

/** A stock route of the release: same destination and path as in its own Caddyfile. */
export function renderRoute(
  route: Route,
  model: EdgeModel,
  options: RenderOptions,
): readonly string[] {
  const added = (inside: 'route' | 'proxy', indent: string): readonly string[] =>
    marked(
      model.carried.within
        .filter(({ within }) => within?.route === route.id && within.inside === inside)
        .map(({ text }) => text),
      indent,
    )
  const isBare = route.id === 'reverse_proxy'
  const indent = isBare ? '\t' : '\t\t'
  const lines = [
    ...proxyLines(route, model).map((line) => `${indent}\t${line}`),
    ...added('proxy', `${indent}\t`),
  ]
  const open = `${indent}reverse_proxy ${addressOf(route.upstream, options)}`
  const proxy = lines.length === 0 ? [open] : [`${open} {`, ...lines, `${indent}}`]
  if (isBare) return proxy
  return [`\t${route.id} {`, ...added('route', '\t\t'), ...proxy, '\t}']
}

/**
 * The api is told of the client by these headers alone: what the client sent is replaced. Behind a
 * load balancer the client is whom trusted proxies name, and the public side speaks HTTPS although
 * this one does not; elsewhere these are the stock file's lines.
 */
function proxyLines(
  { upstream, streams }: Route,
  { tls, trustedProxies }: EdgeModel,
): readonly string[] {
  const client = trustedProxies.length > 0 ? '{client_ip}' : '{remote_host}'
  const scheme = tls.mode === 'load-balancer' ? 'https' : '{scheme}'
  return [
    ...(streams ? ['flush_interval -1'] : []),
    ...(upstream === 'api'
      ? [`header_up X-Forwarded-For ${client}`, `header_up X-Real-IP ${client}`]
      : []),
    ...(upstream === 'api' || tls.mode === 'load-balancer'
      ? [`header_up X-Forwarded-Proto ${scheme}`]
      : []),
    ...(upstream === 'api' ? ['header_up X-Forwarded-Host {host}'] : []),
  ]
}
