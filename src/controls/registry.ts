import type { Control } from './control.ts'
import { dbEncryptionKey } from './credentials/db-encryption-key.ts'
import { keyFingerprints } from './credentials/key-fingerprints.ts'
import { logLevel } from './credentials/log-level.ts'
import { minioCredentials } from './credentials/minio-credentials.ts'
import { payloadEncryption } from './credentials/payload-encryption.ts'
import { postgresPassword } from './credentials/postgres-password.ts'
import { redisAuth } from './credentials/redis-auth.ts'
import { redisPersistence } from './credentials/redis-persistence.ts'
import { redisUrlLogged } from './credentials/redis-url-logged.ts'
import { repeatedSecrets } from './credentials/repeated-secrets.ts'
import { serviceKey } from './credentials/service-key.ts'
import { signingSecret } from './credentials/signing-secret.ts'
import { temporalPostgresPassword } from './credentials/temporal-postgres-password.ts'
import { uiLogsServiceKey } from './credentials/ui-logs-service-key.ts'
import { userAuthSecret } from './credentials/user-auth-secret.ts'
import { weakSecrets } from './credentials/weak-secrets.ts'
import { databaseSuperuser } from './data/database-superuser.ts'
import { databaseTls } from './data/database-tls.ts'
import { endOfLifeImages } from './data/end-of-life-images.ts'
import { imageAgreement } from './data/image-agreement.ts'
import { imagePins } from './data/image-pins.ts'
import { logRotation } from './data/log-rotation.ts'
import { mcpRestart } from './data/mcp-restart.ts'
import { minioUnfixed } from './data/minio-unfixed.ts'
import { redisMemory } from './data/redis-memory.ts'
import { resourceLimits } from './data/resource-limits.ts'
import { temporalUiVersion } from './data/temporal-ui-version.ts'
import { adminEndpoint } from './edge/admin-endpoint.ts'
import { allowOrigins } from './edge/allow-origins.ts'
import { apiDocumentation } from './edge/api-documentation.ts'
import { caddyfileMounted } from './edge/caddyfile-mounted.ts'
import { certificateStorage } from './edge/certificate-storage.ts'
import { clientAddress } from './edge/client-address.ts'
import { internalHeaders } from './edge/internal-headers.ts'
import { minioRoute } from './edge/minio-route.ts'
import { publicUrls } from './edge/public-urls.ts'
import { publishedPorts } from './edge/published-ports.ts'
import { sessionCookie } from './edge/session-cookie.ts'
import { tls } from './edge/tls.ts'
import { webhookCallers } from './edge/webhook-callers.ts'
import { companyCa } from './host/company-ca.ts'
import { envAgreement } from './host/env-agreement.ts'
import { envOrder } from './host/env-order.ts'
import { filePermissions } from './host/file-permissions.ts'
import { gitIgnore } from './host/git-ignore.ts'
import { interruptedRun } from './host/interrupted-run.ts'
import { outboundProxy } from './host/outbound-proxy.ts'
import { overrideLoaded } from './host/override-loaded.ts'
import { sandboxHost } from './host/sandbox-host.ts'
import { shellOverrides } from './host/shell-overrides.ts'
import { statePermissions } from './host/state-permissions.ts'
import { egressRules } from './isolation/egress-rules.ts'
import { executorBackend } from './isolation/executor-backend.ts'
import { executorPrivileges } from './isolation/executor-privileges.ts'
import { hostAccess } from './isolation/host-access.ts'
import { localRegistryMount } from './isolation/local-registry-mount.ts'
import { metadataAddress } from './isolation/metadata-address.ts'
import { noNewPrivileges } from './isolation/no-new-privileges.ts'
import { noNewPrivilegesConflict } from './isolation/no-new-privileges-conflict.ts'
import { sandboxEgress } from './isolation/sandbox-egress.ts'
import { sandboxLost } from './isolation/sandbox-lost.ts'
import { temporalExposed } from './isolation/temporal-exposed.ts'
import { allowedDomains } from './sign-in/allowed-domains.ts'
import { databaseSettings } from './sign-in/database-settings.ts'
import { oidcIssuer } from './sign-in/oidc-issuer.ts'
import { openSignUp } from './sign-in/open-sign-up.ts'
import { passwordLength } from './sign-in/password-length.ts'
import { samlVariables } from './sign-in/saml-variables.ts'
import { sessionLifetime } from './sign-in/session-lifetime.ts'
import { signIn } from './sign-in/sign-in.ts'
import { signInLimit } from './sign-in/sign-in-limit.ts'
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
  adminEndpoint,
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
  logLevel,
  redisUrlLogged,
  repeatedSecrets,
  uiLogsServiceKey,
  weakSecrets,
  databaseSuperuser,
  databaseTls,
  endOfLifeImages,
  imageAgreement,
  imagePins,
  logRotation,
  mcpRestart,
  minioUnfixed,
  redisMemory,
  resourceLimits,
  temporalUiVersion,
  apiDocumentation,
  publishedPorts,
  webhookCallers,
  envAgreement,
  envOrder,
  sandboxHost,
  shellOverrides,
  statePermissions,
  egressRules,
  hostAccess,
  localRegistryMount,
  metadataAddress,
  noNewPrivileges,
  noNewPrivilegesConflict,
  sandboxLost,
  temporalExposed,
  databaseSettings,
  oidcIssuer,
  passwordLength,
  samlVariables,
  sessionLifetime,
  signInLimit,
]
