import profile from '../../templates/seccomp/executor.jsonc'
import type { Parts } from './case.ts'

/** One control: where it fires, where it does not, and what `init` makes of it. */
export interface Row {
  readonly id: string
  /** Beside the practice install. */
  readonly fires: Parts
  readonly evidence: string
  /** `file: text of the line`. */
  readonly at: string
  readonly quiet: Parts
  /**
   * `mended`: `init` on what fired leaves nothing. `stays`: no file can mend it, or only the admin can,
   * with a reason. `accepted`: the answers say so. `left`: it is the admin's own, and stays open.
   */
  readonly after: 'mended' | 'stays' | 'accepted' | 'left'
}

const strong = 'Zk3v9QmT7xWb2LpR8sNd4YhC6uGf1JaE'
const other = 'pW8nL2kX5vQ9rT3mB7cY1dF6gH4jS0zA'
const fernet = 'q7Jx2mVt9RkLw4Zb8NcY1sHd6FgP3uEaT5oXi0KvMB8='
const saml = { type: 'saml', metadataUrl: 'https://idp.example.com/metadata' } as const
const oidc = { type: 'oidc', issuer: 'https://idp.example.com', clientId: 'abc' } as const
const jail = { TRACECAT__EXECUTOR_BACKEND: 'ephemeral', TRACECAT__DISABLE_NSJAIL: 'false' }
const checkout = { known: true, value: { checkout: true, trackedEnv: false } } as const
const egress = '1.0.0-beta.52-rc.3'
const keyring = '{"current_key_id":"v1","keys":{"v1":"q7mX2vKp9RzL4tWc8nYb3HsD"}}'
const keyringWith = (id: string, root: string) =>
  JSON.stringify({ current_key_id: 'v1', keys: { v1: strong, [id]: root } })
/** What nsjail needs besides the user namespace that it makes itself. */
const grants = (service: string) =>
  `services:\n  ${service}: { security_opt: ["seccomp:unconfined", "systempaths=unconfined"], devices: [/dev/net/tun] }\n`
/** As `grants`, with our profile in the place of none. */
const profiled = grants('executor').replace('unconfined"', './seccomp/executor.json"')
const reindented = (json: string) => JSON.stringify(JSON.parse(json), null, 4)
const confined = { level: 'confined', how: 'asked', why: 'a test' } as const

/** A service of the admin's with one volume. */
const mounting = (volume: string) =>
  `services:\n  mine:\n    image: a:1.2\n    volumes:\n      - ${volume}\nvolumes: { cache: }\n`

/** The same with a named volume, which may be a folder of the host. */
const named = (options: string, device: string) =>
  `services:\n  mine:\n    image: a:1.2\n    volumes:\n      - disk:/disk:ro\nvolumes:\n  disk:\n    driver_opts: { type: none, o: "${options}", device: ${device} }\n`

/** Hands a variable of the sandbox on to the executor, as the Compose file of that release does. */
const passing = (name: string) =>
  `services:\n  executor:\n    environment:\n      TRACECAT__SANDBOX_${name}: "\${TRACECAT__SANDBOX_${name}:-}"\n`

