import { compareTags } from '../../src/release/version.ts'

/** A risk of the stock install: in which releases, and what stands at the line that is named. */
export interface StockRisk {
  /** The section of docs/tracecat.md that says so. */
  readonly section: string
  readonly control: string
  readonly in: (release: string) => boolean
  readonly file: '.env' | 'docker-compose.yml' | 'Caddyfile' | undefined
  /** Matches the line; undefined where the whole file is meant. */
  readonly line: RegExp | undefined
}

const all = () => true
const from = (first: string) => (release: string) => compareTags(release, first) >= 0
const until = (last: string) => (release: string) => compareTags(release, last) <= 0
const between = (first: string, last: string) => (release: string) =>
  from(first)(release) && until(last)(release)

function risk(
  section: string,
  control: string,
  file: StockRisk['file'],
  line?: RegExp,
  releases: StockRisk['in'] = all,
): StockRisk {
  return { section, control, in: releases, file, line }
}

const env = '.env'
const compose = 'docker-compose.yml'
const caddy = 'Caddyfile'

/** Every risk of docs/tracecat.md that lives in the files of a stock install. */
export const stockRisks: readonly StockRisk[] = [
  risk(
    'tags-and-releases',
    'image-agreement',
    compose,
    /:-1\.0\.0-beta\.17\}/,
    between('1.0.0-beta.20', '1.0.0-beta.23'),
  ),
  risk(
    'ports-and-networks',
    'published-ports',
    compose,
    /8099/,
    between('1.0.0-beta.20', '1.0.0-beta.27'),
  ),
  risk('volumes-and-mounts', 'certificate-storage', compose, /volumes:/),
  risk(
    'what-a-sandbox-needs-of-the-host',
    'executor-privileges',
    compose,
    /cap_add:/,
    between('0.53.0', '0.53.25'),
  ),
  risk('services-and-images', 'mcp-restart', compose, /on-failure:3/, from('1.0.0-beta.39')),
  risk('volumes-and-mounts', 'local-registry-mount', compose, /:\/app\/local_registry$/),
  risk('services-and-images', 'no-new-privileges', compose, /^ {2}api:/),
  risk('the-vendors-scripts', 'caddyfile-mounted', compose, /Caddyfile/),
  risk('executor-backend', 'executor-backend', undefined, undefined, until('0.52.2')),
  risk(
    'executor-backend',
    'executor-backend',
    compose,
    /_BACKEND:-(auto|direct)\}/,
    between('1.0.0-beta.0', '1.0.0-beta.4'),
  ),
  risk(
    'executor-backend',
    'executor-backend',
    env,
    /^TRACECAT__EXECUTOR_BACKEND=direct/,
    from('1.0.0-beta.5'),
  ),
  risk(
    'executor-backend',
    'env-order',
    env,
    /^TRACECAT__DISABLE_NSJAIL=/,
    between('1.0.0-beta.5', '1.0.0-beta.15'),
  ),
  risk(
    'the-sandbox',
    'sandbox-egress',
    undefined,
    undefined,
    between('0.53.0', '1.0.0-beta.52-rc.2'),
  ),
  risk('redis-in-tracecat', 'redis-auth', compose, /redis-server --appendonly yes/),
  risk('redis-in-tracecat', 'redis-auth', env, /^REDIS_URL=/),
  risk('what-is-logged', 'redis-url-logged', env, /^LOG_LEVEL=INFO/, until('0.53.25')),
  risk('platform-secrets', 'db-encryption-key', env, /^TRACECAT__DB_ENCRYPTION_KEY=/),
  risk('platform-secrets', 'service-key', env, /^TRACECAT__SERVICE_KEY=/),
  risk('platform-secrets', 'signing-secret', env, /^TRACECAT__SIGNING_SECRET=/),
  risk('platform-secrets', 'user-auth-secret', env, /^USER_AUTH_SECRET=/),
  risk('sign-in-types', 'sign-in', env, /^TRACECAT__AUTH_TYPES=basic/),
  risk('sign-up-and-the-superadmin', 'superadmin', env, /^TRACECAT__AUTH_SUPERADMIN_EMAIL=$/),
  risk(
    'sign-up-and-the-superadmin',
    'allowed-domains',
    undefined,
    undefined,
    until('1.0.0-beta.4'),
  ),
  risk('variables', 'session-lifetime', compose, /environment:/),
  risk('the-vendors-scripts', 'file-permissions', env),
  risk('cookies-origins-and-headers', 'allow-origins', env, /^TRACECAT__ALLOW_ORIGINS=/),
  risk('the-vendors-scripts', 'public-urls', env, /^PUBLIC_APP_URL=/),
  risk('object-storage-in-tracecat', 'minio-route', caddy, /minio:9000/),
  risk('object-storage-in-tracecat', 'minio-unfixed', compose, /minio\/minio:/),
  risk('sign-up-and-the-superadmin', 'allowed-domains', env, /^TRACECAT__AUTH_ALLOWED_DOMAINS=$/),
  risk('sign-up-and-the-superadmin', 'open-sign-up', caddy, /api:8000/),
  risk('sign-up-and-the-superadmin', 'sign-in-limit', env, /^TRACECAT__AUTH_TYPES=/),
  risk('cookies-origins-and-headers', 'internal-headers', caddy, /api:8000/),
  risk(
    'cookies-origins-and-headers',
    'session-cookie',
    caddy,
    /api:8000/,
    until('1.0.0-beta.51-rc.15'),
  ),
  risk('ports-and-networks', 'temporal-exposed', compose, /networks:/),
  risk(
    'platform-secrets',
    'payload-encryption',
    compose,
    /PAYLOAD_ENCRYPTION_ENABLED/,
    from('1.0.0-beta.42'),
  ),
  risk('ports-and-networks', 'metadata-address', compose, /networks:/),
  risk('cookies-origins-and-headers', 'webhook-callers', compose, /environment:/),
  risk('database-in-tracecat', 'database-superuser', env, /^TRACECAT__DB_URI=/),
  risk('default-passwords', 'postgres-password', env, /^TRACECAT__POSTGRES_PASSWORD=/),
  risk('default-passwords', 'temporal-postgres-password', env, /^TEMPORAL__POSTGRES_PASSWORD=/),
  risk('default-passwords', 'minio-credentials', env, /^MINIO_ROOT_USER=/),
  risk('default-passwords', 'minio-credentials', env, /^MINIO_ROOT_PASSWORD=/),
  risk('services-and-images', 'temporal-ui-version', env, /^TEMPORAL__UI_VERSION=latest/),
  risk('services-and-images', 'end-of-life-images', compose, /postgres:13/),
  risk('services-and-images', 'image-pins', compose, /postgres:16/),
  risk('services-and-images', 'image-pins', compose, /postgres:13/),
  risk('services-and-images', 'image-pins', compose, /redis:7-alpine/),
  risk('services-and-images', 'log-rotation', compose, /^ {2}caddy:/),
  risk('services-and-images', 'resource-limits', compose, /^ {2}executor:/),
  risk('redis-in-tracecat', 'redis-memory', compose, /redis-server/),
  risk('cookies-origins-and-headers', 'api-documentation', caddy, /api:8000/),
  risk('default-passwords', 'tls', caddy, /BASE_DOMAIN/),
]

