import type { Control } from './control.ts'
import { postgresPassword, temporalPostgresPassword } from './credentials/database-password.ts'
import { minioCredentials } from './credentials/minio-credentials.ts'
import { payloadEncryption } from './credentials/payload-encryption.ts'
import { dbEncryptionKey, serviceKey, signingSecret, userAuthSecret } from './credentials/platform-secrets.ts'
import { redisAuth, redisPersistence } from './credentials/redis.ts'
import {
  caddyfileMounted,
  clientAddress,
  internalHeaders,
  minioRoute,
  openSignUp,
  sessionCookie,
} from './edge/edge-rules.ts'
import { allowOrigins, certificateStorage, publicUrls, tls } from './edge/tls.ts'
import { filePermissions, gitIgnore, overrideLoaded } from './host/files.ts'
import { companyCa, outboundProxy } from './host/outbound.ts'
import { executorBackend } from './isolation/executor-backend.ts'
import { executorPrivileges } from './isolation/executor-privileges.ts'
import { sandboxEgress } from './isolation/sandbox-egress.ts'
import { allowedDomains, superadmin } from './sign-in/people.ts'
import { signIn } from './sign-in/sign-in.ts'

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
  companyCa,
  outboundProxy,
]
