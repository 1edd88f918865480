import { describe, expect, it } from 'vitest'
import { isSecretName } from '../../src/secrets/names.ts'

describe('isSecretName', () => {
  it.each([
    'TRACECAT__POSTGRES_PASSWORD',
    'TEMPORAL__POSTGRES_PASSWORD',
    'MINIO_ROOT_PASSWORD',
    'REDIS_PASSWORD',
    'REDIS_URL',
    'REDISCLI_AUTH',
    'PGPASSWORD',
    'TRACECAT__DB_URI',
    'TRACECAT__DB_PASS',
    'TRACECAT__DB_ENCRYPTION_KEY',
    'TRACECAT__SERVICE_KEY',
    'TRACECAT__SIGNING_SECRET',
    'USER_AUTH_SECRET',
    'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING',
    'TEMPORAL__API_KEY',
    'OIDC_CLIENT_SECRET',
    'OAUTH_CLIENT_SECRET',
    'AWS_SECRET_ACCESS_KEY',
    'SENTRY_DSN',
    'MY_API_KEY_2',
    'clientSecret',
    'client-secret',
    'password',
    'apiKey',
    'GITHUB_TOKEN',
  ])('%s is one', (name) => expect(isSecretName(name)).toBe(true))

  it.each([
    'TRACECAT__AUTH_MIN_PASSWORD_LENGTH',
    'TRACECAT__EXECUTOR_TOKEN_TTL_SECONDS',
    'TRACECAT__DB_ENCRYPTION_KEY__ARN',
    'TRACECAT__UNSAFE_DISABLE_SM_MASKING',
    'TRACECAT__PUBLIC_APP_URL',
    'OIDC_ISSUER',
    'OIDC_CLIENT_ID',
    'AWS_ACCESS_KEY_ID',
    'SSL_KEY_FILE',
    'SSH_PUBLIC_KEY',
    'certificateKey',
    'keepPasswords',
    'COMPOSE_PROJECT_NAME',
    'MONKEY',
    'PASSENGER',
    '',
  ])('%s is none', (name) => expect(isSecretName(name)).toBe(false))
})
