import { routes, upstreamAddresses } from './routes.ts'
import { type Shape, shape } from './shape.ts'

/** The site's address in every stock Caddyfile. */
export const stockAddress = '{$BASE_DOMAIN}'

/**
 * What a stock Caddyfile's site may hold, for all releases from 0.40.0 on: each directive alone, so
 * that both stock files, and one from which the admin took a route, are recognized.
 */
export const stockDirectives: readonly Shape[] = [
  shape('bind {$ADDRESS}'),
  shape(
    'handle_path /s3/*',
    shape(
      `reverse_proxy ${upstreamAddresses.minio}`,
      shape('header_up Host {host}'),
      shape('header_up -Server'),
    ),
  ),
  ...routes.map(({ id, upstream, streams }) => {
    const lines = [
      ...(streams ? [shape('flush_interval -1')] : []),
      ...(upstream === 'api' ? apiHeaders() : []),
    ]
    const proxy = shape(`reverse_proxy ${upstreamAddresses[upstream]}`, ...lines)
    return id === 'reverse_proxy' ? proxy : shape(id, proxy)
  }),
]

function apiHeaders(): readonly Shape[] {
  return [
    shape('header_up X-Forwarded-For {remote_host}'),
    shape('header_up X-Real-IP {remote_host}'),
    shape('header_up X-Forwarded-Proto {scheme}'),
    shape('header_up X-Forwarded-Host {host}'),
  ]
}
