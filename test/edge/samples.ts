import type { EdgePart, TlsMode } from '../../src/edge/parts.ts'

export const modes: Readonly<Record<TlsMode['mode'], TlsMode>> = {
  automatic: { mode: 'automatic', acmeEmail: 'ops@example.com' },
  certificate: { mode: 'certificate', certificate: '/certs/tls.crt', key: '/certs/tls.key' },
  internal: { mode: 'internal' },
  'load-balancer': { mode: 'load-balancer', port: 80 },
}

export function site(tls: TlsMode, domain = 'tracecat.example.com'): EdgePart {
  return { part: 'site', domain, tls }
}

/** What the newest release's controls ask for, each rule once. */
export const newest: readonly EdgePart[] = [
  { part: 'routes', upstreams: ['ui', 'api', 'mcp'] },
  { part: 'strip-headers', names: ['X-Tracecat-Service-Key', 'X-Tracecat-Role-*'] },
  { part: 's3', buckets: ['tracecat-attachments', 'tracecat-workflow'] },
]

export const sessionCookie: EdgePart = { part: 'secure-cookies' }

export function signUp(...networks: string[]): EdgePart {
  return { part: 'sign-up-guard', networks }
}

export function trusted(...networks: string[]): EdgePart {
  return { part: 'trusted-proxies', networks }
}

/** A file of our own writing with every route of the newest stock file. */
export function stockLike(more: { site?: string; before?: string; after?: string } = {}): string {
  const mcp = [
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-protected-resource*',
    '/authorize*',
    '/token',
    '/register',
    '/consent*',
    '/auth/callback*',
  ]
  return `${more.before ?? ''}{$BASE_DOMAIN} {
  bind {$ADDRESS}
  handle_path /s3/* {
    reverse_proxy http://minio:9000 {
      header_up Host {host}
      header_up -Server
    }
  }
  handle_path /api* {
    reverse_proxy http://api:8000 {
      header_up X-Forwarded-For {remote_host}
      header_up X-Real-IP {remote_host}
      header_up X-Forwarded-Proto {scheme}
      header_up X-Forwarded-Host {host}
    }
  }
  handle /mcp* {
    reverse_proxy http://mcp:8099 {
      flush_interval -1
    }
  }
${mcp.map((path) => `  handle ${path} {\n    reverse_proxy http://mcp:8099\n  }\n`).join('')}
${more.site ?? ''}
  reverse_proxy http://ui:3000
}
${more.after ?? ''}`
}
