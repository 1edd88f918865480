import { describe, expect, test } from 'vitest'
import { foldEdge } from '../../src/edge/fold.ts'
import type { EdgePart } from '../../src/edge/parts.ts'
import { renderCaddyfile } from '../../src/edge/render.ts'
import { modes, newest, sessionCookie, signUp, site, trusted } from './samples.ts'

function render(...parts: EdgePart[]): string {
  return renderCaddyfile(foldEdge(parts))
}
const bare: EdgePart = { part: 'routes', upstreams: ['ui', 'api'] }

describe('the rendered Caddyfile', () => {
  test('an old release with automatic TLS', () => {
    expect(render(site(modes.automatic), bare)).toMatchInlineSnapshot(`
      "# Written by tracecat-harden. Add what you like to the site or beside it: the next run keeps it.
      # Changed lines of ours are kept too, but then the whole file is yours to maintain.

      {
      	# The certificate authority writes here when something is wrong.
      	email ops@example.com
      }

      tracecat.example.com {
      	handle_path /api* {
      		reverse_proxy http://api:8000 {
      			header_up X-Forwarded-For {remote_host}
      			header_up X-Real-IP {remote_host}
      			header_up X-Forwarded-Proto {scheme}
      			header_up X-Forwarded-Host {host}
      		}
      	}

      	reverse_proxy http://ui:3000
      }
      "
    `)
  })

  test('the newest release behind a load balancer, with every rule', () => {
    expect(
      render(
        site(modes['load-balancer']),
        ...newest,
        sessionCookie,
        signUp('192.0.2.0/24'),
        trusted('10.0.0.0/8', '172.16.0.0/12'),
      ),
    ).toMatchInlineSnapshot(`
      "# Written by tracecat-harden. Add what you like to the site or beside it: the next run keeps it.
      # Changed lines of ours are kept too, but then the whole file is yours to maintain.

      {
      	servers {
      		# Only these proxies are believed when they say who the client is. Read from the right:
      		# what a client put into X-Forwarded-For itself stands further left.
      		trusted_proxies static 10.0.0.0/8 172.16.0.0/12
      		trusted_proxies_strict
      	}
      }

      # The load balancer ends TLS and asks for any name (its health checks use our address).
      http://:80 {
      	# Only services may send these to each other: from outside, they would make anyone anybody.
      	request_header -X-Tracecat-Role-*
      	request_header -X-Tracecat-Service-Key

      	# This release forgets Secure on its session cookie, which comes from the api and from the ui.
      	header {
      		Set-Cookie \`(?i)^(fastapiusersauth=[^;]*(?:;\\s*(?:[^s;\\s][^;]*|s[^e;][^;]*)?)*)$\` \`$1; Secure\`
      		defer
      	}

      	# Whoever can reach sign-up can join: only these networks may.
      	@harden_sign_up {
      		path_regexp (?i)^/api(?:/?api)*/?auth/register(?:[^a-z0-9_-]|$)
      		not client_ip 192.0.2.0/24
      	}
      	handle @harden_sign_up {
      		respond 403
      	}

      	# Downloads by presigned URL. The store has holes that only an upload or a signed header
      	# reaches, so nothing but signed GET and HEAD of these buckets gets through.
      	@harden_download {
      		method GET HEAD
      		path /s3/tracecat-attachments/* /s3/tracecat-workflow/*
      		expression \`{query.Signature} != "" || {query.X-Amz-Signature} != ""\`
      		not header X-Amz-Content-Sha256 STREAMING*
      	}
      	handle @harden_download {
      		uri strip_prefix /s3
      		reverse_proxy http://minio:9000 {
      			# The name that the signature was made for.
      			header_up Host minio:9000
      			header_up -Authorization
      			header_up -X-Amz-*
      			header_down -Server
      		}
      	}

      	@harden_s3 path /s3 /s3/*
      	handle @harden_s3 {
      		respond 404
      	}

      	handle_path /api* {
      		reverse_proxy http://api:8000 {
      			header_up X-Forwarded-For {client_ip}
      			header_up X-Real-IP {client_ip}
      			header_up X-Forwarded-Proto https
      			header_up X-Forwarded-Host {host}
      		}
      	}

      	handle /mcp* {
      		reverse_proxy http://mcp:8099 {
      			flush_interval -1
      			header_up X-Forwarded-Proto https
      		}
      	}

      	handle /.well-known/oauth-authorization-server {
      		reverse_proxy http://mcp:8099 {
      			header_up X-Forwarded-Proto https
      		}
      	}

      	handle /.well-known/oauth-protected-resource* {
      		reverse_proxy http://mcp:8099 {
      			header_up X-Forwarded-Proto https
      		}
      	}

      	handle /authorize* {
      		reverse_proxy http://mcp:8099 {
      			header_up X-Forwarded-Proto https
      		}
      	}

      	handle /token {
      		reverse_proxy http://mcp:8099 {
      			header_up X-Forwarded-Proto https
      		}
      	}

      	handle /register {
      		reverse_proxy http://mcp:8099 {
      			header_up X-Forwarded-Proto https
      		}
      	}

      	handle /consent* {
      		reverse_proxy http://mcp:8099 {
      			header_up X-Forwarded-Proto https
      		}
      	}

      	handle /auth/callback* {
      		reverse_proxy http://mcp:8099 {
      			header_up X-Forwarded-Proto https
      		}
      	}

      	reverse_proxy http://ui:3000 {
      		header_up X-Forwarded-Proto https
      	}
      }
      "
    `)
  })

  test('has no global block where there is nothing to say', () => {
    expect(render(site(modes.certificate), bare)).not.toMatch(/^\{$/m)
    expect(render(site({ mode: 'automatic', acmeEmail: undefined }), bare)).not.toMatch(/^\{$/m)
  })

  test('takes no network for nobody', () => {
    const text = render(site(modes.internal), bare, signUp())
    expect(text).toContain('handle @harden_sign_up')
    expect(text).not.toContain('_ip ')
  })

  test('quotes what needs it, and refuses what no quote keeps', () => {
    const certificate = (path: string) =>
      render(site({ mode: 'certificate', certificate: path, key: '/k' }), bare)
    expect(certificate('/my certs/a#b.crt')).toContain('tls `/my certs/a#b.crt` /k')
    expect(() => certificate('/certs/{env.X}.crt')).toThrow(/cannot be written/)
    expect(() => certificate('/certs/a\n.crt')).toThrow(/cannot be written/)
  })

  test.each(['*', '..', 'a/b', '', 'a*'])('%j is no bucket', (bucket) => {
    expect(() => render(site(modes.internal), bare, { part: 's3', buckets: [bucket] })).toThrow(
      /no name of a bucket/,
    )
  })

  test('has no backslash in a comment: Caddy would join the next line to the one before', () => {
    const text = render(site(modes.internal), ...newest, sessionCookie, signUp())
    expect(text.split('\n').filter((line) => /^\s*#.*\\/.test(line))).toEqual([])
  })
})
