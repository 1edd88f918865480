import { readFileSync } from 'node:fs'

const example = (name: string) =>
  readFileSync(new URL(`../../templates/example/${name}`, import.meta.url), 'utf8')

/** The files of an install that is mutated, by path. */
export type Texts = Readonly<Record<string, string>>

const override = `services:
  caddy:
    ports: ["80:80", "443:443"]
    volumes:
      - ./caddy/Caddyfile:/etc/caddy/Caddyfile:ro
      - caddy-data:/data
  redis:
    configs: [tracecat-harden-redis]
    command: !override [redis-server, /tracecat-harden-redis, --appendonly, "yes"]
    environment: { REDISCLI_AUTH: "\${REDIS_PASSWORD:?put it back}" }
    healthcheck: { test: [CMD-SHELL, redis-cli ping | grep -q PONG] }
  executor: &jail
    privileged: true
    security_opt: [systempaths=unconfined, "seccomp:./seccomp/executor.json"]
    devices: [/dev/net/tun:/dev/net/tun]
  agent-executor: { <<: *jail, ports: !reset [] }
configs:
  tracecat-harden-redis:
    content: |
      requirepass \${REDIS_PASSWORD:?put it back}
volumes: { caddy-data: }
`

const caddyfile = `{
	servers {
		trusted_proxies static 10.0.0.0/8
	}
}
tracecat.example.com {
	request_header -X-Tracecat-Service-Key
	@register path /api/auth/register*
	handle @register {
		respond 403
	}
	handle_path /s3/* {
		@signed {
			method GET HEAD
			query X-Amz-Signature=*
		}
		reverse_proxy @signed minio:9000
	}
	handle_path /api* {
		reverse_proxy api:8000
	}
	reverse_proxy ui:3000
}
`

const small = `include: [more.yml]
services:
  api:
    image: ghcr.io/tracecathq/tracecat:\${TRACECAT__IMAGE_TAG:-1.0.0-beta.42}
    environment: [TRACECAT__DB_URI, "REDIS_URL=\${REDIS_URL}"]
    env_file: [.env]
  redis: { image: "redis:7-alpine", command: redis-server --appendonly yes, extends: { service: api } }
  minio: { image: minio/minio, ports: ["9000", { target: 9001, published: "9001" }] }
`

const answers = `domain: tracecat.example.com
tls: load-balancer
trustedProxies: [10.0.0.0/8]
sso: { type: oidc, issuer: https://example.okta.com, clientId: abc }
allowedDomains: [example.com]
superadminEmail: admin@example.com
privateNetworks: [10.1.0.0/16]
accept: [{ control: tls, reason: a lab }]
`

/** What the mutations begin with: the stock install, a hardened one, one that points elsewhere. */
export const bases: readonly Texts[] = [
  {
    'docker-compose.yml': example('docker-compose.yml'),
    Caddyfile: example('Caddyfile'),
    '.env': example('dot-env'),
  },
  {
    'docker-compose.yml': example('docker-compose.yml'),
    'docker-compose.override.yml': override,
    'caddy/Caddyfile': caddyfile,
    '.env': `REDIS_PASSWORD=${'r'.repeat(32)}\n${example('dot-env')}`,
    'tracecat-harden.yaml': answers,
  },
  {
    'docker-compose.yml': small,
    Caddyfile: caddyfile,
    '.env': 'REDIS_URL=redis://redis:6379\nTRACECAT__AUTH_TYPES=oidc,saml\n',
    'tracecat-harden.yaml': answers,
  },
]
