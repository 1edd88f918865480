import type { Control } from './control.ts'
import { dbEncryptionKey } from './credentials/db-encryption-key.ts'
import { keyFingerprints } from './credentials/key-fingerprints.ts'
import { minioCredentials } from './credentials/minio-credentials.ts'
import { payloadEncryption } from './credentials/payload-encryption.ts'
import { postgresPassword } from './credentials/postgres-password.ts'
import { redisAuth } from './credentials/redis-auth.ts'
import { redisPersistence } from './credentials/redis-persistence.ts'
import { serviceKey } from './credentials/service-key.ts'
import { signingSecret } from './credentials/signing-secret.ts'
import { temporalPostgresPassword } from './credentials/temporal-postgres-password.ts'
import { userAuthSecret } from './credentials/user-auth-secret.ts'
import { allowOrigins } from './edge/allow-origins.ts'
import { caddyfileMounted } from './edge/caddyfile-mounted.ts'
import { certificateStorage } from './edge/certificate-storage.ts'
import { clientAddress } from './edge/client-address.ts'
import { internalHeaders } from './edge/internal-headers.ts'
import { minioRoute } from './edge/minio-route.ts'
import { publicUrls } from './edge/public-urls.ts'
import { sessionCookie } from './edge/session-cookie.ts'
import { tls } from './edge/tls.ts'
import { companyCa } from './host/company-ca.ts'
import { filePermissions } from './host/file-permissions.ts'
import { gitIgnore } from './host/git-ignore.ts'
import { interruptedRun } from './host/interrupted-run.ts'
import { outboundProxy } from './host/outbound-proxy.ts'
import { overrideLoaded } from './host/override-loaded.ts'
import { executorBackend } from './isolation/executor-backend.ts'
import { executorPrivileges } from './isolation/executor-privileges.ts'
import { sandboxEgress } from './isolation/sandbox-egress.ts'
import { allowedDomains } from './sign-in/allowed-domains.ts'
import { openSignUp } from './sign-in/open-sign-up.ts'
import { signIn } from './sign-in/sign-in.ts'
import { superadmin } from './sign-in/superadmin.ts'

/** Every rule there is. Their order has no meaning: a test shuffles it. */
export const controls: readonly Control[] = [
  postgresPassword,
  temporalPostgresPassword,
  minioCredentials,
  redisAuth,
  redisPersistence,
  dbEncryptionKey,
  serviceKey,
  signingSecret,
  userAuthSecret,
  payloadEncryption,
  keyFingerprints,
  executorBackend,
  executorPrivileges,
  sandboxEgress,
  signIn,
  allowedDomains,
  superadmin,
  openSignUp,
  tls,
  publicUrls,
  allowOrigins,
  certificateStorage,
  caddyfileMounted,
  minioRoute,
  internalHeaders,
  sessionCookie,
  clientAddress,
  filePermissions,
  gitIgnore,
  overrideLoaded,
  interruptedRun,
  companyCa,
  outboundProxy,
]
