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

/**
 * How `init` makes it. `for its data`: on a new install; where a volume may hold it, it is left to `rotate`.
 * `for its start`: where there is none. `in files`: where the one there is no good. `once`: never a second
 * time. `if wanted`: where the answers say so. `given`: not at all.
 */
export type Making = 'for its data' | 'for its start' | 'in files' | 'once' | 'if wanted' | 'given'

/** How `rotate` makes a new one. `with its server`: in the server and in files. `key by key`: beside the old ones. */
export type Renewing = 'with its server' | 'in files' | 'key by key' | 'never' | 'given'

/** `POSTGRES_PASSWORD` of the database's service is the `TRACECAT__POSTGRES_PASSWORD` of `.env`. */
export interface SecretCopy {
  readonly service: string
  readonly name: string
  readonly of: 'user' | 'value'
}

export interface SecretKind {
  readonly id: SecretId
  /** For people. */
  readonly title: string
  /** The variable that holds the value; the first one is ours to write. */
  readonly variables: readonly [string, ...string[]]
  /** The user name that belongs to it. One that is a secret as well changes with it. */
  readonly user: { readonly variable: string; readonly isSecret: boolean } | undefined
  /** The variable of a URI that repeats it, and its user. `isFirst`: an admin may have set it there alone. */
  readonly uri: { readonly variable: string; readonly isFirst: boolean } | undefined
  /** Where else it stands: in the environment of a service, under another name. */
  readonly copies: readonly SecretCopy[]
  /**
   * Where its server has it from. `data`: from its volume, which the files only repeat. `start`: from the
   * files, whenever its container starts. undefined: no server knows it.
   */
  readonly keptBy: 'data' | 'start' | undefined
  readonly made: Making
  readonly renewed: Renewing
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

/** What the official image makes its one role of, on an empty volume. */
function postgresImage(service: string): readonly SecretCopy[] {
  return [
    { service, name: 'POSTGRES_USER', of: 'user' },
    { service, name: 'POSTGRES_PASSWORD', of: 'value' },
  ]
}

const inFilesAlone = { user: undefined, uri: undefined, copies: [], keptBy: undefined } as const

/**
 * Every secret of an install: who holds it and what happens when it changes. Read from Tracecat's
 * Compose file and code at 1.0.0-beta.51; older releases have fewer services.
 */
export const catalogue: { readonly [Id in SecretId]: SecretKind } = {
  postgres: {
    id: 'postgres',
    title: "PostgreSQL's password",
    variables: ['TRACECAT__POSTGRES_PASSWORD'],
    user: { variable: 'TRACECAT__POSTGRES_USER', isSecret: false },
    uri: { variable: 'TRACECAT__DB_URI', isFirst: false },
    copies: postgresImage('postgres_db'),
    keptBy: 'data',
    made: 'for its data',
    renewed: 'with its server',
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
    user: { variable: 'TEMPORAL__POSTGRES_USER', isSecret: false },
    uri: undefined,
    copies: [
      ...postgresImage('temporal_postgres_db'),
      { service: 'temporal', name: 'POSTGRES_USER', of: 'user' },
      { service: 'temporal', name: 'POSTGRES_PWD', of: 'value' },
    ],
    keptBy: 'data',
    made: 'for its data',
    renewed: 'with its server',
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
    user: { variable: 'MINIO_ROOT_USER', isSecret: true },
    uri: undefined,
    copies: [],
    keptBy: 'start',
    made: 'for its data',
    renewed: 'with its server',
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
    user: undefined,
    uri: { variable: 'REDIS_URL', isFirst: true },
    copies: [{ service: 'redis', name: 'REDISCLI_AUTH', of: 'value' }],
    keptBy: 'start',
    made: 'for its start',
    renewed: 'with its server',
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
    ...inFilesAlone,
    made: 'in files',
    renewed: 'in files',
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
    ...inFilesAlone,
    made: 'in files',
    renewed: 'in files',
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
    ...inFilesAlone,
    made: 'in files',
    renewed: 'in files',
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
    ...inFilesAlone,
    made: 'if wanted',
    renewed: 'key by key',
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
    ...inFilesAlone,
    made: 'once',
    renewed: 'never',
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
    ...inFilesAlone,
    made: 'given',
    renewed: 'given',
    format: 'foreign',
    minimumLength: 1,
    holders: ['api'],
    change: 'yes',
    does: 'Nothing: the identity provider makes it, and init takes it over.',
    breaks: 'Sign-in fails until provider and .env agree; the provider makes the new one.',
  },
}

/** What is known of one copy: the service that has it, its name there, and the variable that it comes from. */
export interface RenamedVariable {
  readonly service: string
  readonly name: string
  readonly variable: string
}

/** Names in the environment of services for what `.env` calls otherwise. */
export const renamedVariables: readonly RenamedVariable[] = secretIds.flatMap((id) => {
  const { copies, variables, user } = catalogue[id]
  return copies.flatMap(({ service, name, of }) => {
    const variable = of === 'value' ? variables[0] : user?.variable
    return variable === undefined ? [] : [{ service, name, variable }]
  })
})

/** The variables of `.env` for a secret's user, which comes first, and its value. */
export function variablesOf(id: SecretId): readonly string[] {
  const { variables, user } = catalogue[id]
  return [...(user === undefined ? [] : [user.variable]), ...variables]
}

/** User names that are as secret as the passwords that belong to them. */
export const secretUsers: ReadonlySet<string> = new Set(
  secretIds.flatMap((id) => {
    const { user } = catalogue[id]
    return user?.isSecret === true ? [user.variable] : []
  }),
)

/** User names that are none: everybody may know them. */
export const openUsers: ReadonlySet<string> = new Set(
  secretIds.flatMap((id) => {
    const { user } = catalogue[id]
    return user?.isSecret === false ? [user.variable] : []
  }),
)

/** Secrets that a server keeps in its data: it has them whatever the files say. */
export const keptInData: readonly SecretId[] = secretIds.filter(
  (id) => catalogue[id].keptBy === 'data',
)