export const rows: readonly Row[] = [
  {
    id: 'postgres-password',
    fires: {},
    evidence: 'everybody knows',
    at: '.env: TRACECAT__POSTGRES_PASSWORD=postgres',
    quiet: { env: { TRACECAT__POSTGRES_PASSWORD: strong } },
    after: 'mended',
  },
  {
    id: 'postgres-password',
    fires: {
      env: {
        TRACECAT__POSTGRES_PASSWORD: strong,
        TRACECAT__DB_URI: 'postgresql+psycopg://tracecat:other@postgres_db:5432/postgres',
      },
    },
    evidence: 'differ from',
    at: '.env: TRACECAT__DB_URI=postgresql+psycopg://tracecat:other@postgres_db:5432/postgres',
    quiet: { env: { TRACECAT__DB_URI: `postgresql+psycopg://me:${strong}@db.example.com:5432/t` } },
    after: 'mended',
  },
  {
    id: 'temporal-postgres-password',
    fires: {},
    evidence: 'everybody knows',
    at: '.env: TEMPORAL__POSTGRES_PASSWORD=temporal',
    quiet: { env: { TEMPORAL__POSTGRES_PASSWORD: strong } },
    after: 'mended',
  },
  {
    id: 'minio-credentials',
    fires: {},
    evidence: 'everybody knows',
    at: '.env: MINIO_ROOT_USER=minio',
    quiet: { env: { MINIO_ROOT_USER: 'k7Qw2xVb', MINIO_ROOT_PASSWORD: strong } },
    after: 'mended',
  },
  {
    id: 'redis-auth',
    fires: {},
    evidence: 'without a password',
    at: 'docker-compose.yml: command: redis-server --appendonly yes',
    quiet: { env: { REDIS_URL: `redis://:${strong}@cache.example.com:6379` } },
    after: 'mended',
  },
  {
    id: 'redis-auth',
    fires: {
      compose: [
        [
          'redis-server --appendonly yes',
          'redis-server --appendonly yes --requirepass hunter2hunter2',
        ],
      ],
      env: { REDIS_URL: 'redis://:hunter2hunter2@redis:6379' },
    },
    evidence: 'docker ps',
    at: 'docker-compose.yml: command: redis-server --appendonly yes --requirepass hunter2hunter2',
    quiet: { env: { REDIS_URL: `redis://:${strong}@cache.example.com:6379` } },
    after: 'mended',
  },
  {
    id: 'redis-auth',
    fires: {
      compose: [
        [
          'redis-server --appendonly yes',
          'redis-server --appendonly yes --requirepass hunter2hunter2',
        ],
      ],
      env: { REDIS_URL: 'redis://:hunter2hunter2@redis:6379' },
    },
    evidence: 'health check',
    at: 'docker-compose.yml: test: ["CMD", "redis-cli", "ping"]',
    quiet: { env: { REDIS_URL: `redis://:${strong}@cache.example.com:6379` } },
    after: 'mended',
  },
  {
    id: 'redis-auth',
    fires: {
      compose: [
        [
          'redis-server --appendonly yes',
          'redis-server --appendonly yes --requirepass hunter2hunter2',
        ],
      ],
      env: { REDIS_URL: 'redis://:another@redis:6379' },
    },
    evidence: 'not the one that Redis demands',
    at: '.env: REDIS_URL=redis://:another@redis:6379',
    quiet: { env: { REDIS_URL: `redis://:${strong}@cache.example.com:6379` } },
    after: 'mended',
  },
  {
    id: 'redis-persistence',
    fires: { compose: [['redis-server --appendonly yes', 'redis-server --save 60 1']] },
    evidence: '--appendonly',
    at: 'docker-compose.yml: command: redis-server --save 60 1',
    quiet: {},
    after: 'mended',
  },
  {
    id: 'redis-memory',
    fires: {},
    evidence: 'all memory',
    at: 'docker-compose.yml: command: redis-server --appendonly yes',
    quiet: { override: 'services: { redis: { mem_limit: 512m } }\n' },
    after: 'stays',
  },
  {
    id: 'db-encryption-key',
    fires: {},
    evidence: 'placeholder',
    at: '.env: TRACECAT__DB_ENCRYPTION_KEY=your-tracecat-db-fernet-key',
    quiet: { env: { TRACECAT__DB_ENCRYPTION_KEY: fernet } },
    after: 'mended',
  },
  {
    id: 'service-key',
    fires: {},
    evidence: 'placeholder',
    at: '.env: TRACECAT__SERVICE_KEY=your-tracecat-service-key',
    quiet: { env: { TRACECAT__SERVICE_KEY: strong } },
    after: 'mended',
  },
  {
    id: 'signing-secret',
    fires: {},
    evidence: 'placeholder',
    at: '.env: TRACECAT__SIGNING_SECRET=your-tracecat-signing-secret',
    quiet: { env: { TRACECAT__SIGNING_SECRET: strong } },
    after: 'mended',
  },
  {
    id: 'user-auth-secret',
    fires: {},
    evidence: 'placeholder',
    at: '.env: USER_AUTH_SECRET=your-auth-secret',
    quiet: { env: { USER_AUTH_SECRET: strong } },
    after: 'mended',
  },
  {
    id: 'weak-secrets',
    fires: { env: { MINIO_ROOT_PASSWORD: 'hunter2' } },
    evidence: 'too short',
    at: '.env: MINIO_ROOT_PASSWORD=hunter2',
    quiet: {},
    after: 'left',
  },
  {
    id: 'weak-secrets',
    fires: { env: { TRACECAT__DB_URI: 'postgresql+psycopg://me:postgres@db.example.com/t' } },
    evidence: 'your server db.example.com',
    at: '.env: TRACECAT__DB_URI=postgresql+psycopg://me:postgres@db.example.com/t',
    quiet: { env: { TRACECAT__DB_URI: `postgresql+psycopg://me:${strong}@db.example.com/t` } },
    after: 'left',
  },
  {
    id: 'repeated-secrets',
    fires: { env: { TRACECAT__SERVICE_KEY: strong, USER_AUTH_SECRET: strong } },
    evidence: 'same value as TRACECAT__SERVICE_KEY',
    at: '.env: USER_AUTH_SECRET=Zk3v9QmT7xWb2LpR8sNd4YhC6uGf1JaE',
    quiet: {
      env: {
        TRACECAT__SERVICE_KEY: strong,
        USER_AUTH_SECRET: other,
        OIDC_CLIENT_SECRET: 'one',
        OAUTH_CLIENT_SECRET: 'one',
      },
    },
    after: 'left',
  },
  {
    id: 'payload-encryption',
    fires: {},
    evidence: 'plain text',
    at: 'docker-compose.yml: TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED: ${TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED:-false}',
    quiet: { release: '1.0.0-beta.20' },
    after: 'stays',
  },
  {
    id: 'payload-encryption',
    fires: { env: { TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING: 'broken' } },
    evidence: 'no keyring',
    at: '.env: TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING=broken',
    quiet: { release: '1.0.0-beta.20' },
    after: 'left',
  },
  {
    id: 'payload-encryption',
    fires: {
      env: {
        TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING: keyringWith('v1', 'your-root-key'),
        TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED: 'true',
      },
      answers: { payloadEncryption: true },
    },
    evidence: 'the current key of TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING is too short',
    at: `.env: TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING=${keyringWith('v1', 'your-root-key')}`,
    quiet: {
      env: {
        TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING: keyringWith('v0', 'your-root-key'),
        TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED: 'true',
      },
    },
    after: 'left',
  },
  {
    id: 'payload-encryption',
    fires: {
      env: {
        TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING: keyringWith('v1', 'your-root-key'),
        TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED: '1',
      },
      answers: { payloadEncryption: true },
    },
    evidence: 'the current key of TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING is too short',
    at: `.env: TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING=${keyringWith('v1', 'your-root-key')}`,
    quiet: {
      env: {
        TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING: keyringWith('v0', 'your-root-key'),
        TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED: '1',
      },
    },
    after: 'left',
  },
  {
    id: 'redis-url-logged',
    fires: { release: '0.53.25' },
    evidence: '0.53.25 logs REDIS_URL',
    at: '.env: LOG_LEVEL=INFO',
    quiet: { release: '0.53.25', env: { LOG_LEVEL: 'WARNING' } },
    after: 'stays',
  },
  {
    id: 'log-level',
    fires: { env: { LOG_LEVEL: 'trace' } },
    evidence: 'TRACE',
    at: '.env: LOG_LEVEL=trace',
    quiet: {},
    after: 'mended',
  },
  {
    id: 'log-level',
    fires: { env: { TRACECAT__UNSAFE_DISABLE_SM_MASKING: 'true' } },
    evidence: 'stored credentials',
    at: '.env: TRACECAT__UNSAFE_DISABLE_SM_MASKING=true',
    quiet: {},
    after: 'mended',
  },
  {
    id: 'ui-logs-service-key',
    fires: { env: { TRACECAT__AUTH_TYPES: 'saml' }, answers: { sso: saml } },
    evidence: 'SAML',
    at: 'docker-compose.yml: TRACECAT__SERVICE_KEY: ${TRACECAT__SERVICE_KEY}',
    quiet: {},
    after: 'stays',
  },
  {
    id: 'executor-backend',
    fires: {},
    evidence: 'unsandboxed',
    at: '.env: TRACECAT__EXECUTOR_BACKEND=direct',
    quiet: { env: jail },
    after: 'mended',
  },
  {
    id: 'executor-backend',
    fires: { env: { ...jail, TRACECAT__EXECUTOR_BACKEND: 'pool' } },
    evidence: 'stops the executor',
    at: '.env: TRACECAT__EXECUTOR_BACKEND=pool',
    quiet: { release: '1.0.0-beta.50', env: { ...jail, TRACECAT__EXECUTOR_BACKEND: 'pool' } },
    after: 'mended',
  },
  {
    id: 'executor-backend',
    fires: { release: '1.0.0-beta.50', env: { TRACECAT__EXECUTOR_BACKEND: 'pool' } },
    evidence: 'scripts run unsandboxed (backend pool, nsjail off)',
    at: '.env: TRACECAT__EXECUTOR_BACKEND=pool',
    quiet: { release: '1.0.0-beta.50', env: { ...jail, TRACECAT__EXECUTOR_BACKEND: 'pool' } },
    after: 'mended',
  },
  {
    id: 'executor-backend',
    fires: { env: { TRACECAT__EXECUTOR_BACKEND: 'ephemeral' } },
    evidence: 'every action fails',
    at: '.env: TRACECAT__DISABLE_NSJAIL=true',
    quiet: { env: jail },
    after: 'mended',
  },
  {
    id: 'executor-privileges',
    fires: { env: jail },
    evidence: 'nsjail cannot start',
    at: 'docker-compose.yml: executor:',
    quiet: {},
    after: 'stays',
  },
  {
    id: 'executor-privileges',
    fires: {
      env: jail,
      override: 'services:\n  executor: { cap_add: [cap_sys_admin] }\n',
      answers: { executorPrivileges: 'confined' },
      facts: { privileges: confined },
    },
    evidence: 'executor is given SYS_ADMIN: code outside of the jail can become root',
    at: 'docker-compose.override.yml: executor: { cap_add: [cap_sys_admin] }',
    quiet: { env: jail, override: 'services:\n  executor: { cap_add: [NET_ADMIN] }\n' },
    after: 'mended',
  },
  {
    id: 'executor-privileges',
    fires: {
      release: '1.0.0-beta.47',
      env: jail,
      override: 'services:\n  executor: { cap_add: [SYS_ADMIN] }\n',
      answers: { executorPrivileges: 'confined' },
      facts: { privileges: confined },
    },
    evidence: 'executor is given SYS_ADMIN: whoever becomes root in the container can leave it',
    at: 'docker-compose.override.yml: executor: { cap_add: [SYS_ADMIN] }',
    quiet: { release: '1.0.0-beta.47', env: jail, override: grants('executor') },
    after: 'mended',
  },
  {
    id: 'sandbox-lost',
    fires: { env: { TRACECAT__EXECUTOR_BACKEND: undefined, TRACECAT__DISABLE_NSJAIL: undefined } },
    evidence: 'says nothing of the sandbox',
    at: '.env',
    quiet: {},
    after: 'mended',
  },
  {
    id: 'sandbox-lost',
    fires: { override: 'services:\n  executor: { cap_add: [SYS_ADMIN] }\n' },
    evidence: 'for a sandbox that is off',
    at: 'docker-compose.override.yml: executor: { cap_add: [SYS_ADMIN] }',
    quiet: {},
    after: 'mended',
  },
  {
    id: 'sandbox-egress',
    fires: { env: jail },
    evidence: 'does not filter',
    at: 'nowhere',
    quiet: { release: egress, env: jail },
    after: 'stays',
  },
  {
    id: 'egress-rules',
    fires: {
      release: egress,
      env: { TRACECAT__SANDBOX_ACTION_ALLOWED_EGRESS_CIDRS: '10.0.0.1/8' },
    },
    evidence: 'bits set behind its first 8',
    at: '.env: TRACECAT__SANDBOX_ACTION_ALLOWED_EGRESS_CIDRS=10.0.0.1/8',
    quiet: {
      release: egress,
      env: { TRACECAT__SANDBOX_ACTION_ALLOWED_EGRESS_CIDRS: '10.0.0.0/8,fd00::/8' },
    },
    after: 'left',
  },
  {
    id: 'egress-rules',
    fires: {
      release: egress,
      env: { TRACECAT__SANDBOX_AGENT_ALLOWED_EGRESS_TCP_PORTS: '443,70000' },
    },
    evidence: 'is no port',
    at: '.env: TRACECAT__SANDBOX_AGENT_ALLOWED_EGRESS_TCP_PORTS=443,70000',
    quiet: { env: { TRACECAT__SANDBOX_AGENT_ALLOWED_EGRESS_TCP_PORTS: '443,70000' } },
    after: 'left',
  },
  {
    id: 'metadata-address',
    fires: {},
    evidence: '169.254.169.254',
    at: 'docker-compose.yml: networks: [core, core-db, temporal]',
    quiet: { release: egress, env: jail },
    after: 'stays',
  },
  {
    id: 'metadata-address',
    fires: {
      release: egress,
      env: { ...jail, TRACECAT__SANDBOX_INSTALL_ALLOWED_EGRESS_CIDRS: '10.0.0.0/8, 0.0.0.0/0' },
      override: passing('INSTALL_ALLOWED_EGRESS_CIDRS'),
    },
    evidence: 'allows 0.0.0.0/0 on port 80',
    at: '.env: TRACECAT__SANDBOX_INSTALL_ALLOWED_EGRESS_CIDRS=10.0.0.0/8, 0.0.0.0/0',
    quiet: {
      release: egress,
      env: { ...jail, TRACECAT__SANDBOX_INSTALL_ALLOWED_EGRESS_CIDRS: '10.0.0.0/8,169.253.0.0/16' },
      override: passing('INSTALL_ALLOWED_EGRESS_CIDRS'),
    },
    after: 'left',
  },
  {
    id: 'metadata-address',
    fires: {
      release: egress,
      env: jail,
      override: `services:
  executor:
    environment:
      TRACECAT__SANDBOX_SCRIPT_ALLOWED_EGRESS_CIDRS: 169.254.169.254/32
      TRACECAT__SANDBOX_SCRIPT_ALLOWED_EGRESS_TCP_PORTS: 443,80
`,
    },
    evidence: 'SCRIPT_ALLOWED_EGRESS_CIDRS allows 169.254.169.254/32',
    at: 'docker-compose.override.yml: TRACECAT__SANDBOX_SCRIPT_ALLOWED_EGRESS_CIDRS: 169.254.169.254/32',
    quiet: {
      release: egress,
      env: { ...jail, TRACECAT__SANDBOX_SCRIPT_ALLOWED_EGRESS_CIDRS: '0.0.0.0/0' },
      override: passing('SCRIPT_ALLOWED_EGRESS_CIDRS'),
    },
    after: 'left',
  },
  {
    id: 'egress-rules',
    fires: {
      release: egress,
      override: `services:
  executor:
    environment:
      TRACECAT__SANDBOX_ACTION_ALLOWED_EGRESS_CIDRS: 10.0.0.1/8
`,
    },
    evidence: 'bits set behind its first 8',
    at: 'docker-compose.override.yml: TRACECAT__SANDBOX_ACTION_ALLOWED_EGRESS_CIDRS: 10.0.0.1/8',
    quiet: { release: egress },
    after: 'left',
  },
  {
    id: 'local-registry-mount',
    fires: {},
    evidence: 'may write /app/local_registry',
    at: 'docker-compose.yml: volumes: ["${TRACECAT__LOCAL_REPOSITORY_PATH}:/app/local_registry"]',
    quiet: {
      compose: [
        [':/app/local_registry"]', ':/app/local_registry:ro"]'],
        ['_PATH}:/app/local_registry\n', '_PATH}:/app/local_registry:ro\n'],
        ['_PATH}:/app/local_registry\n', '_PATH}:/app/local_registry:ro\n'],
      ],
    },
    after: 'mended',
  },
  {
    id: 'temporal-exposed',
    fires: {},
    evidence: 'accepts everybody on core and temporal',
    at: 'docker-compose.yml: networks: [core, temporal, temporal-db]',
    quiet: {
      compose: [
        ['temporal_ui:\n', 'elsewhere_ui:\n'],
        ['networks: [core, temporal, temporal-db]', 'networks: [temporal-db]'],
      ],
    },
    after: 'stays',
  },
  {
    id: 'no-new-privileges',
    fires: {},
    evidence: 'may gain rights in api, mcp',
    at: 'docker-compose.yml: api:',
    quiet: {
      override: `services:\n${['api', 'mcp', 'worker', 'agent-worker', 'litellm', 'migrations'].map((name) => `  ${name}: { security_opt: ["no-new-privileges:true"] }\n`).join('')}`,
    },
    after: 'stays',
  },
  {
    id: 'no-new-privileges-conflict',
    fires: {
      override:
        'services:\n  executor:\n    privileged: true\n    security_opt:\n      - seccomp:unconfined\n      - no-new-privileges:true\n',
      answers: { executorPrivileges: 'privileged' },
    },
    evidence: 'executor is privileged, and under no-new-privileges mount gets no rights',
    at: 'docker-compose.override.yml: - no-new-privileges:true',
    quiet: { override: 'services:\n  executor: { privileged: true }\n' },
    after: 'left',
  },
  {
    id: 'no-new-privileges-conflict',
    fires: {
      override:
        'services:\n  agent-executor: { cap_add: [SYS_ADMIN], security_opt: [no-new-privileges] }\n',
      answers: { executorPrivileges: 'confined' },
      facts: { privileges: confined },
    },
    evidence: 'agent-executor is given SYS_ADMIN, and under no-new-privileges mount cannot use it',
    at: 'docker-compose.override.yml: agent-executor: { cap_add: [SYS_ADMIN], security_opt: [no-new-privileges] }',
    quiet: {
      override:
        'services:\n  agent-executor: { cap_drop: [ALL], security_opt: [no-new-privileges] }\n',
    },
    after: 'mended',
  },
  {
    id: 'sign-in',
    fires: {},
    evidence: 'with passwords',
    at: '.env: TRACECAT__AUTH_TYPES=basic',
    quiet: {
      env: { TRACECAT__AUTH_TYPES: 'saml', SAML_IDP_METADATA_URL: 'https://idp.example.com' },
    },
    after: 'accepted',
  },
  {
    id: 'sign-in',
    fires: { env: { TRACECAT__AUTH_TYPES: 'basic,google_oauth' }, answers: { sso: saml } },
    evidence: 'is ignored',
    at: '.env: TRACECAT__AUTH_TYPES=basic,google_oauth',
    quiet: {
      env: { TRACECAT__AUTH_TYPES: 'saml', SAML_IDP_METADATA_URL: 'https://idp.example.com' },
    },
    after: 'mended',
  },
  {
    id: 'sign-in',
    fires: {
      release: '1.0.0-beta.20',
      env: { TRACECAT__AUTH_TYPES: 'saml,', SAML_IDP_METADATA_URL: 'https://idp.example.com' },
      answers: { sso: saml },
    },
    evidence: 'the api does not start',
    at: '.env: TRACECAT__AUTH_TYPES=saml,',
    quiet: {
      env: { TRACECAT__AUTH_TYPES: 'saml,', SAML_IDP_METADATA_URL: 'https://idp.example.com' },
    },
    after: 'mended',
  },
  {
    id: 'sign-in',
    fires: { env: { TRACECAT__AUTH_TYPES: 'oidc' }, answers: { sso: oidc } },
    evidence: 'OIDC_ISSUER does not reach',
    at: '.env: OIDC_ISSUER=',
    quiet: {
      env: { TRACECAT__AUTH_TYPES: 'saml', SAML_IDP_METADATA_URL: 'https://idp.example.com' },
    },
    after: 'mended',
  },
  {
    id: 'allowed-domains',
    fires: {},
    evidence: 'every address',
    at: '.env: TRACECAT__AUTH_ALLOWED_DOMAINS=',
    quiet: { env: { TRACECAT__AUTH_ALLOWED_DOMAINS: 'example.com' } },
    after: 'mended',
  },
  {
    id: 'allowed-domains',
    fires: { env: { TRACECAT__AUTH_ALLOWED_DOMAINS: `'Example.com, example.org'` } },
    evidence: 'letter by letter',
    at: ".env: TRACECAT__AUTH_ALLOWED_DOMAINS='Example.com, example.org'",
    quiet: { env: { TRACECAT__AUTH_ALLOWED_DOMAINS: 'example.com' } },
    after: 'mended',
  },
  {
    id: 'executor-privileges',
    fires: {
      env: jail,
      override: profiled,
      answers: { executorPrivileges: 'confined' },
      facts: { privileges: confined },
      files: {
        'seccomp/executor.json': { text: '{"defaultAction":"SCMP_ACT_ALLOW"}', mode: 0o644 },
      },
    },
    evidence: 'not the profile that tracecat-harden writes',
    at: 'seccomp/executor.json',
    quiet: {
      env: jail,
      override: profiled.replace('executor.json', 'mine.json'),
      files: {
        'seccomp/executor.json': { text: '{"defaultAction":"SCMP_ACT_ALLOW"}', mode: 0o644 },
      },
    },
    after: 'mended',
  },
  {
    id: 'executor-privileges',
    fires: {
      env: jail,
      override: profiled,
      answers: { executorPrivileges: 'confined' },
      facts: { privileges: confined },
      files: { 'seccomp/executor.json': { text: '{"defaultAction":', mode: 0o644 } },
    },
    evidence: 'seccomp/executor.json is no JSON',
    at: 'seccomp/executor.json',
    quiet: { env: jail, override: grants('executor') },
    after: 'mended',
  },
  {
    id: 'executor-privileges',
    fires: {
      env: jail,
      override: profiled,
      answers: { executorPrivileges: 'confined' },
      facts: { privileges: confined },
    },
    evidence: 'there is no seccomp/executor.json',
    at: `docker-compose.override.yml: ${profiled.split('\n')[1]?.trim()}`,
    quiet: {
      env: jail,
      override: profiled,
      files: { 'seccomp/executor.json': { text: reindented(profile), mode: 0o644 } },
    },
    after: 'mended',
  },
  {
    id: 'superadmin',
    fires: {},
    evidence: 'not set',
    at: '.env: TRACECAT__AUTH_SUPERADMIN_EMAIL=',
    quiet: { env: { TRACECAT__AUTH_SUPERADMIN_EMAIL: 'me@example.com' } },
    after: 'mended',
  },
  {
    id: 'open-sign-up',
    fires: {},
    evidence: 'anybody can sign up',
    at: 'Caddyfile: reverse_proxy http://api:8000 {',
    quiet: { env: { TRACECAT__AUTH_TYPES: 'saml' } },
    after: 'mended',
  },
  {
    id: 'open-sign-up',
    fires: {
      caddyfile:
        '{$BASE_DOMAIN} {\n\thandle_path /foo/* {\n\t\treverse_proxy api:8000\n\t}\n\treverse_proxy ui:3000\n}\n',
    },
    evidence: 'POST /foo/auth/register is open',
    at: 'Caddyfile: reverse_proxy api:8000',
    quiet: {
      caddyfile:
        '{$BASE_DOMAIN} {\n\thandle_path /foo/* {\n\t\t@no_sign_up path_regexp (?i)auth/register\n\t\trespond @no_sign_up 403\n\t\treverse_proxy api:8000\n\t}\n\treverse_proxy ui:3000\n}\n',
    },
    after: 'left',
  },
  {
    id: 'open-sign-up',
    fires: {
      caddyfile:
        '{$BASE_DOMAIN} {\n\thandle /join {\n\t\trewrite * /auth/register\n\t\treverse_proxy api:8000\n\t}\n\treverse_proxy ui:3000\n}\n',
    },
    evidence: 'POST /join is open',
    at: 'Caddyfile: reverse_proxy api:8000',
    quiet: {
      caddyfile:
        '{$BASE_DOMAIN} {\n\thandle /join {\n\t\trewrite * /webhooks/wf-1/key\n\t\treverse_proxy api:8000\n\t}\n\treverse_proxy ui:3000\n}\n',
    },
    after: 'left',
  },
  {
    id: 'sign-in-limit',
    fires: {},
    evidence: 'without limit',
    at: '.env: TRACECAT__AUTH_TYPES=basic',
    quiet: { env: { TRACECAT__AUTH_TYPES: 'saml' } },
    after: 'stays',
  },
  {
    id: 'session-lifetime',
    fires: {},
    evidence: '7 days',
    at: 'docker-compose.yml: environment:',
    quiet: {
      override: 'services: { api: { environment: { SESSION_EXPIRE_TIME_SECONDS: "43200" } } }\n',
    },
    after: 'stays',
  },
  {
    id: 'password-length',
    fires: { env: { TRACECAT__AUTH_MIN_PASSWORD_LENGTH: '6' } },
    evidence: 'is 6',
    at: '.env: TRACECAT__AUTH_MIN_PASSWORD_LENGTH=6',
    quiet: {},
    after: 'mended',
  },
  {
    id: 'oidc-issuer',
    fires: {
      env: {
        TRACECAT__AUTH_TYPES: 'oidc',
        OIDC_ISSUER: 'https://login.microsoftonline.com/common/v2.0',
      },
      answers: { sso: oidc },
    },
    evidence: 'admits accounts from outside',
    at: '.env: OIDC_ISSUER=https://login.microsoftonline.com/common/v2.0',
    quiet: {
      env: {
        TRACECAT__AUTH_TYPES: 'oidc',
        OIDC_ISSUER: 'https://login.microsoftonline.com/0d1f/v2.0',
      },
    },
    after: 'mended',
  },
  {
    id: 'saml-variables',
    fires: {
      env: { TRACECAT__AUTH_TYPES: 'saml', SAML_ACCEPTED_TIME_DIFF: '30' },
      answers: { sso: saml },
    },
    evidence: 'does not reach the api',
    at: '.env: SAML_ACCEPTED_TIME_DIFF=30',
    quiet: { env: { SAML_ACCEPTED_TIME_DIFF: '30' } },
    after: 'mended',
  },
  {
    id: 'saml-variables',
    fires: {
      release: '1.0.0-beta.48',
      compose: [
        [
          'SAML_IDP_METADATA_URL: ${SAML_IDP_METADATA_URL}',
          'SAML_IDP_METADATA_URL: ${SAML_IDP_METADATA_URL}\n      SAML_SIGNED_RESPONSES: ${SAML_SIGNED_RESPONSES}',
        ],
      ],
      env: { TRACECAT__AUTH_TYPES: 'saml' },
      answers: { sso: saml },
    },
    evidence: 'is blank',
    at: 'docker-compose.yml: SAML_SIGNED_RESPONSES: ${SAML_SIGNED_RESPONSES}',
    quiet: {},
    after: 'mended',
  },
  {
    id: 'tls',
    fires: {},
    evidence: 'plain HTTP',
    at: 'Caddyfile: {$BASE_DOMAIN} {',
    quiet: { env: { BASE_DOMAIN: 'tracecat.example.com' } },
    after: 'mended',
  },
  {
    id: 'public-urls',
    fires: {},
    evidence: 'not https',
    at: '.env: PUBLIC_APP_URL=http://localhost:${PUBLIC_APP_PORT}',
    quiet: { env: { PUBLIC_APP_URL: 'https://tracecat.example.com' } },
    after: 'mended',
  },
  {
    id: 'public-urls',
    fires: { env: { PUBLIC_APP_URL: 'https://tracecat.example.com/' } },
    evidence: 'its slash doubles',
    at: '.env: PUBLIC_APP_URL=https://tracecat.example.com/',
    quiet: { env: { PUBLIC_APP_URL: 'https://tracecat.example.com' } },
    after: 'mended',
  },
  {
    id: 'allow-origins',
    fires: {},
    evidence: 'also allows http://localhost:3000',
    at: '.env: TRACECAT__ALLOW_ORIGINS=http://localhost:3000,${PUBLIC_APP_URL}',
    quiet: { env: { TRACECAT__ALLOW_ORIGINS: 'http://localhost:80' } },
    after: 'mended',
  },
  {
    id: 'allow-origins',
    fires: { env: { TRACECAT__ALLOW_ORIGINS: '' } },
    evidence: 'every origin',
    at: '.env: TRACECAT__ALLOW_ORIGINS=',
    quiet: { env: { TRACECAT__ALLOW_ORIGINS: 'http://localhost:80' } },
    after: 'mended',
  },
  {
    id: 'certificate-storage',
    fires: {},
    evidence: '/data of caddy',
    at: 'docker-compose.yml: volumes: ["./Caddyfile:/etc/caddy/Caddyfile"]',
    quiet: {
      override:
        'services: { caddy: { volumes: ["certificates:/data"] } }\nvolumes: { certificates: }\n',
    },
    after: 'mended',
  },
  {
    id: 'caddyfile-mounted',
    fires: {},
    evidence: 'an update overwrites',
    at: 'docker-compose.yml: volumes: ["./Caddyfile:/etc/caddy/Caddyfile"]',
    quiet: { compose: [['caddy:\n', 'door:\n']] },
    after: 'mended',
  },
  {
    id: 'caddyfile-mounted',
    fires: {
      override: 'services:\n  caddy:\n    volumes: ["./caddy/Caddyfile:/etc/caddy/Caddyfile:ro"]\n',
    },
    evidence: 'caddy/Caddyfile is mounted, and is not there',
    at: 'docker-compose.override.yml: volumes: ["./caddy/Caddyfile:/etc/caddy/Caddyfile:ro"]',
    quiet: {
      override: 'services: { caddy: { volumes: ["./caddy/Caddyfile:/etc/caddy/Caddyfile:ro"] } }\n',
      files: { 'caddy/Caddyfile': { text: ':80 {\n}\n', mode: 0o644 } },
    },
    after: 'mended',
  },
  {
    id: 'minio-route',
    fires: {},
    evidence: 'any method and path',
    at: 'Caddyfile: reverse_proxy http://minio:9000 {',
    quiet: {
      caddyfile:
        ':80 {\n\t@get {\n\t\tmethod GET\n\t\tpath /tracecat-registry/*\n\t\tquery X-Amz-Signature=*\n\t}\n\treverse_proxy @get minio:9000\n}\n',
    },
    after: 'mended',
  },
  {
    id: 'internal-headers',
    fires: {},
    evidence: 'X-Tracecat-Service-Key',
    at: 'Caddyfile: reverse_proxy http://api:8000 {',
    quiet: {
      caddyfile:
        ':80 {\n\trequest_header -X-Tracecat-Service-Key\n\trequest_header -X-Tracecat-Role-*\n\treverse_proxy api:8000\n}\n',
    },
    after: 'mended',
  },
  {
    id: 'session-cookie',
    fires: { release: '1.0.0-beta.50' },
    evidence: 'without Secure',
    at: 'Caddyfile: reverse_proxy http://api:8000 {',
    quiet: {},
    after: 'mended',
  },
  {
    id: 'client-address',
    fires: { answers: { tls: 'load-balancer', trustedProxies: ['10.0.0.0/8'] } },
    evidence: "load balancer's networks",
    at: 'Caddyfile',
    quiet: { answers: {} },
    after: 'mended',
  },
  {
    id: 'client-address',
    fires: {
      caddyfile:
        '{$BASE_DOMAIN} {\n\thandle_path /foo/* {\n\t\treverse_proxy api:8000 {\n\t\t\theader_up X-Forwarded-For {header.X-Real-IP}\n\t\t}\n\t}\n\treverse_proxy ui:3000\n}\n',
    },
    evidence: 'X-Forwarded-For is set to {header.X-Real-IP}',
    at: 'Caddyfile: header_up X-Forwarded-For {header.X-Real-IP}',
    quiet: {
      caddyfile:
        '{$BASE_DOMAIN} {\n\thandle_path /foo/* {\n\t\treverse_proxy api:8000 {\n\t\t\theader_up X-Forwarded-For {remote_host}\n\t\t}\n\t}\n\treverse_proxy ui:3000\n}\n',
    },
    after: 'left',
  },
  {
    id: 'admin-endpoint',
    fires: {
      caddyfile: '{\n\tadmin :2019\n}\n{$BASE_DOMAIN} {\n\treverse_proxy ui:3000\n}\n',
    },
    evidence: 'listens on :2019',
    at: 'Caddyfile: admin :2019',
    quiet: {
      caddyfile: '{\n\tadmin localhost:2019\n}\n{$BASE_DOMAIN} {\n\treverse_proxy ui:3000\n}\n',
    },
    after: 'mended',
  },
  {
    id: 'admin-endpoint',
    fires: { override: 'services:\n  caddy:\n    environment:\n      CADDY_ADMIN: 0.0.0.0:2019\n' },
    evidence: 'listens on 0.0.0.0:2019',
    at: 'docker-compose.override.yml: CADDY_ADMIN: 0.0.0.0:2019',
    quiet: { override: 'services: { caddy: { environment: { CADDY_ADMIN: "off" } } }\n' },
    after: 'left',
  },
  {
    id: 'allow-origins',
    fires: {
      compose: [
        ['TRACECAT__ALLOW_ORIGINS: ${TRACECAT__ALLOW_ORIGINS}', 'TRACECAT__ALLOW_ORIGINS: "*"'],
      ],
    },
    evidence: 'also allows *',
    at: 'docker-compose.yml: TRACECAT__ALLOW_ORIGINS: "*"',
    quiet: { env: { TRACECAT__ALLOW_ORIGINS: 'http://localhost:80' } },
    after: 'left',
  },
  {
    id: 'postgres-password',
    fires: {
      override:
        'services:\n  postgres_db:\n    environment:\n      POSTGRES_HOST_AUTH_METHOD: trust\n',
    },
    evidence: 'postgres_db asks nobody for a password',
    at: 'docker-compose.override.yml: POSTGRES_HOST_AUTH_METHOD: trust',
    quiet: {
      env: { TRACECAT__POSTGRES_PASSWORD: 'a-quite-long-password-of-theirs-31' },
      override:
        'services: { postgres_db: { environment: { POSTGRES_HOST_AUTH_METHOD: scram-sha-256 } } }\n',
    },
    after: 'left',
  },
  {
    id: 'temporal-postgres-password',
    fires: {
      override:
        'services:\n  temporal_postgres_db:\n    environment: [POSTGRES_HOST_AUTH_METHOD=trust]\n',
    },
    evidence: 'temporal_postgres_db asks nobody for a password',
    at: 'docker-compose.override.yml: environment: [POSTGRES_HOST_AUTH_METHOD=trust]',
    quiet: {
      env: { TEMPORAL__POSTGRES_PASSWORD: 'a-quite-long-password-of-theirs-32' },
    },
    after: 'left',
  },
  {
    id: 'sign-in',
    fires: {
      env: {
        TRACECAT__AUTH_TYPES: 'oidc',
        OIDC_ISSUER: 'https://id.example.com',
        OIDC_CLIENT_ID: 'a',
        OIDC_CLIENT_SECRET: 'your-client-secret',
      },
      answers: { sso: oidc },
    },
    evidence: 'OIDC_CLIENT_SECRET is a placeholder',
    at: '.env: OIDC_CLIENT_SECRET=your-client-secret',
    quiet: {
      env: {
        TRACECAT__AUTH_TYPES: 'oidc',
        OIDC_ISSUER: 'https://id.example.com',
        OIDC_CLIENT_ID: 'a',
        OIDC_CLIENT_SECRET: 'GOCSPX-vT8mK2wq',
      },
    },
    after: 'mended',
  },
  {
    id: 'sign-in',
    fires: {
      env: {
        TRACECAT__AUTH_TYPES: 'saml',
        SAML_IDP_METADATA_URL: 'http://id.example.com/metadata',
      },
      answers: { sso: { type: 'saml', metadataUrl: 'https://id.example.com/metadata' } },
    },
    evidence: 'whoever can change the metadata',
    at: '.env: SAML_IDP_METADATA_URL=http://id.example.com/metadata',
    quiet: {
      env: {
        TRACECAT__AUTH_TYPES: 'saml',
        SAML_IDP_METADATA_URL: 'https://id.example.com/metadata',
      },
    },
    after: 'mended',
  },
  {
    id: 'oidc-issuer',
    fires: {
      env: {
        TRACECAT__AUTH_TYPES: 'oidc',
        OIDC_ISSUER: 'https://id.example.com/.well-known/openid-configuration',
      },
      answers: { sso: oidc },
    },
    evidence: 'must end before /.well-known',
    at: '.env: OIDC_ISSUER=https://id.example.com/.well-known/openid-configuration',
    quiet: { env: { TRACECAT__AUTH_TYPES: 'oidc', OIDC_ISSUER: 'https://id.example.com' } },
    after: 'mended',
  },
  {
    id: 'oidc-issuer',
    fires: {
      env: {
        TRACECAT__AUTH_TYPES: 'oidc',
        OIDC_ISSUER: 'https://sts.windows.net/common/',
      },
      answers: { sso: oidc },
    },
    evidence: 'admits accounts from outside',
    at: '.env: OIDC_ISSUER=https://sts.windows.net/common/',
    quiet: { env: { TRACECAT__AUTH_TYPES: 'oidc', OIDC_ISSUER: 'https://sts.windows.net/0d1f/' } },
    after: 'mended',
  },
  {
    id: 'superadmin',
    fires: {
      env: { TRACECAT__AUTH_SUPERADMIN_EMAIL: 'a@example.com,b@example.com' },
      answers: {},
    },
    evidence: 'compared as a whole',
    at: '.env: TRACECAT__AUTH_SUPERADMIN_EMAIL=a@example.com,b@example.com',
    quiet: { env: { TRACECAT__AUTH_SUPERADMIN_EMAIL: 'a@example.com' } },
    after: 'mended',
  },
  {
    id: 'database-tls',
    fires: {
      env: {
        TRACECAT__DB_URI: `postgresql+psycopg://me:${strong}@postgres_db:5432/t?sslmode=require`,
      },
    },
    evidence: 'TRACECAT__DB_URI has sslmode',
    at: `.env: TRACECAT__DB_URI=postgresql+psycopg://me:${strong}@postgres_db:5432/t?sslmode=require`,
    quiet: {
      env: {
        TRACECAT__DB_URI: `postgresql+psycopg://me:${strong}@postgres_db:5432/t?connect_timeout=9`,
      },
    },
    after: 'left',
  },
  {
    id: 'database-tls',
    fires: {
      env: { TRACECAT__DB_URI: `postgresql+psycopg://me:${strong}@db.example.com/t` },
      compose: [
        [
          'TRACECAT__DB_URI: ${TRACECAT__DB_URI}',
          'TRACECAT__DB_URI: ${TRACECAT__DB_URI}\n  PGSSLMODE: disable',
        ],
      ],
      answers: {},
    },
    evidence: 'db.example.com is not demanded',
    at: 'docker-compose.yml: environment:',
    quiet: {
      env: { TRACECAT__DB_URI: `postgresql+psycopg://me:${strong}@db.example.com/t` },
      compose: [
        [
          'TRACECAT__DB_URI: ${TRACECAT__DB_URI}',
          'TRACECAT__DB_URI: ${TRACECAT__DB_URI}\n  PGSSLMODE: verify-full',
        ],
      ],
    },
    after: 'left',
  },
  {
    id: 'redis-auth',
    fires: { env: { REDIS_URL: `redis://bob:${strong}@redis:6379`, REDIS_PASSWORD: strong } },
    evidence: 'a user whom Redis does not know',
    at: `.env: REDIS_URL=redis://bob:${strong}@redis:6379`,
    quiet: {
      env: { REDIS_URL: `redis://bob:${strong}@redis:6379`, REDIS_PASSWORD: strong },
      compose: [
        [
          'command: redis-server --appendonly yes',
          `command: ["redis-server", "--appendonly", "yes", "--requirepass", "x", "--user", "bob on >${strong} ~* &* +@all"]`,
        ],
      ],
    },
    after: 'mended',
  },
  {
    id: 'published-ports',
    fires: {
      release: '1.0.0-beta.20',
      compose: [['  mcp:\n', '  mcp:\n    ports: ["${MCP_PORT:-8099}:8099"]\n']],
    },
    evidence: '8099',
    at: 'docker-compose.yml: ports: ["${MCP_PORT:-8099}:8099"]',
    quiet: {},
    after: 'mended',
  },
  {
    id: 'published-ports',
    fires: {
      compose: [
        [
          'tracecat:${TRACECAT__IMAGE_TAG:-1.0.0-beta.51}',
          'tracecat:${TRACECAT__IMAGE_TAG:-1.0.0-beta.24}',
        ],
        ['  mcp:\n', '  mcp:\n    ports: ["${MCP_PORT:-8099}:8099"]\n'],
      ],
    },
    evidence: '8099',
    at: 'docker-compose.yml: ports: ["${MCP_PORT:-8099}:8099"]',
    quiet: {},
    after: 'mended',
  },
  {
    id: 'published-ports',
    fires: { compose: [['  mcp:\n', '  mcp:\n    ports: ["8099:8099"]\n']] },
    evidence: '8099',
    at: 'docker-compose.yml: ports: ["8099:8099"]',
    quiet: { compose: [['  mcp:\n', '  mcp:\n    ports: ["127.0.0.1:8099:8099"]\n']] },
    after: 'left',
  },
  {
    id: 'published-ports',
    fires: { compose: [['  mcp:\n', '  mcp:\n    ports: ["[::]:8099:8099"]\n']] },
    evidence: '8099',
    at: 'docker-compose.yml: ports: ["[::]:8099:8099"]',
    quiet: { compose: [['  mcp:\n', '  mcp:\n    ports: ["[::1]:8099:8099"]\n']] },
    after: 'left',
  },
  {
    id: 'published-ports',
    fires: { compose: [['  postgres_db:\n', '  postgres_db:\n    ports: ["5432:5432"]\n']] },
    evidence: '5432',
    at: 'docker-compose.yml: ports: ["5432:5432"]',
    quiet: {
      compose: [['  postgres_db:\n', '  postgres_db:\n    ports: ["127.0.0.1:5432:5432"]\n']],
    },
    after: 'left',
  },
  {
    id: 'webhook-callers',
    fires: {},
    evidence: "Caddy's address",
    at: 'docker-compose.yml: environment:',
    quiet: {
      override: 'services: { api: { environment: { FORWARDED_ALLOW_IPS: 172.20.0.0/16 } } }\n',
    },
    after: 'mended',
  },
  {
    id: 'api-documentation',
    fires: {},
    evidence: 'are public',
    at: 'Caddyfile: reverse_proxy http://api:8000 {',
    quiet: {
      caddyfile:
        ':80 {\n\thandle /api/docs* {\n\t\trespond 404\n\t}\n\thandle /api/openapi.json {\n\t\trespond 404\n\t}\n\treverse_proxy api:8000\n}\n',
    },
    after: 'stays',
  },
  {
    id: 'log-rotation',
    fires: {},
    evidence: 'caddy, ui, api',
    at: 'docker-compose.yml: caddy:',
    quiet: { host: { logging: { known: true, value: { driver: 'journald', limited: false } } } },
    after: 'mended',
  },
  {
    id: 'resource-limits',
    fires: {},
    evidence: 'memory and processes',
    at: 'docker-compose.yml: executor:',
    quiet: {
      override: `services:\n${['executor', 'agent-executor'].map((name) => `  ${name}: { mem_limit: 4g, pids_limit: 4096 }\n`).join('')}`,
    },
    after: 'stays',
  },
  {
    id: 'mcp-restart',
    fires: {},
    evidence: 'on-failure:3',
    at: 'docker-compose.yml: restart: on-failure:3',
    quiet: { compose: [['restart: on-failure:3', 'restart: always']] },
    after: 'mended',
  },
  {
    id: 'mcp-restart',
    fires: {
      release: '1.0.0-beta.38',
      env: { OIDC_ISSUER: 'https://idp.example.com' },
      answers: { sso: oidc },
    },
    evidence: 'on-failure:3',
    at: 'docker-compose.yml: restart: on-failure:3',
    quiet: { release: '1.0.0-beta.38' },
    after: 'mended',
  },
  {
    id: 'temporal-ui-version',
    fires: {},
    evidence: 'published last',
    at: '.env: TEMPORAL__UI_VERSION=latest',
    quiet: { env: { TEMPORAL__UI_VERSION: '2.36.0' } },
    after: 'mended',
  },
  {
    id: 'temporal-ui-version',
    fires: { facts: { fresh: false } },
    evidence: 'published last',
    at: '.env: TEMPORAL__UI_VERSION=latest',
    quiet: { env: { TEMPORAL__UI_VERSION: '2.36.0' } },
    after: 'stays',
  },
  {
    id: 'image-pins',
    fires: {},
    evidence: 'postgres:16: floats',
    at: 'docker-compose.yml: image: postgres:16',
    quiet: {
      compose: [
        ['postgres:16', 'postgres:16.4'],
        ['redis:7-alpine', 'redis:7.4.1-alpine'],
        ['postgres:13', 'postgres:13.20'],
      ],
    },
    after: 'stays',
  },
  {
    id: 'image-pins',
    fires: { compose: [['postgres:16', 'postgres:latest']] },
    evidence: 'published last',
    at: 'docker-compose.yml: image: postgres:latest',
    quiet: {
      compose: [
        ['postgres:16', 'postgres:16.4'],
        ['redis:7-alpine', 'redis:7.4.1-alpine'],
        ['postgres:13', 'postgres:13.20'],
      ],
    },
    after: 'left',
  },
  {
    id: 'end-of-life-images',
    fires: {},
    evidence: '2025-11',
    at: 'docker-compose.yml: image: postgres:13',
    quiet: { compose: [['postgres:13', 'postgres:17']] },
    after: 'stays',
  },
  {
    id: 'minio-unfixed',
    fires: {},
    evidence: 'no published version fixes',
    at: 'docker-compose.yml: image: minio/minio:RELEASE.2025-09-07T16-13-09Z',
    quiet: { compose: [['minio/minio:RELEASE.2025-09-07T16-13-09Z', 'chrislusf/seaweedfs:3.80']] },
    after: 'stays',
  },
  {
    id: 'database-tls',
    fires: { env: { TRACECAT__DB_SSLMODE: 'require' } },
    evidence: 'has no effect',
    at: '.env: TRACECAT__DB_SSLMODE=require',
    quiet: {},
    after: 'stays',
  },
  {
    id: 'database-tls',
    fires: {
      env: {
        TRACECAT__DB_URI: `postgresql+psycopg://me:${strong}@db.example.com/t`,
        TRACECAT__DB_SSLMODE: 'require',
      },
    },
    evidence: 'db.example.com is not demanded',
    at: 'docker-compose.yml: environment:',
    quiet: {
      env: { TRACECAT__DB_URI: `postgresql+psycopg://me:${strong}@db.example.com/t` },
      compose: [
        [
          'TRACECAT__DB_URI: ${TRACECAT__DB_URI}',
          'TRACECAT__DB_URI: ${TRACECAT__DB_URI}\n  PGSSLMODE: verify-full',
        ],
      ],
    },
    after: 'stays',
  },
  {
    id: 'database-superuser',
    fires: {},
    evidence: 'superuser',
    at: '.env: TRACECAT__DB_URI=postgresql+psycopg://${TRACECAT__POSTGRES_USER}:${TRACECAT__POSTGRES_PASSWORD}@postgres_db:5432/postgres',
    quiet: {
      env: { TRACECAT__DB_URI: `postgresql+psycopg://app:${strong}@postgres_db:5432/postgres` },
    },
    after: 'stays',
  },
  {
    id: 'image-agreement',
    fires: {
      compose: [
        [
          '  mcp:\n    <<: *tracecat\n',
          '  mcp:\n    <<: *tracecat\n    image: ghcr.io/tracecathq/tracecat:1.0.0-beta.17\n',
        ],
      ],
    },
    evidence: 'mcp runs 1.0.0-beta.17',
    at: 'docker-compose.yml: image: ghcr.io/tracecathq/tracecat:1.0.0-beta.17',
    quiet: {},
    after: 'left',
  },
  {
    id: 'file-permissions',
    fires: { envMode: 0o644 },
    evidence: 'every user',
    at: '.env',
    quiet: { envMode: 0o600 },
    after: 'stays',
  },
  {
    id: 'file-permissions',
    fires: {
      override: 'services: { api: { mem_limit: 1g } }\n',
      files: { 'docker-compose.override.yml': { text: 'services: {}\n', mode: 0o666 } },
    },
    evidence: 'mode 0666: every user of the host may write it',
    at: 'docker-compose.override.yml',
    quiet: {
      files: { 'caddy/Caddyfile': { text: '', mode: 0o666 } },
      facts: { folderMode: 0o750 },
    },
    after: 'left',
  },
  {
    id: 'file-permissions',
    fires: { facts: { folderMode: 0o1777 } },
    evidence: 'may write into the folder',
    at: '.',
    quiet: { facts: { folderMode: 0o755 } },
    after: 'left',
  },
  {
    id: 'file-permissions',
    fires: { facts: { folderMode: 0o2770 } },
    evidence: 'its group, which has other members, may write into the folder',
    at: '.',
    quiet: { facts: { folderMode: 0o2750 } },
    after: 'left',
  },
  {
    id: 'file-permissions',
    fires: {
      facts: {
        openCopies: [
          { path: '.env.bak', mode: 0o644, holds: ['TRACECAT__DB_ENCRYPTION_KEY', 'A', 'B'] },
        ],
      },
    },
    evidence:
      'mode 0644: every user of the host may read it, with TRACECAT__DB_ENCRYPTION_KEY and 2 more',
    at: '.env.bak',
    quiet: {
      facts: {
        folderMode: 0o750,
        openCopies: [{ path: '.env.bak', mode: 0o644, holds: ['TRACECAT__DB_ENCRYPTION_KEY'] }],
      },
    },
    after: 'left',
  },
  {
    id: 'git-ignore',
    fires: { facts: { git: checkout } },
    evidence: 'not ignored',
    at: '.gitignore',
    quiet: {
      facts: { git: checkout },
      files: { '.gitignore': { text: '.env\n.tracecat-harden\n', mode: 0o644 } },
    },
    after: 'mended',
  },
  {
    id: 'git-ignore',
    fires: { facts: { git: { known: true, value: { checkout: true, trackedEnv: true } } } },
    evidence: 'git tracks',
    at: '.env',
    quiet: {},
    after: 'left',
  },
  {
    id: 'git-ignore',
    fires: {
      facts: {
        git: { known: true, value: { checkout: true, trackedEnv: false, envInHistory: true } },
      },
    },
    evidence: 'a commit of this repository',
    at: '.env',
    quiet: {},
    after: 'left',
  },
  {
    id: 'override-loaded',
    fires: { env: { COMPOSE_FILE: 'docker-compose.yml' }, answers: {} },
    evidence: 'not docker-compose.override.yml',
    at: '.env: COMPOSE_FILE=docker-compose.yml',
    quiet: {},
    after: 'mended',
  },
  {
    id: 'company-ca',
    fires: { answers: { caBundle: 'certs/company.crt' } },
    evidence: 'does not trust',
    at: 'docker-compose.yml: environment:',
    quiet: { answers: {} },
    after: 'mended',
  },
  {
    id: 'outbound-proxy',
    fires: { answers: { proxy: 'http://proxy.example.com:3128' } },
    evidence: 'does not use the proxy',
    at: 'docker-compose.yml: environment:',
    quiet: { answers: {} },
    after: 'mended',
  },
  {
    id: 'env-order',
    fires: { envEnd: 'EARLY=${LATE}\nLATE=1\n' },
    evidence: 'set only in line',
    at: '.env: EARLY=${LATE}',
    quiet: { envEnd: 'EARLY=1\nLATE=${EARLY}\n' },
    after: 'left',
  },
  {
    id: 'env-order',
    fires: { envEnd: 'LOG_LEVEL=DEBUG\n' },
    evidence: 'the last one counts',
    at: '.env: LOG_LEVEL=DEBUG',
    quiet: {},
    after: 'left',
  },
  {
    id: 'shell-overrides',
    fires: { facts: { shell: new Map([['LOG_LEVEL', 'DEBUG']]) } },
    evidence: 'beats .env',
    at: '.env: LOG_LEVEL=INFO',
    quiet: {
      facts: {
        shell: new Map([
          ['LOG_LEVEL', 'INFO'],
          ['OIDC_CLIENT_SECRET', 'given'],
        ]),
      },
    },
    after: 'left',
  },
  {
    id: 'shell-overrides',
    fires: { facts: { shell: new Map([['COMPOSE_ENV_FILES', '.env,prod.env']]) } },
    evidence: 'Compose reads .env,prod.env instead of .env',
    at: '.env',
    quiet: { facts: { shell: new Map([['COMPOSE_ENV_FILES', '/srv/tracecat/.env']]) } },
    after: 'left',
  },
  {
    id: 'shell-overrides',
    fires: { facts: { shell: new Map([['COMPOSE_DISABLE_ENV_FILE', '1']]) } },
    evidence: 'in this shell: Compose does not read .env at all',
    at: '.env',
    quiet: { facts: { shell: new Map([['COMPOSE_DISABLE_ENV_FILE', 'false']]) } },
    after: 'left',
  },
  {
    id: 'shell-overrides',
    fires: { env: { COMPOSE_DISABLE_ENV_FILE: 'true' } },
    evidence: 'in .env: Compose does not read .env at all',
    at: '.env: COMPOSE_DISABLE_ENV_FILE=true',
    quiet: {
      env: { COMPOSE_DISABLE_ENV_FILE: 'true', COMPOSE_ENV_FILES: 'other.env' },
      facts: { shell: new Map([['COMPOSE_DISABLE_ENV_FILE', '0']]) },
    },
    after: 'left',
  },
  {
    id: 'state-permissions',
    fires: { files: { '.tracecat-harden/last/env': { text: 'A=1\n', mode: 0o644 } } },
    evidence: 'others may open it',
    at: '.tracecat-harden/last/env',
    quiet: { files: { '.tracecat-harden/last/env': { text: 'A=1\n', mode: 0o600 } } },
    after: 'mended',
  },
  {
    id: 'sandbox-host',
    fires: { env: jail, host: { userNamespacesRestricted: { known: true, value: true } } },
    evidence: 'user namespaces',
    at: 'nowhere',
    quiet: {
      env: jail,
      host: { userNamespacesRestricted: { known: true, value: true } },
      facts: { privileges: { level: 'confined', how: 'probed', why: 'a jail started' } },
    },
    after: 'stays',
  },
  {
    id: 'sandbox-host',
    fires: { env: jail, host: { tunDevice: { known: true, value: 'absent' } } },
    evidence: '/dev/net/tun',
    at: 'nowhere',
    quiet: { host: { tunDevice: { known: true, value: 'absent' } } },
    after: 'stays',
  },
  {
    id: 'sandbox-host',
    fires: { env: jail, host: { kernel: { known: true, value: '4.4.0-210-generic' } } },
    evidence: 'needs 4.6',
    at: 'nowhere',
    quiet: { env: jail, host: { kernel: { known: true, value: '4.18.0' } } },
    after: 'stays',
  },
  {
    id: 'key-fingerprints',
    fires: {
      facts: { keys: { known: true, value: [{ part: 'db-encryption-key', state: 'changed' }] } },
    },
    evidence: 'not the one that was here',
    at: '.env: TRACECAT__DB_ENCRYPTION_KEY=your-tracecat-db-fernet-key',
    quiet: {
      facts: { keys: { known: true, value: [{ part: 'db-encryption-key', state: 'same' }] } },
    },
    after: 'left',
  },
  {
    id: 'interrupted-run',
    fires: {
      facts: {
        interrupted: {
          command: 'init',
          started: '2026-01-01T00:00:00Z',
          next: 'undo',
          files: ['.env'],
        },
      },
    },
    evidence: 'interrupted',
    at: '.tracecat-harden/journal.json',
    quiet: {},
    after: 'left',
  },
  {
    id: 'image-agreement',
    fires: {
      env: { TRACECAT__IMAGE_TAG: undefined },
      compose: [
        [
          '  mcp:\n    <<: *tracecat\n',
          '  mcp:\n    <<: *tracecat\n    image: ghcr.io/tracecathq/tracecat:${TRACECAT__IMAGE_TAG:-1.0.0-beta.17}\n',
        ],
      ],
    },
    evidence: 'mcp runs 1.0.0-beta.17',
    at: 'docker-compose.yml: image: ghcr.io/tracecathq/tracecat:${TRACECAT__IMAGE_TAG:-1.0.0-beta.17}',
    quiet: {},
    after: 'mended',
  },
  {
    id: 'weak-secrets',
    fires: { env: { REDIS_URL: 'redis://:hunter2hunter2@redis:6379' } },
    evidence: 'too short or too regular to be secret',
    at: '.env: REDIS_URL=redis://:hunter2hunter2@redis:6379',
    quiet: { env: { REDIS_URL: `redis://:${strong}@redis:6379` } },
    after: 'left',
  },
  {
    id: 'db-encryption-key',
    fires: { env: { TRACECAT__DB_ENCRYPTION_KEY: strong } },
    evidence: 'not in the format that Tracecat needs',
    at: `.env: TRACECAT__DB_ENCRYPTION_KEY=${strong}`,
    quiet: { env: { TRACECAT__DB_ENCRYPTION_KEY: fernet } },
    after: 'mended',
  },
  {
    id: 'key-fingerprints',
    fires: {
      env: { TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING: keyring },
      facts: { keys: { known: true, value: [{ part: 'payload-keyring:v0', state: 'gone' }] } },
    },
    evidence: "the key 'v0' of TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING is gone",
    at: `.env: TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING=${keyring}`,
    quiet: {
      facts: { keys: { known: true, value: [{ part: 'payload-keyring:v0', state: 'same' }] } },
    },
    after: 'left',
  },
  {
    id: 'redis-auth',
    fires: { env: { REDIS_PASSWORD: strong, REDIS_URL: `redis://:${strong}@redis:6379` } },
    evidence: 'accepts connections without a password',
    at: 'docker-compose.yml: command: redis-server --appendonly yes',
    quiet: {
      env: { REDIS_PASSWORD: strong, REDIS_URL: `redis://:${strong}@redis:6379` },
      compose: [
        ['redis-server --appendonly yes', `redis-server --appendonly yes --requirepass ${strong}`],
      ],
    },
    after: 'mended',
  },
  {
    id: 'executor-backend',
    fires: { env: { ...jail, TRACECAT__EXECUTOR_BACKEND: 'direct' } },
    evidence: 'runs registry actions outside of it',
    at: '.env: TRACECAT__EXECUTOR_BACKEND=direct',
    quiet: { env: jail },
    after: 'mended',
  },
  {
    id: 'executor-backend',
    fires: { env: { ...jail, TRACECAT__DISABLE_NSJAIL: 'no' } },
    evidence: 'read anything but true and false differently',
    at: '.env: TRACECAT__DISABLE_NSJAIL=no',
    quiet: { env: jail },
    after: 'mended',
  },
  {
    id: 'executor-privileges',
    fires: {
      env: jail,
      override: grants('executor').replace(', "systempaths=unconfined"', ''),
      answers: { executorPrivileges: 'confined' },
      facts: { privileges: confined },
    },
    evidence: 'in executor: it lacks systempaths=unconfined',
    at: 'docker-compose.override.yml: executor: { security_opt: ["seccomp:unconfined"], devices: [/dev/net/tun] }',
    quiet: { env: jail, override: grants('executor') },
    after: 'mended',
  },
  {
    id: 'executor-privileges',
    fires: {
      env: jail,
      override: grants('executor'),
      answers: { executorPrivileges: 'confined' },
      facts: { privileges: confined },
    },
    evidence: 'nsjail cannot start in agent-executor',
    at: 'docker-compose.yml: agent-executor:',
    quiet: { env: jail, override: grants('agent-executor') },
    after: 'mended',
  },
  {
    id: 'executor-privileges',
    fires: {
      env: jail,
      override: grants('executor').replace(', devices: [/dev/net/tun]', ''),
      answers: { executorPrivileges: 'confined' },
      facts: { privileges: confined },
    },
    evidence: 'it lacks /dev/net/tun',
    at: 'docker-compose.override.yml: executor: { security_opt: ["seccomp:unconfined", "systempaths=unconfined"] }',
    quiet: { env: jail, override: grants('executor') },
    after: 'mended',
  },
  {
    id: 'superadmin',
    fires: {
      env: {
        TRACECAT__AUTH_SUPERADMIN_EMAIL: 'me@example.org',
        TRACECAT__AUTH_ALLOWED_DOMAINS: 'example.com',
      },
    },
    evidence: 'not among the allowed ones',
    at: '.env: TRACECAT__AUTH_SUPERADMIN_EMAIL=me@example.org',
    quiet: {
      env: {
        TRACECAT__AUTH_SUPERADMIN_EMAIL: 'me@example.com',
        TRACECAT__AUTH_ALLOWED_DOMAINS: 'example.org,example.com',
      },
    },
    after: 'mended',
  },
  {
    id: 'public-urls',
    fires: {
      env: {
        PUBLIC_APP_URL: 'https://tracecat.example.com',
        PUBLIC_API_URL: 'https://other.example.com/api',
      },
    },
    evidence: 'PUBLIC_API_URL is https://other.example.com/api',
    at: '.env: PUBLIC_API_URL=https://other.example.com/api',
    quiet: { env: { PUBLIC_APP_URL: 'https://tracecat.example.com' } },
    after: 'mended',
  },
  {
    id: 'allow-origins',
    fires: { env: { TRACECAT__ALLOW_ORIGINS: "'*'" } },
    evidence: 'also allows *',
    at: ".env: TRACECAT__ALLOW_ORIGINS='*'",
    quiet: { env: { TRACECAT__ALLOW_ORIGINS: 'http://localhost:80' } },
    after: 'mended',
  },
  {
    id: 'env-agreement',
    fires: {
      override: 'services: { api: { environment: { TRACECAT__AUTH_ALLOWED_DOMAINS: "" } } }\n',
      env: { TRACECAT__AUTH_ALLOWED_DOMAINS: 'example.com' },
    },
    evidence: 'api gets a blank TRACECAT__AUTH_ALLOWED_DOMAINS',
    at: 'docker-compose.override.yml: services: { api: { environment: { TRACECAT__AUTH_ALLOWED_DOMAINS: "" } } }',
    quiet: {
      env: { TRACECAT__AUTH_ALLOWED_DOMAINS: 'example.com' },
      override:
        'services: { api: { environment: { TRACECAT__AUTH_ALLOWED_DOMAINS: "${TRACECAT__AUTH_ALLOWED_DOMAINS:-}", OWN: x } }, mine: { image: "a:1.2", environment: { REDIS_URL: "redis://other" } } }\n',
    },
    after: 'left',
  },
  {
    id: 'env-agreement',
    fires: { override: 'services:\n  api:\n    environment:\n      MINIO_ROOT_USER: other\n' },
    evidence: 'MINIO_ROOT_USER',
    at: 'docker-compose.override.yml: MINIO_ROOT_USER: other',
    quiet: { override: 'services: { api: { environment: { MINIO_ROOT_USER: "" } } }\n' },
    after: 'left',
  },
  {
    id: 'env-agreement',
    fires: {
      override: 'services:\n  worker:\n    environment: [TRACECAT__SERVICE_KEY=changeme]\n',
    },
    evidence: 'worker gets another TRACECAT__SERVICE_KEY',
    at: 'docker-compose.override.yml: environment: [TRACECAT__SERVICE_KEY=changeme]',
    quiet: { override: 'services: { worker: { environment: ["TRACECAT__SERVICE_KEY"] } }\n' },
    after: 'left',
  },
  {
    id: 'env-agreement',
    fires: {
      override: 'services:\n  postgres_db:\n    environment:\n      POSTGRES_PASSWORD: other\n',
    },
    evidence: 'not TRACECAT__POSTGRES_PASSWORD',
    at: 'docker-compose.override.yml: POSTGRES_PASSWORD: other',
    quiet: {
      override:
        'services: { mine: { image: "postgres:17.2", environment: { POSTGRES_PASSWORD: other } } }\n',
    },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: {
      override:
        'services:\n  mine:\n    image: a:1.2\n    volumes:\n      - /var/run/docker.sock:/s:ro\n',
    },
    evidence: 'has /var/run/docker.sock',
    at: 'docker-compose.override.yml: - /var/run/docker.sock:/s:ro',
    quiet: {
      override:
        'services: { mine: { image: "a:1.2", volumes: ["./docker:/var/run/docker", "run:/run"] } }\nvolumes: { run: }\n',
    },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: {
      override:
        'services:\n  mine:\n    image: a:1.2\n    volumes:\n      - { type: bind, source: /, target: /host }\n',
    },
    evidence: 'has / of the host',
    at: 'docker-compose.override.yml: - { type: bind, source: /, target: /host }',
    quiet: { override: 'services: { mine: { image: "a:1.2", volumes: ["/srv/data:/host"] } }\n' },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: 'services:\n  worker:\n    privileged: "true"\n' },
    evidence: 'worker is privileged',
    at: 'docker-compose.override.yml: privileged: "true"',
    quiet: {
      override: 'services: { worker: { privileged: "false" }, executor: { privileged: true } }\n',
    },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: 'services:\n  worker:\n    cap_add: [cap_sys_admin]\n' },
    evidence: 'worker is given SYS_ADMIN',
    at: 'docker-compose.override.yml: cap_add: [cap_sys_admin]',
    quiet: { override: 'services: { worker: { cap_add: [NET_BIND_SERVICE] } }\n' },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: 'services:\n  worker:\n    pid: host\n' },
    evidence: 'pid: host',
    at: 'docker-compose.override.yml: pid: host',
    quiet: { override: 'services: { worker: { pid: "service:api" } }\n' },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: mounting('./.env:/app/.env:ro') },
    evidence: 'has .env of the install',
    at: 'docker-compose.override.yml: - ./.env:/app/.env:ro',
    quiet: { override: mounting('./.env.example:/e:ro') },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: mounting('.:/work') },
    evidence: 'has /srv/tracecat, with .env',
    at: 'docker-compose.override.yml: - .:/work',
    quiet: { override: mounting('./certs:/certs') },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: mounting('./.tracecat-harden:/s:ro') },
    evidence: 'has .tracecat-harden of the install',
    at: 'docker-compose.override.yml: - ./.tracecat-harden:/s:ro',
    quiet: { override: mounting('./caddy/Caddyfile:/etc/caddy/Caddyfile:ro') },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: named('rbind,ro', '/') },
    evidence: 'mine has / of the host',
    at: 'docker-compose.override.yml: - disk:/disk:ro',
    quiet: { override: named('bind', '/srv/data') },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: {
      override: named('bind', '/srv/pg').replace(
        'services:\n',
        'services:\n  postgres_db:\n    volumes: [/srv/pg:/var/lib/postgresql/data]\n',
      ),
    },
    evidence: 'mine has the data of postgres_db (/srv/pg)',
    at: 'docker-compose.override.yml: - disk:/disk:ro',
    quiet: { override: named('bind', '/srv/pg') },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: named('bind', '/etc/shadow') },
    evidence: 'mine has /etc/shadow of the host',
    at: 'docker-compose.override.yml: - disk:/disk:ro',
    quiet: { override: named('addr=10.0.0.1,rw', '/etc/shadow') },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: mounting('./docker-compose.yml:/c.yml') },
    evidence: 'may write docker-compose.yml',
    at: 'docker-compose.override.yml: - ./docker-compose.yml:/c.yml',
    quiet: { override: mounting('./docker-compose.yml:/c.yml:ro') },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: mounting('/var/lib/docker/volumes:/v') },
    evidence: 'has /var/lib/docker/volumes',
    at: 'docker-compose.override.yml: - /var/lib/docker/volumes:/v',
    quiet: { override: mounting('/var/lib/mine:/v') },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: mounting('/root/.ssh:/s') },
    evidence: 'has /root/.ssh',
    at: 'docker-compose.override.yml: - /root/.ssh:/s',
    quiet: { override: mounting('/root/mine:/s') },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: mounting('/etc/shadow:/s:ro') },
    evidence: 'has /etc/shadow',
    at: 'docker-compose.override.yml: - /etc/shadow:/s:ro',
    quiet: { override: mounting('/etc/localtime:/etc/localtime') },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: mounting('/etc/cron.d:/c') },
    evidence: 'may write /etc/cron.d',
    at: 'docker-compose.override.yml: - /etc/cron.d:/c',
    quiet: { override: mounting('/etc/passwd:/etc/passwd:ro') },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: mounting('/proc/1:/p:ro') },
    evidence: 'has /proc/1',
    at: 'docker-compose.override.yml: - /proc/1:/p:ro',
    quiet: { override: mounting('/proc/meminfo:/m:ro') },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: mounting('/sys/fs/cgroup:/c') },
    evidence: 'may write /sys/fs/cgroup',
    at: 'docker-compose.override.yml: - /sys/fs/cgroup:/c',
    quiet: { override: mounting('/sys/fs/cgroup:/c:ro') },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: mounting('core-db:/backup:ro') },
    evidence: 'has the data of postgres_db',
    at: 'docker-compose.override.yml: - core-db:/backup:ro',
    quiet: { override: mounting('cache:/data') },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: 'services:\n  mine:\n    image: a:1.2\n    volumes_from: [redis:ro]\n' },
    evidence: 'has the data of redis',
    at: 'docker-compose.override.yml: volumes_from: [redis:ro]',
    quiet: { override: 'services:\n  mine:\n    image: a:1.2\n    volumes_from: [caddy:ro]\n' },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: {
      override:
        'services:\n  redis:\n    container_name: cache\n  mine:\n    image: a:1.2\n    volumes_from: ["container:cache:ro"]\n',
    },
    evidence: 'has the data of redis',
    at: 'docker-compose.override.yml: volumes_from: ["container:cache:ro"]',
    quiet: {
      override:
        'services:\n  redis:\n    container_name: cache\n  mine:\n    image: a:1.2\n    volumes_from: ["container:redis"]\n',
    },
    after: 'left',
  },
  {
    id: 'host-access',
    fires: { override: 'services:\n  mine:\n    image: a:1.2\n    devices: [/dev/sda]\n' },
    evidence: 'has /dev/sda',
    at: 'docker-compose.override.yml: devices: [/dev/sda]',
    quiet: {
      override: 'services:\n  mine:\n    image: a:1.2\n    devices: [/dev/net/tun, /dev/dri]\n',
    },
    after: 'left',
  },
  {
    id: 'published-ports',
    fires: { override: 'services:\n  mine:\n    image: a:1.2\n    network_mode: host\n' },
    evidence: "host's own network",
    at: 'docker-compose.override.yml: network_mode: host',
    quiet: { override: 'services: { mine: { image: "a:1.2", network_mode: none } }\n' },
    after: 'left',
  },
  {
    id: 'webhook-callers',
    fires: {
      override: 'services:\n  api:\n    environment:\n      FORWARDED_ALLOW_IPS: 127.0.0.1\n',
    },
    evidence: "Caddy's address",
    at: 'docker-compose.override.yml: FORWARDED_ALLOW_IPS: 127.0.0.1',
    quiet: {
      override:
        'services: { api: { environment: { FORWARDED_ALLOW_IPS: "127.0.0.1,172.20.0.2" } } }\n',
    },
    after: 'left',
  },
  {
    id: 'log-rotation',
    fires: {
      override:
        'services: { api: { logging: { driver: json-file, options: { max-size: "-1" } } } }\n',
    },
    evidence: 'api',
    at: 'docker-compose.yml: caddy:',
    quiet: { host: { logging: { known: true, value: { driver: 'journald', limited: false } } } },
    after: 'left',
  },
  {
    id: 'resource-limits',
    fires: { override: 'services:\n  executor:\n    pids_limit: -1\n    mem_limit: 4g\n' },
    evidence: 'executor has no limit for processes',
    at: 'docker-compose.override.yml: executor:',
    quiet: { override: 'services: { executor: { pids_limit: 500, mem_limit: 4g } }\n' },
    after: 'stays',
  },
  {
    id: 'redis-memory',
    fires: {
      compose: [['redis-server --appendonly yes', 'redis-server --appendonly yes --maxmemory 0']],
    },
    evidence: 'all memory',
    at: 'docker-compose.yml: command: redis-server --appendonly yes --maxmemory 0',
    quiet: {
      compose: [
        ['redis-server --appendonly yes', 'redis-server --appendonly yes --maxmemory 512mb'],
      ],
    },
    after: 'stays',
  },
  {
    id: 'redis-auth',
    fires: {
      compose: [
        ['redis-server --appendonly yes', `redis-server --requirepass ${strong} --requirepass ""`],
      ],
    },
    evidence: 'without a password',
    at: `docker-compose.yml: command: redis-server --requirepass ${strong} --requirepass ""`,
    quiet: {
      compose: [
        ['redis-server --appendonly yes', `redis-server --requirepass "" --REQUIREPASS ${strong}`],
      ],
    },
    after: 'mended',
  },
  {
    id: 'redis-auth',
    fires: {
      compose: [
        [
          'redis-server --appendonly yes',
          `redis-server --requirepass ${strong} --user default on nopass "~*" +@all`,
        ],
      ],
    },
    evidence: 'without a password',
    at: `docker-compose.yml: command: redis-server --requirepass ${strong} --user default on nopass "~*" +@all`,
    quiet: { compose: [['redis-server --appendonly yes', 'redis-server /etc/redis.conf']] },
    after: 'left',
  },
  {
    id: 'redis-persistence',
    fires: {
      compose: [['redis-server --appendonly yes', 'redis-server --appendonly yes --appendonly no']],
    },
    evidence: '--appendonly',
    at: 'docker-compose.yml: command: redis-server --appendonly yes --appendonly no',
    quiet: { compose: [['redis-server --appendonly yes', 'sh -c "redis-server /my.conf"']] },
    after: 'mended',
  },
  {
    id: 'postgres-password',
    fires: {
      env: { TRACECAT__DB_URI: 'postgresql+psycopg://postgres:a@b@postgres_db:5432/postgres' },
    },
    evidence: 'a bare @',
    at: '.env: TRACECAT__DB_URI=postgresql+psycopg://postgres:a@b@postgres_db:5432/postgres',
    quiet: {
      env: {
        TRACECAT__POSTGRES_PASSWORD: 'a@b',
        TRACECAT__DB_URI: 'postgresql+psycopg://postgres:a%40b@postgres_db:5432/postgres',
      },
    },
    after: 'mended',
  },
  {
    id: 'log-level',
    fires: { env: { TRACECAT__UNSAFE_DISABLE_SM_MASKING: 'Yes' } },
    evidence: 'actions show stored credentials',
    at: '.env: TRACECAT__UNSAFE_DISABLE_SM_MASKING=Yes',
    quiet: { env: { TRACECAT__UNSAFE_DISABLE_SM_MASKING: 'no' } },
    after: 'mended',
  },
]
