import { platformControl } from './platform-secret.ts'

export const userAuthSecret = platformControl({
  id: 'user-auth-secret',
  variable: 'USER_AUTH_SECRET',
  severity: 'critical',
  title: 'The user authentication secret is secret',
  why: 'Tokens for password reset, e-mail verification and sign-in of MCP clients are signed with it.',
  risk: 'Whoever knows it resets the password of any user.',
  fix: 'A random secret replaces the placeholder; a real one stays.',
})