/** Risks that need a setting which no stock install has: a variation of it, and what is found then. */
export interface VariedRisk {
  readonly section: string
  readonly control: string
  /** Replacements in `.env`; each must hit, or is added at the end. */
  readonly env: Readonly<Record<string, string>>
  readonly evidence: (release: string) => string | undefined
}

const beforeBeta31 = until('1.0.0-beta.30')

export const variedRisks: readonly VariedRisk[] = [
  {
    section: 'executor-backend',
    control: 'executor-backend',
    env: { TRACECAT__EXECUTOR_BACKEND: 'pool', TRACECAT__DISABLE_NSJAIL: 'false' },
    evidence: (release) =>
      from('1.0.0-beta.51-rc.12')(release) ? 'stops the executor' : undefined,
  },
  {
    section: 'what-a-sandbox-needs-of-the-host',
    control: 'executor-privileges',
    env: { TRACECAT__EXECUTOR_BACKEND: 'ephemeral', TRACECAT__DISABLE_NSJAIL: 'false' },
    evidence: (release) =>
      until('0.52.2')(release)
        ? undefined
        : until('0.53.25')(release)
          ? 'SYS_ADMIN'
          : 'nsjail cannot start',
  },
  {
    section: 'database-in-tracecat',
    control: 'database-tls',
    env: { TRACECAT__DB_SSLMODE: 'require' },
    evidence: () => 'has no effect',
  },
  {
    section: 'what-is-logged',
    control: 'log-level',
    env: { LOG_LEVEL: 'TRACE' },
    evidence: () => 'the database URI is in the log',
  },
  {
    section: 'sign-in-types',
    control: 'sign-in',
    env: { TRACECAT__AUTH_TYPES: 'basic,ldap' },
    evidence: (release) => (beforeBeta31(release) ? 'the api does not start' : 'it is ignored'),
  },
  {
    section: 'saml',
    control: 'saml-variables',
    env: {
      TRACECAT__AUTH_TYPES: 'saml',
      SAML_ACCEPTED_TIME_DIFF: '30',
      SAML_CA_CERTS: 'LS0t',
    },
    evidence: (release) =>
      until('1.0.0-beta.48')(release) ? 'SAML_SIGNED_RESPONSES is blank' : 'does not reach the api',
  },
  {
    section: 'cookies-origins-and-headers',
    control: 'allow-origins',
    env: { TRACECAT__ALLOW_ORIGINS: '' },
    evidence: (release) =>
      from('1.0.0-beta.40')(release) ? 'every origin is allowed' : 'no origin is allowed',
  },
  {
    section: 'what-is-logged',
    control: 'ui-logs-service-key',
    env: { TRACECAT__AUTH_TYPES: 'saml' },
    evidence: () => 'the log of ui',
  },
]
