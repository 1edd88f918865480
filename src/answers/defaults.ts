/** What holds where an answer is not given. */
export const defaults = {
  tls: 'automatic',
  tenancy: 'single',
  executorPrivileges: 'auto',
  scopes: 'openid profile email',
  keepPasswords: false,
  payloadEncryption: false,
} as const
