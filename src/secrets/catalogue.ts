/** Ids of the secrets, as `rotate` takes them. */
export const secretIds = [
  'postgres',
  'temporal-postgres',
  'minio',
  'redis',
  'service-key',
  'user-auth-secret',
  'signing-secret',
  'payload-keyring',
  'db-encryption-key',
  'oidc-client-secret',
] as const

export type SecretId = (typeof secretIds)[number]

/**
 * `password`: any URL-safe text. `fernet`: 32 bytes in URL-safe base64. `keyring`: Tracecat's JSON of
 * payload keys. `foreign`: somebody else makes it (the identity provider).
 */
export type SecretFormat = 'password' | 'fernet' | 'keyring' | 'foreign'

/** May it change? `outside`: only with breakage outside of the stack; `add-only`: keys are added, never dropped. */
export type Change = 'yes' | 'outside' | 'add-only' | 'never'

export interface SecretKind {
  readonly id: SecretId
  /** For people. */
  readonly title: string
  /** The variable that holds the value; the first one is ours to write. */
  readonly variables: readonly string[]
  /** The variable of the user name that belongs to it. */
  readonly userVariable: string | undefined
  readonly format: SecretFormat
  /** Fewer characters than this are weak. */
  readonly minimumLength: number
  /** Services of the newest release that hold it; a release has those of them that exist there. */
  readonly holders: readonly string[]
  readonly change: Change
  /** What rotating it does, in one line. */
  readonly does: string
  /** What a change breaks, or costs, in one line. */
  readonly breaks: string
}

const application = ['api', 'worker', 'executor', 'agent-worker', 'agent-executor']

/**
 * Every secret of an install: who holds it and what happens when it changes. Read from Tracecat's
 * Compose file and code at 1.0.0-beta.51; older releases have fewer services.
 */
export const catalogue: { readonly [Id in SecretId]: SecretKind } = {
  postgres: {
    id: 'postgres',
    title: "PostgreSQL's password",
    variables: ['TRACECAT__POSTGRES_PASSWORD'],
    userVariable: 'TRACECAT__POSTGRES_USER',
    format: 'password',
    minimumLength: 16,
    holders: ['postgres_db', 'migrations', ...application, 'litellm', 'mcp'],
    change: 'yes',
    does: 'The server and every service that signs in get a new password; the data stays.',
    breaks: 'Nothing, where role and .env change together; .env alone locks every service out.',
  },
  'temporal-postgres': {
    id: 'temporal-postgres',
    title: "Temporal PostgreSQL's password",
    variables: ['TEMPORAL__POSTGRES_PASSWORD'],
    userVariable: 'TEMPORAL__POSTGRES_USER',
    format: 'password',
    minimumLength: 16,
    holders: ['temporal_postgres_db', 'temporal'],
    change: 'yes',
    does: 'The server and Temporal get a new password; the data stays.',
    breaks:
      'Nothing, where role and .env change together; workflows pause while Temporal restarts.',
  },
  minio: {
    id: 'minio',
    title: "MinIO's root password",
    variables: ['MINIO_ROOT_PASSWORD'],
    userVariable: 'MINIO_ROOT_USER',
    format: 'password',
    minimumLength: 16,
    holders: ['minio', ...application],
    change: 'yes',
    does: 'MinIO and its clients are recreated together with a new password.',
    breaks: 'Download links that were handed out stop working; they live for seconds.',
  },
  redis: {
    id: 'redis',
    title: "Redis' password",
    variables: ['REDIS_PASSWORD'],
    userVariable: undefined,
    format: 'password',
    minimumLength: 16,
    holders: ['redis', ...application, 'mcp'],
    change: 'yes',
    does: 'Its clients move to a new password while both count; Redis restarts last.',
    breaks: 'Nothing: Redis accepts both passwords while the services move.',
  },
  'service-key': {
    id: 'service-key',
    title: 'Service key',
    variables: ['TRACECAT__SERVICE_KEY'],
    userVariable: undefined,
    format: 'password',
    // HS256 signs with it: RFC 7518, 3.2 asks for 256 bits.
    minimumLength: 32,
    holders: [...application, 'litellm', 'mcp', 'ui'],
    change: 'yes',
    does: 'All services that call each other with it are recreated together.',
    breaks: 'Running actions and remote tracecat-admin fail until every service has the new key.',
  },
  'user-auth-secret': {
    id: 'user-auth-secret',
    title: 'User authentication secret',
    variables: ['USER_AUTH_SECRET'],
    userVariable: undefined,
    format: 'password',
    minimumLength: 16,
    holders: ['api', 'mcp'],
    change: 'yes',
    does: 'api and mcp are recreated together.',
    breaks: 'Open password resets and sign-ins in progress fail; MCP clients sign in again.',
  },
  'signing-secret': {
    id: 'signing-secret',
    title: 'Signing secret',
    variables: ['TRACECAT__SIGNING_SECRET'],
    userVariable: undefined,
    format: 'password',
    minimumLength: 16,
    holders: [...application, 'mcp'],
    change: 'outside',
    does: 'Services that sign with it are recreated together.',
    breaks: 'Every webhook and agent channel URL changes: whoever calls them must be told.',
  },
  'payload-keyring': {
    id: 'payload-keyring',
    title: 'Payload keyring',
    variables: ['TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING'],
    userVariable: undefined,
    format: 'keyring',
    minimumLength: 16,
    holders: [...application, 'mcp'],
    change: 'add-only',
    does: 'A new key is added everywhere, then it encrypts; old keys stay.',
    breaks: 'A key that is dropped or changed makes running workflows and histories unreadable.',
  },
  'db-encryption-key': {
    id: 'db-encryption-key',
    title: 'Database encryption key',
    variables: ['TRACECAT__DB_ENCRYPTION_KEY'],
    userVariable: undefined,
    format: 'fernet',
    minimumLength: 44,
    holders: [...application, 'litellm', 'mcp'],
    change: 'never',
    does: 'Nothing: it is never rotated.',
    breaks: 'Every stored credential, setting and token becomes unreadable for good.',
  },
  'oidc-client-secret': {
    id: 'oidc-client-secret',
    title: "The OIDC client's secret",
    variables: ['OIDC_CLIENT_SECRET', 'OAUTH_CLIENT_SECRET'],
    userVariable: undefined,
    format: 'foreign',
    minimumLength: 1,
    holders: ['api'],
    change: 'yes',
    does: 'Nothing: the identity provider makes it, and init takes it over.',
    breaks: 'Sign-in fails until provider and .env agree; the provider makes the new one.',
  },
}
