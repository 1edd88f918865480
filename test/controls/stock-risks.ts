import { compareTags } from '../../src/release/version.ts'

/** A risk of the stock install: in which releases, and what stands at the line that is named. */
export interface StockRisk {
  /** Where TRACECAT.md says so. */
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

/** Every risk of TRACECAT.md, sections 1 to 8, that lives in the files of a stock install. */
export const stockRisks: readonly StockRisk[] = [
  risk(
    '1',
    'image-agreement',
    compose,
    /:-1\.0\.0-beta\.17\}/,
    between('1.0.0-beta.20', '1.0.0-beta.23'),
  ),
  risk('1', 'published-ports', compose, /8099/, between('1.0.0-beta.20', '1.0.0-beta.27')),
  risk('1', 'certificate-storage', compose, /volumes:/),
  risk('1', 'executor-privileges', compose, /cap_add:/, between('0.53.0', '0.53.25')),
  risk('1', 'mcp-restart', compose, /on-failure:3/, from('1.0.0-beta.39')),
  risk('1', 'local-registry-mount', compose, /:\/app\/local_registry$/),
  risk('1', 'no-new-privileges', compose, /^ {2}api:/),
  risk('1, 10.14', 'caddyfile-mounted', compose, /Caddyfile/),
  risk('2', 'executor-backend', undefined, undefined, until('0.52.2')),
  risk(
    '2',
    'executor-backend',
    compose,
    /_BACKEND:-(auto|direct)\}/,
    between('1.0.0-beta.0', '1.0.0-beta.4'),
  ),
  risk('2', 'executor-backend', env, /^TRACECAT__EXECUTOR_BACKEND=direct/, from('1.0.0-beta.5')),
  risk(
    '2',
    'env-order',
    env,
    /^TRACECAT__DISABLE_NSJAIL=/,
    between('1.0.0-beta.5', '1.0.0-beta.15'),
  ),
  risk('2, 8.10', 'sandbox-egress', undefined, undefined, between('0.53.0', '1.0.0-beta.52-rc.2')),
  risk('3, 8.14', 'redis-auth', compose, /redis-server --appendonly yes/),
  risk('3, 8.14', 'redis-auth', env, /^REDIS_URL=/),
  risk('3', 'redis-url-logged', env, /^LOG_LEVEL=INFO/, until('0.53.25')),
  risk('5', 'db-encryption-key', env, /^TRACECAT__DB_ENCRYPTION_KEY=/),
  risk('5', 'service-key', env, /^TRACECAT__SERVICE_KEY=/),
  risk('5', 'signing-secret', env, /^TRACECAT__SIGNING_SECRET=/),
  risk('5', 'user-auth-secret', env, /^USER_AUTH_SECRET=/),
  risk('6', 'sign-in', env, /^TRACECAT__AUTH_TYPES=basic/),
  risk('6, 8.3', 'superadmin', env, /^TRACECAT__AUTH_SUPERADMIN_EMAIL=$/),
  risk('6, 10.9', 'allowed-domains', undefined, undefined, until('1.0.0-beta.4')),
  risk('6', 'session-lifetime', compose, /environment:/),
  risk('7', 'file-permissions', env),
  risk('7', 'allow-origins', env, /^TRACECAT__ALLOW_ORIGINS=/),
  risk('7', 'public-urls', env, /^PUBLIC_APP_URL=/),
  risk('8.1', 'minio-route', caddy, /minio:9000/),
  risk('8.1', 'minio-unfixed', compose, /minio\/minio:/),
  risk('8.3', 'allowed-domains', env, /^TRACECAT__AUTH_ALLOWED_DOMAINS=$/),
  risk('8.3', 'open-sign-up', caddy, /api:8000/),
  risk('8.4', 'sign-in-limit', env, /^TRACECAT__AUTH_TYPES=/),
  risk('8.6', 'internal-headers', caddy, /api:8000/),
  risk('8.7', 'session-cookie', caddy, /api:8000/, until('1.0.0-beta.51-rc.15')),
  risk('8.9', 'temporal-exposed', compose, /networks:/),
  risk('8.9', 'payload-encryption', compose, /PAYLOAD_ENCRYPTION_ENABLED/, from('1.0.0-beta.42')),
  risk('8.10', 'metadata-address', compose, /networks:/),
  risk('8.11', 'webhook-callers', compose, /environment:/),
  risk('8.12', 'database-superuser', env, /^TRACECAT__DB_URI=/),
  risk('8.14', 'postgres-password', env, /^TRACECAT__POSTGRES_PASSWORD=/),
  risk('8.14', 'temporal-postgres-password', env, /^TEMPORAL__POSTGRES_PASSWORD=/),
  risk('8.14', 'minio-credentials', env, /^MINIO_ROOT_USER=/),
  risk('8.14', 'minio-credentials', env, /^MINIO_ROOT_PASSWORD=/),
  risk('8.15', 'temporal-ui-version', env, /^TEMPORAL__UI_VERSION=latest/),
  risk('8.15', 'end-of-life-images', compose, /postgres:13/),
  risk('8.15', 'image-pins', compose, /postgres:16/),
  risk('8.15', 'image-pins', compose, /postgres:13/),
  risk('8.15', 'image-pins', compose, /redis:7-alpine/),
  risk('8.16', 'log-rotation', compose, /^ {2}caddy:/),
  risk('8.16', 'resource-limits', compose, /^ {2}executor:/),
  risk('8.16', 'redis-memory', compose, /redis-server/),
  risk('8.17', 'api-documentation', caddy, /api:8000/),
  risk('security page', 'tls', caddy, /BASE_DOMAIN/),
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
    section: '2',
    control: 'executor-backend',
    env: { TRACECAT__EXECUTOR_BACKEND: 'pool', TRACECAT__DISABLE_NSJAIL: 'false' },
    evidence: (release) =>
      from('1.0.0-beta.51-rc.12')(release) ? 'stops the executor' : undefined,
  },
  {
    section: '2',
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
    section: '4, 8.13',
    control: 'database-tls',
    env: { TRACECAT__DB_SSLMODE: 'require' },
    evidence: () => 'has no effect',
  },
  {
    section: '4',
    control: 'log-level',
    env: { LOG_LEVEL: 'TRACE' },
    evidence: () => 'the database URI is in the log',
  },
  {
    section: '6',
    control: 'sign-in',
    env: { TRACECAT__AUTH_TYPES: 'basic,ldap' },
    evidence: (release) => (beforeBeta31(release) ? 'the api does not start' : 'it is ignored'),
  },
  {
    section: '6',
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
    section: '8.2',
    control: 'allow-origins',
    env: { TRACECAT__ALLOW_ORIGINS: '' },
    evidence: (release) =>
      from('1.0.0-beta.40')(release) ? 'every origin is allowed' : 'no origin is allowed',
  },
  {
    section: '8.6',
    control: 'ui-logs-service-key',
    env: { TRACECAT__AUTH_TYPES: 'saml' },
    evidence: () => 'the log of ui',
  },
]
