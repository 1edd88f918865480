import { platformControl } from './platform-secret.ts'

export const serviceKey = platformControl({
  id: 'service-key',
  variable: 'TRACECAT__SERVICE_KEY',
  severity: 'critical',
  title: 'The service key is secret',
  why: 'Services prove themselves to each other with it, and sign tokens with it.',
  risk: 'Whoever knows it calls the API as any user: the API accepts it from outside, too.',
  fix: 'A random key replaces the placeholder; a real one stays.',
})
